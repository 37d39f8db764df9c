"""The AI system that goes into files: its own name, and never that of our interface."""

from __future__ import annotations

import pytest

from assets.models import Provenance
from generation.providers.base import Provider
from generation.providers.directory import adapters


@pytest.mark.parametrize("kind", adapters(), ids=lambda kind: kind.key)
def test_no_label_of_the_interface_names_a_system(kind: type[Provider]) -> None:
    made = object.__new__(kind)
    system = made.ai_system("flux-dev")
    assert not {"(by", "server", "Images", "Responses"} & {*system.split()}
    assert (system == "") == (kind.key == "sketch")


@pytest.mark.parametrize(
    ("provider", "label", "kept", "system"),
    [
        ("midjourney", "Midjourney (by hand)", "Midjourney", "Midjourney"),
        ("sketch", "Sketch", "", ""),
        ("midjourney", "Midjourney (by hand)", None, "Midjourney"),
        ("sketch", "Sketch", None, ""),
        ("", "", None, ""),
    ],
)
def test_rows_from_before_it_was_kept_name_it_too(provider: str, label: str, kept: str | None, system: str) -> None:
    assert Provenance(provider=provider, provider_name=label, ai_system=kept).system == system

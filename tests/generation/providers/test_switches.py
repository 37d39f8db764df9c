"""How the adapters are switched on: one variable each, told by the Settings page and by .env.example."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.dashboard.setup import NEEDS
from generation.providers.matrix import adapters

ALWAYS_THERE = {"sketch", "midjourney", "chatgpt"}
KINDS = {kind.key: kind for kind in adapters()}


def test_every_adapter_is_there_or_says_what_it_needs() -> None:
    assert set(NEEDS) | ALWAYS_THERE == set(KINDS)


@pytest.mark.parametrize("key", NEEDS)
def test_the_label_is_the_adapters_own(key: str) -> None:
    assert NEEDS[key][0] == KINDS[key].label


@pytest.mark.parametrize("key", NEEDS)
def test_the_variable_is_in_the_example_and_read_by_the_settings(key: str) -> None:
    _, variable = NEEDS[key]
    assert f"\n#{variable}=" in Path(".env.example").read_text(encoding="utf-8")
    assert f'"{variable}"' in Path("config/settings.py").read_text(encoding="utf-8")

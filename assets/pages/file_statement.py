"""File statement: what a file says about itself, as names and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assets.models import Version


def file_statement(version: Version) -> list[tuple[str, str]]:
    """All that was found in the file: a camera, a program, marks of its maker. None of it is believed."""
    made = getattr(version, "provenance", None)
    return list(_flat(made.found)) if made else []


def _flat(found: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in found.items():
        name = f"{before} {key}".strip().replace("_", " ")
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        else:
            yield name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)

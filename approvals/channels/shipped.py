"""The profiles that the portal ships: ways of disclosing that a channel can start from, each with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from approvals.channels.profiles import FORMAT, Profile

FILE = Path(__file__).parent / "data" / "profiles.toml"


@dataclass(frozen=True, slots=True)
class ShippedProfile:
    """One profile of the file, as a channel would store it, and as it is read."""

    key: str
    stored: Mapping[str, Any]
    profile: Profile


@cache
def shipped() -> dict[str, ShippedProfile]:
    """All of them by their key, drafts last. Raises `BadRules` for one that cannot be read."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["profile"]
    return {entry["key"]: _profile(entry) for entry in entries}


def _profile(entry: Mapping[str, Any]) -> ShippedProfile:
    stored = {"format": FORMAT} | {name: _plain(value) for name, value in entry.items() if name != "key" and value}
    return ShippedProfile(entry["key"], stored, Profile.parse(stored))


def _plain(value: Any) -> Any:
    """TOML knows days; JSON does not."""
    return value.isoformat() if isinstance(value, date) else value

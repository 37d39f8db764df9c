"""How a channel differs from what it was, in the sentences in which its pages tell its rules and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from approvals.channels.profiles import Profile
from approvals.channels.rules import BadRules, Rules
from approvals.models import ChannelKind
from core import clock, territories

LABELS = {
    "name": "Name",
    "kind": "Kind",
    "description": "Description",
    "rules": "Rules",
    "disclosure": "Disclosure",
    "rules_source": "Source of the rules",
    "rules_read_on": "Source read on",
    "time_zone": "Time zone",
    "territory": "Territory",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a channel: what it said, and what it says instead."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.label}: was “{' '.join(self.before) or 'empty'}”, is now “{' '.join(self.after) or 'empty'}”."


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """The parts that differ. Of rules and words, only the sentences that are not in both."""
    found = []
    for name, label in LABELS.items():
        if name in before and before[name] != after[name]:
            was, now = _sentences(name, before[name]), _sentences(name, after[name])
            found.append(Difference(label, _without(was, now), _without(now, was)))
    return found


def _without(some: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    left_out = set(others)
    return tuple(sentence for sentence in some if sentence not in left_out)


def _sentences(name: str, value: Any) -> list[str]:
    if name in ("rules", "disclosure"):
        return _in_words(Rules if name == "rules" else Profile, value)
    if name == "territory":
        return [territories.name_of(code) for code in value]
    if name == "kind" and value in ChannelKind.values:
        return [str(ChannelKind(value).label)]
    if name == "time_zone":
        return [value or f"The team’s, {clock.zone().key}"]
    return [str(value)] if value else []


def _in_words(kind: type[Rules] | type[Profile], value: Any) -> list[str]:
    try:
        return kind.parse(value).in_words()
    except BadRules as error:
        return [f"It cannot be read: {error}"]

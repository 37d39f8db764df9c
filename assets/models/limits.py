"""The limits of a license as values: where, in which channels, for which listing, and whether it may be altered.

What is empty limits nothing; what is unknown is not yes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from core import clock

CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
"""A country (ISO 3166-1, two letters) or a part of one (ISO 3166-2), such as US or US-CA; or EU."""
EU_1 = ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU")
EU_2 = ("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
EU = frozenset((*EU_1, *EU_2))
KINDS = {
    "listing_site": "Listing site",
    "website": "Website",
    "brochure": "Printed brochure",
    "report": "Client report",
    "social": "Social media",
}
"""Kinds of channel, as a license limits them; a test holds them against those of the channels."""
MAY_ALTER = ("yes", "no", "unknown")


class BadLimits(ValueError):
    """Limits that cannot be read. Names the value and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a license allows no further than."""

    territories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    """Channels by their slug."""
    listing_only: str = ""
    """The reference of the one listing that it may be used for."""
    may_alter: str = "unknown"
    exclusive_elsewhere: str = ""
    """Who else holds the exclusive right of use, in words."""
    exclusive_until: str = ""
    """The last day of that, as an ISO date; empty for no end."""

    @classmethod
    def parse(cls, raw: object) -> Limits:
        """Read what a license holds. Raises BadLimits."""
        if not isinstance(raw, Mapping):
            raise BadLimits("The limits are no values by name.")
        known = {each.name for each in fields(cls)}
        if unknown := sorted(str(name) for name in raw if name not in known):
            raise BadLimits(f"“{unknown[0]}” is not known; use {', '.join(sorted(known))}.")
        limits = cls(**{name: _read(name, value) for name, value in raw.items()})
        limits._check()
        return limits

    def as_values(self) -> dict[str, Any]:
        """As a license keeps them: what limits nothing is left out."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        defaults = {each.name: each.default for each in fields(self)}
        kept = {name: value for name, value in said.items() if value != defaults[name]}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}

    def allow_all_of(self, others: Limits) -> bool:
        """Whether whatever the others allow is allowed by these too."""
        return (
            _wider(self.territories, others.territories, covers)
            and _wider(self.kinds, others.kinds, _contains)
            and _wider(self.channels, others.channels, _contains)
            and self.listing_only in ("", others.listing_only)
            and self.may_alter in ("yes", others.may_alter)
            and self._keeps_as_free_as(others)
        )

    def in_words(self) -> list[str]:
        """The limits as sentences for a page."""
        return list(self._sentences())

    @property
    def is_narrow(self) -> bool:
        """Whether they limit anything."""
        return bool(self.as_values().keys() - {"may_alter"}) or self.may_alter == "no"

    def _sentences(self) -> Iterator[str]:
        if self.territories:
            yield f"Only in: {', '.join(self.territories)}."
        if self.kinds:
            yield f"Only for: {', '.join(KINDS[kind].lower() for kind in self.kinds)}."
        if self.channels:
            yield f"Only in these channels: {', '.join(self.channels)}."
        if self.listing_only:
            yield f"Only for the listing {self.listing_only}."
        if self.may_alter != "unknown":
            yield "May be altered." if self.may_alter == "yes" else "May not be altered."
        if self.exclusive_elsewhere:
            until = f" until {_written(self.exclusive_until)}" if self.exclusive_until else ""
            yield f"Exclusive elsewhere{until}: {self.exclusive_elsewhere}."

    def _keeps_as_free_as(self, others: Limits) -> bool:
        """Whether nobody else holds more exclusive rights, or for longer."""
        if not self.exclusive_elsewhere:
            return True
        same = self.exclusive_elsewhere == others.exclusive_elsewhere
        no_longer = bool(self.exclusive_until) and self.exclusive_until <= (others.exclusive_until or "9999")
        return same and (no_longer or self.exclusive_until == others.exclusive_until)

    def _check(self) -> None:
        for code in self.territories:
            if not CODE.fullmatch(code):
                raise BadLimits(f"“{code}” is no country such as US, and no state such as US-CA.")
        for kind in self.kinds:
            if kind not in KINDS:
                raise BadLimits(f"“{kind}” is no kind of channel; use {', '.join(KINDS)}.")
        if self.may_alter not in MAY_ALTER:
            raise BadLimits(f"may_alter is “{self.may_alter}”, not yes, no or unknown.")
        if self.exclusive_until and not self.exclusive_elsewhere:
            raise BadLimits("An exclusive right ends on a day, but nobody is named who holds it.")


def covers(codes: Collection[str], wanted: str) -> bool:
    """Whether a territory lies within those codes: US covers US-CA, and US-CA does not cover US."""
    country = wanted.partition("-")[0]
    return wanted in codes or country in codes or ("EU" in codes and country in EU)


def _contains(codes: Collection[str], wanted: str) -> bool:
    return wanted in codes


def _wider(now: Collection[str], before: Collection[str], within: Any) -> bool:
    """Nothing given is everything; otherwise each that was allowed must still be."""
    return not now or (bool(before) and all(within(now, each) for each in before))


def _read(name: str, value: object) -> Any:
    if name in ("territories", "kinds", "channels"):
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise BadLimits(f"{name} is no list of words.")
        return tuple(sorted(set(value)))
    if not isinstance(value, str):
        raise BadLimits(f"{name} is {value!r}, which is no text.")
    if name == "exclusive_until" and value:
        _check_day(value)
    return value


def _written(day: str) -> str:
    return clock.written(date.fromisoformat(day))


def _check_day(value: str) -> None:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise BadLimits(f"exclusive_until is “{value}”, which is no day such as 2027-01-31.") from error

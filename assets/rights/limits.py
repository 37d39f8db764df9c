"""What a license's limits say about one place on one day, and what of them goes along with the picture. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.models import Answer, Grant
from assets.models.limits import BadLimits, Limits, covers
from core import clock
from core.errors import Finding

HANDED_ON = ("listing_site", "social")
"""Kinds of channel that copy pictures to servers of their own and show them to others: that takes a sublicense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One picture in one channel, as far as a license may limit it."""

    channel: str
    """Its slug."""
    kind: str
    territory: tuple[str, ...] = ()
    """Where the channel reaches; empty when nobody has said."""
    listing: str = ""
    """The reference of the picture's listing."""
    is_altered: bool = False
    original_may_alter: str = Answer.YES
    """What the license of the linked original says about altering it."""


def findings(limits: Limits, use: Use, sublicense: str, on: date) -> Iterator[Finding]:
    """What stands against this use."""
    yield from _territory(limits, use)
    if limits.kinds and use.kind not in limits.kinds:
        yield _stop("license_not_for_kind", "The license does not cover channels of this kind.")
    if limits.channels and use.channel not in limits.channels:
        yield _stop("license_not_for_channel", "The license names its channels, and this is none of them.")
    if limits.listing_only and limits.listing_only.casefold() != use.listing.casefold():
        yield _stop("license_other_listing", f"The license is for the listing {limits.listing_only} only.")
    if sublicense == Answer.NO and use.kind in HANDED_ON:
        yield _stop(
            "license_not_handed_on", "The license does not let listing sites or networks use it, and this is one."
        )
    yield from _alteration(limits, use)
    if limits.exclusive_elsewhere and not (limits.exclusive_until and date.fromisoformat(limits.exclusive_until) < on):
        words = f"Somebody else has the exclusive right to use it{_until(limits)}: {limits.exclusive_elsewhere}."
        yield _stop("license_exclusive_elsewhere", words)


def _territory(limits: Limits, use: Use) -> Iterator[Finding]:
    if not limits.territories:
        return
    allowed = ", ".join(limits.territories)
    if not use.territory:
        words = f"The license is for {allowed} only, and nobody has said where this channel reaches."
        yield Finding("channel_territory_unknown", words, field="channels")
    elif outside := [code for code in use.territory if not covers(limits.territories, code)]:
        yield _stop(
            "license_territory_outside", f"The license is for {allowed}, and this channel reaches {', '.join(outside)}."
        )


def _alteration(limits: Limits, use: Use) -> Iterator[Finding]:
    if not use.is_altered:
        return
    if limits.may_alter == Answer.NO:
        yield _stop("license_no_alteration", "The license does not allow altering the picture, and it was altered.")
    elif limits.may_alter == Answer.UNKNOWN:
        yield _stop(
            "license_alteration_unknown", "It was altered, and nobody has said whether the license allows that."
        )
    if use.original_may_alter == Answer.NO:
        words = "The license of the original does not allow altering it, and this picture was made from it."
        yield _stop("license_original_not_altered", words)


def _until(limits: Limits) -> str:
    return f" until {clock.written(date.fromisoformat(limits.exclusive_until))}" if limits.exclusive_until else ""


def _stop(code: str, words: str) -> Finding:
    return Finding(code, words, field="license")


def limits_left(facts: Mapping[str, Any], channel: str) -> dict[str, Any]:
    """What binds whoever takes the picture from this channel, by a dossier's facts. Other channels are not named.

    Raises BadLimits.
    """
    license = facts["license"]
    limits = Limits.parse(license.get("limits", {}))
    said: dict[str, Any] = {
        "territories": list(limits.territories),
        "channels": [channel] if limits.channels or limits.kinds else [],
        "listing_only": limits.listing_only,
        "may_alter": limits.may_alter if limits.may_alter != Answer.UNKNOWN else "",
        "may_sublicense": license.get("answers", {}).get("sublicense", {}).get("answer", ""),
    }
    return {name: value for name, value in said.items() if value and value != Answer.YES}


def of(license: Grant | None) -> Limits | None:
    """A license's limits; None without any that can be read, which `licenses.findings` tells."""
    try:
        return Limits.parse(license.limits) if license else None
    except BadLimits:
        return None

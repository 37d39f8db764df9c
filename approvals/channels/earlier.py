"""Releases that carry other words than their channel says by now: they stay as they were decided, and are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from approvals.channels import disclosure
from approvals.channels.disclosure import Disclosure
from approvals.channels.profiles import Profile
from approvals.channels.rules import BadRules
from approvals.models import Channel, Release
from approvals.models.document import UnreadableDocument

LOOKED_AT = 500
"""Live releases of a channel that are read; where more are live, the number found is a lower bound."""
SAID = tuple(each.name for each in fields(Disclosure) if each.name != "language")
"""What people see; in which language it is written down was not said once."""


@dataclass(frozen=True, slots=True)
class Carrying:
    """The live releases of a channel whose words are not those that it says, newest first."""

    releases: list[Release]
    all_looked_at: bool

    @property
    def count_words(self) -> str:
        """How many, as a sentence says it."""
        count = len(self.releases)
        words = f"{count} live {'picture' if count == 1 else 'pictures'}"
        return words if self.all_looked_at else f"At least {words}"


def carrying_other_words(channel: Channel) -> Carrying:
    """The live releases that say something else than this channel, as it is or as it would be, says."""
    live = Release.objects.flagged().live().filter(channel=channel.pk).select_related("version__asset")
    looked_at = list(live.order_by("-released_at", "-id")[: LOOKED_AT + 1])
    found = says_otherwise(looked_at[:LOOKED_AT], channel)
    return Carrying(found, all_looked_at=len(looked_at) <= LOOKED_AT)


def says_otherwise(releases: Iterable[Release], channel: Channel) -> list[Release]:
    """Those of the releases of a channel whose words are not what it says now. None where its words cannot be read."""
    try:
        profile = Profile.parse(channel.disclosure)
    except BadRules:
        return []
    return [release for release in releases if _differs(release, profile)]


def _differs(release: Release, profile: Profile) -> bool:
    try:
        said = release.document.disclosure
    except UnreadableDocument:
        return False
    version = release.version
    now = disclosure.disclose(
        profile,
        said.kind,
        alterations=version.alterations,
        note=version.disclosure_note,
        digital_source=version.digital_source,
        people=disclosure.people_by_ai(said.kind, version.shows_people),
    )
    return any(getattr(said, name) != getattr(now, name) for name in SAID)

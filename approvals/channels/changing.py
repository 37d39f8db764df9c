"""The writer of channels: made by one person, and changed by two, since what a channel says binds the whole team.

A change is proposed with what was there and what is to be, and takes effect when somebody else confirms it. What is
live stays as it was decided; decisions that wait out their time to undo lapse, as with every change of what was judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from approvals.channels import traces
from approvals.channels.differences import Difference, between
from approvals.channels.profiles import Profile
from approvals.channels.rules import Rules
from approvals.models import ChangeState, Channel, ChannelChange
from approvals.models.channel import MANAGE
from core import audit, clock
from core.audit import Change
from core.errors import Blocked, Finding, InvalidTransition
from core.models import User

OWN = "You proposed this change, so somebody else has to confirm it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """What people say about a channel."""

    name: str
    kind: str
    description: str = ""
    rules: Mapping[str, Any] = field(default_factory=dict)
    disclosure: Mapping[str, Any] = field(default_factory=dict)
    rules_source: str = ""
    rules_read_on: date | None = None
    time_zone: str = ""
    territory: list[str] = field(default_factory=list)


FIELDS = tuple(ChannelFacts.__dataclass_fields__)


class StaleChange(InvalidTransition):
    """The channel is not any more as it was when the change was proposed; carries the differences since."""

    def __init__(self, differences: list[Difference]) -> None:
        self.differences = differences
        told = " ".join(str(each) for each in differences)
        super().__init__(f"The channel was changed since this was proposed. {told} Propose it anew.")


def create(slug: str, facts: ChannelFacts, *, by: User) -> Channel:
    """Make a channel. Nobody reads it before a listing site is given it."""
    _check_right(by)
    _check(facts)
    with transaction.atomic():
        channel = Channel.objects.create(slug=slug, **asdict(facts))
        audit.record(by, "channel.created", traces.made(channel), f"Channel {channel} was made.")
    return channel


def propose(channel: Channel, facts: ChannelFacts, *, by: User, why: str = "") -> ChannelChange:
    """Propose that a channel be changed. Raises Blocked when nothing differs."""
    _check_right(by)
    _check(facts)
    with transaction.atomic():
        held = _held(channel)
        before, wanted = values_of(held), audit.plain(asdict(facts))
        differ = [name for name in FIELDS if before[name] != wanted[name]]
        if not differ:
            raise Blocked([Finding("nothing_changed", "Nothing differs from what the channel says now.")])
        change = ChannelChange.objects.create(
            channel=held,
            before={name: before[name] for name in differ},
            after={name: wanted[name] for name in differ},
            why=why,
            proposed_by=by,
            proposed_at=clock.instant(),
        )
        words = f"A change of channel {held} was proposed: {', '.join(differ)}."
        audit.record(by, "channel.change_proposed", [Change.made(change), held], words)
    return change


def confirm(proposed: ChannelChange, *, by: User) -> Channel:
    """Let a change take effect. Never by whoever proposed it; raises StaleChange where the channel is not as it was."""
    _check_right(by)
    with transaction.atomic():
        channel, held = _both(proposed)
        if held.proposed_by_id == by.pk:
            raise PermissionDenied(OWN)
        if since := changed_since(held, channel):
            raise StaleChange(since)
        change = _write(channel, as_facts(values_of(channel) | held.after))
        closed = _close(held, ChangeState.CONFIRMED, by)
        words = f"Channel {channel} was changed: {', '.join(held.after)}. Proposed by {held.proposed_by}."
        audit.record(by, "channel.changed", [change, closed], words)
    return channel


def withdraw(proposed: ChannelChange, *, by: User) -> ChannelChange:
    """Let a change not take effect: its proposer takes it back, or somebody else declines it."""
    _check_right(by)
    with transaction.atomic():
        channel, held = _both(proposed)
        change = _close(held, ChangeState.WITHDRAWN, by)
        deed = "withdrawn" if held.proposed_by_id == by.pk else "declined"
        audit.record(by, "channel.change_withdrawn", [change, channel], f"A change of channel {channel} was {deed}.")
    return held


def switch(channel: Channel, *, active: bool, by: User) -> Channel:
    """Turn a channel off, so that nothing is served from it, or on again."""
    _check_right(by)
    with transaction.atomic():
        held = _held(channel)
        change = audit.write(held, active=active)
        if change:
            words = f"Channel {held} was switched {'on' if active else 'off'}."
            audit.record(by, "channel.switched", change, words)
    return held


def changed_since(change: ChannelChange, channel: Channel) -> list[Difference]:
    """How the channel differs from what it was when the change was proposed, in the fields that it is about."""
    now = values_of(channel)
    return between(change.before, {name: now[name] for name in change.before})


def values_of(channel: Channel) -> dict[str, Any]:
    """What a channel says, as JSON keeps it."""
    return audit.plain({name: getattr(channel, name) for name in FIELDS})


def as_it_would_be(change: ChannelChange) -> Channel:
    """The channel as it is after the change; nothing is written."""
    now = Channel.objects.get(pk=change.channel_id)
    facts = as_facts(values_of(now) | change.after)
    return Channel(pk=now.pk, slug=now.slug, active=now.active, **asdict(facts))


def as_facts(values: Mapping[str, Any]) -> ChannelFacts:
    """What JSON keeps of a channel, as it is said."""
    read_on = values["rules_read_on"]
    return ChannelFacts(**dict(values) | {"rules_read_on": date.fromisoformat(read_on) if read_on else None})


def _write(channel: Channel, facts: ChannelFacts) -> Change[Channel]:
    return audit.write(
        channel,
        name=facts.name,
        kind=facts.kind,
        description=facts.description,
        rules=facts.rules,
        disclosure=facts.disclosure,
        rules_source=facts.rules_source,
        rules_read_on=facts.rules_read_on,
        time_zone=facts.time_zone,
        territory=facts.territory,
    )


def _held(channel: Channel) -> Channel:
    return Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)


def _both(change: ChannelChange) -> tuple[Channel, ChannelChange]:
    """The channel first, as everybody locks it, then the change, which must still wait."""
    channel = Channel.objects.select_for_update(no_key=True).get(pk=change.channel_id)
    rows = ChannelChange.objects.select_for_update(of=("self",), no_key=True).select_related("proposed_by", "closed_by")
    held = rows.get(pk=change.pk)
    if held.state != ChangeState.WAITING:
        raise InvalidTransition(f"This change was {held.state} already, by {held.closed_by}.")
    return channel, held


def _close(change: ChannelChange, state: ChangeState, by: User) -> Change[ChannelChange]:
    return audit.write(change, state=state, closed_by=by, closed_at=clock.instant())


def _check(facts: ChannelFacts) -> None:
    """Raises `BadRules` for what could not be read afterwards."""
    Rules.parse(facts.rules)
    Profile.parse(facts.disclosure)


def _check_right(by: User) -> None:
    if not by.has_perm(MANAGE):
        raise PermissionDenied("You need the right to manage channels.")

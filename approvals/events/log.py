"""Adding to the log of a channel."""

from __future__ import annotations

from datetime import datetime

from approvals.models import Channel, Event, EventKind, Release


def announce(subject: Release, kind: EventKind, at: datetime) -> Event:
    """Add the next event of the release's channel. Holding the channel's row is what leaves no gap and no disorder."""
    channel = Channel.objects.select_for_update(no_key=True).get(pk=subject.channel_id)
    channel.last_sequence += 1
    channel.save(update_fields=["last_sequence"])
    return Event.objects.create(channel=channel, sequence=channel.last_sequence, kind=kind, release=subject, at=at)

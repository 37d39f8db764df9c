"""What the log holds of channels: loading and the admin write it, and `manage.py verify` reads it back."""

from __future__ import annotations

from typing import Any

from approvals.models import Channel, ChannelChange
from core.audit import Change, columns_of

COUNTED = ("last_sequence",)
"""How many events there are, which the events themselves say."""


def of_channel(channel: Channel) -> dict[str, Any]:
    """Every column of a channel but its counter."""
    return columns_of(channel, but=COUNTED)


def of_change(change: ChannelChange) -> dict[str, Any]:
    """Every column of a change of a channel."""
    return columns_of(change)


def made(channel: Channel) -> Change[Channel]:
    return Change.made(channel, but=COUNTED)

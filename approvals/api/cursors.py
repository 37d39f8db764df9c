"""Cursors: pages by position and not by number, so that what is released meanwhile moves nothing handed out before."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from uuid import UUID

from approvals.releases.pages import Position


def written(position: Position) -> str:
    """A position as `next` says it."""
    text = f"{position.at.isoformat()}|{position.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str) -> Position:
    """The position that `written` wrote, in UTC; ValueError for anything else."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        at, _, key = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").partition("|")
    except (binascii.Error, UnicodeError) as error:
        raise ValueError("not a cursor") from error
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None or not 1970 < moment.year < 9999:
        raise ValueError("not a cursor")
    return Position(moment.astimezone(UTC), UUID(key))

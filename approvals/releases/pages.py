"""Pages of what a site may read, in two steps: keys by index first, then each of them held against `live`.

Working `live` out for a whole library takes a second. The index knows the order and the `served` flag, which only
narrows: of the keys that it gives, those answer that are live now. A page may so hold fewer than were asked for, and
the next begins behind the last key, whether that one was live or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

from approvals.models import Channel, Release
from core import statements

Days = tuple[tuple[int, date], ...]
"""The day that it is in each channel."""


KEY, MOMENT = statements.column(Release, "id"), statements.column(Release, "released_at")
READ = ("document_text", "original_image", "file_sha256", "file_media_type")
COLUMNS = (KEY, None, MOMENT, None, KEY, None, None)
ONE = "SELECT id, channel_id, released_at FROM approvals_release WHERE id = %s AND served"


@dataclass(frozen=True, slots=True)
class Position:
    """Right behind one release, in the order of release."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Served:
    """A live release as far as a site reads it."""

    id: UUID
    channel: str
    released_at: datetime
    document_text: str
    original_image: UUID | None
    """The id that its original has in the channel now."""
    file_sha256: str
    file_media_type: str


@dataclass(frozen=True, slots=True)
class Page:
    """Live releases in the order of release, and the position behind the last that was looked at, if more follow."""

    releases: list[Served]
    next: Position | None


def page(channels: Sequence[Channel], size: int, after: Position | None = None, since: datetime | None = None) -> Page:
    """What is live in these channels today: at most `size`, behind a position, released at or after a moment."""
    if not channels:
        return Page([], None)
    slugs = {channel.pk: channel.slug for channel in channels}
    keys = _keys(len(channels), size + 1, is_behind=after is not None, is_since=since is not None)
    values = [value for channel in channels for value in (channel.pk, *_stored(after, since))]
    found = _held_against_live(keys, values, channels)
    shown, more = found[:size], len(found) > size
    releases = [
        Served(key, slugs[channel], at, text, *rest) for key, channel, at, text, *rest in shown if text is not None
    ]
    return Page(releases, Position(shown[-1][2], shown[-1][0]) if more else None)


def one(key: UUID, channels: Sequence[Channel]) -> Served | None:
    """One release that is live in one of these channels today."""
    slugs = {channel.pk: channel.slug for channel in channels}
    stored = KEY.get_db_prep_value(key, connection)
    for _, channel, at, text, *rest in _held_against_live(ONE, [stored], channels):
        if channel in slugs and text is not None:
            return Served(key, slugs[channel], at, text, *rest)
    return None


def _held_against_live(keys: str, values: list[Any], channels: Sequence[Channel]) -> list[tuple[Any, ...]]:
    """The rows with these keys in the order of release, with what is read of those that are live today."""
    live, days = _live(tuple((channel.pk, channel.today) for channel in channels))
    statement = (
        f"WITH page AS MATERIALIZED ({keys}), live AS MATERIALIZED ({live}) "  # noqa: S608 - of our own parts
        f"SELECT page.id, page.channel_id, page.released_at, {', '.join(f'live.{name}' for name in READ)} "
        "FROM page LEFT JOIN live ON live.id = page.id ORDER BY page.released_at, page.id"
    )
    return statements.read(statement, [*values, *days], COLUMNS)


@lru_cache(maxsize=64)
def _keys(channels: int, size: int, *, is_behind: bool, is_since: bool) -> str:
    """The statement that reads keys in order, from each channel's own part of the index.

    The size is written into it: PostgreSQL keeps no plan for a number of rows that it cannot know.
    """
    behind = " AND (released_at, id) > (%s, %s)" if is_behind else ""
    since = " AND released_at >= %s" if is_since else ""
    part = (
        "SELECT * FROM (SELECT id, channel_id, released_at FROM approvals_release "  # noqa: S608 - of our own parts
        f"WHERE channel_id = %s AND served{behind}{since} ORDER BY released_at, id LIMIT {size:d}) AS part"
    )
    return f"{' UNION ALL '.join([part] * channels)} ORDER BY released_at, id LIMIT {size:d}"


@lru_cache(maxsize=64)
def _live(days: Days) -> tuple[str, Sequence[Any]]:
    """The statement that reads those of the page that are live, as the querysets of `Release` say it."""
    on: date | Mapping[int, date] = days[0][1] if len({day for _, day in days}) == 1 else dict(days)
    rows = Release.objects.live(on).with_its_original(on).filter(pk__in=RawSQL("SELECT page.id FROM page", ()))
    return statements.literal(*rows.order_by().values("id", *READ).query.sql_with_params())


def _stored(after: Position | None, since: datetime | None) -> list[Any]:
    """Positions and moments as the database keeps them."""
    behind = (
        [MOMENT.get_db_prep_value(after.at, connection), KEY.get_db_prep_value(after.id, connection)] if after else []
    )
    return [*behind, MOMENT.get_db_prep_value(since, connection)] if since else behind

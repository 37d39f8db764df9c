"""Callers: the listing site behind a key, with the channels that it reads, found and counted in one statement.

How often a site may call is counted exactly, for the site and not for each key, by however many processes.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from approvals.models import Channel, ListingSite, SiteKey
from approvals.sites.access import CHECKSUM_LENGTH, PATTERN, checksum, hash_of, is_active
from core import clock, statements

USE_IS_NOTED_EVERY = timedelta(minutes=1)
KEY = ("id", "secret_sha256", "expires_at", "last_used_at", "revoked_at")
SITE = ("id", "active")
CHANNEL = ("id", "slug", "time_zone", "active")
COLUMNS = (
    *(statements.column(SiteKey, name) for name in KEY),
    *(statements.column(ListingSite, name) for name in SITE),
    *(statements.column(Channel, name) for name in CHANNEL),
)
EXPIRES = statements.column(SiteKey, "expires_at")
LOOK = """
SELECT key.id, key.secret_sha256, key.expires_at, key.last_used_at, key.revoked_at, site.id, site.active,
    channel.id, channel.slug, channel.time_zone, channel.active
FROM approvals_sitekey key JOIN approvals_listingsite site ON site.id = key.site_id
LEFT JOIN approvals_listingsite_channels may ON may.listingsite_id = site.id
LEFT JOIN approvals_channel channel ON channel.id = may.channel_id
WHERE key.prefix = %(prefix)s ORDER BY channel.id
"""
COUNT = """
UPDATE approvals_listingsite
SET requests_in_minute = CASE WHEN minute IN (%(minute)s, %(next)s) THEN requests_in_minute + 1 ELSE 1 END,
    minute = CASE WHEN minute = %(next)s THEN minute ELSE %(minute)s END
WHERE active AND (minute NOT IN (%(minute)s, %(next)s) OR requests_in_minute < requests_per_minute) AND id = (
    SELECT site_id FROM approvals_sitekey WHERE prefix = %(prefix)s AND secret_sha256 = %(secret)s
        AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %(now)s))
"""
"""Counts one call with a good key. It is conditional, so that none slips through.

A process may be ahead of another by a moment, so what was counted for the next minute goes on being counted. One that
was further ahead had a wrong clock, and what it counted is forgotten.
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """A listing site, by way of one of its keys. Of its rows, only what a call needs is read."""

    key: SiteKey
    channels: tuple[Channel, ...]
    """All that the site reads, whether switched on or off."""
    is_within_limit: bool
    """Whether the site may call once more in this minute."""


def caller_with(text: str, *, minute: int) -> Caller | None:
    """Who holds the key with this text, if it is whole, known, active, and its site is switched on.

    The call is counted for this minute since 1970, unless the site has called as often as it may.
    """
    whole = PATTERN.fullmatch(text)
    if not whole or not hmac.compare_digest(checksum(text[:-CHECKSUM_LENGTH]), whole[3]):
        return None
    now, secret = EXPIRES.get_db_prep_value(clock.instant(), connection), hash_of(whole[2])
    values = {"prefix": whole[1], "secret": secret, "now": now, "minute": minute, "next": minute + 1}
    counted, found = statements.count_and_read(COUNT, LOOK, values, COLUMNS)
    kept = str(found[0][1]) if found else hash_of("")
    if not hmac.compare_digest(kept, secret) or not found:
        return None
    key = SiteKey.from_db("default", KEY, found[0][:5])
    key.site = ListingSite.from_db("default", SITE, found[0][5:7])
    channels = tuple(Channel.from_db("default", CHANNEL, row[7:]) for row in found if row[7] is not None)
    return Caller(key, channels, is_within_limit=counted == 1) if is_active(key) else None


def is_noted(key: SiteKey) -> bool:
    """Whether it is known to the minute that the key was used just now."""
    now = clock.instant()
    return key.last_used_at is not None and now - USE_IS_NOTED_EVERY <= key.last_used_at <= now

"""Callers: the listing site behind a key, with the channels that it reads, in one statement."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from approvals.models import Channel, ListingSite, SiteKey
from approvals.sites.access import CHECKSUM_LENGTH, PATTERN, checksum, hash_of, is_active
from core import clock, statements

USE_IS_NOTED_EVERY = timedelta(minutes=1)
KEY = ("id", "secret_sha256", "expires_at", "last_used_at", "revoked_at")
SITE = ("id", "active")
CHANNEL = ("id", "slug", "time_zone", "active")
COLUMNS = [
    *(statements.column(SiteKey, name) for name in KEY),
    *(statements.column(ListingSite, name) for name in SITE),
    *(statements.column(Channel, name) for name in CHANNEL),
]
LOOK = """
SELECT key.id, key.secret_sha256, key.expires_at, key.last_used_at, key.revoked_at, site.id, site.active,
    channel.id, channel.slug, channel.time_zone, channel.active
FROM approvals_sitekey key JOIN approvals_listingsite site ON site.id = key.site_id
LEFT JOIN approvals_listingsite_channels may ON may.listingsite_id = site.id
LEFT JOIN approvals_channel channel ON channel.id = may.channel_id
WHERE key.prefix = %s ORDER BY channel.id
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """A listing site, by way of one of its keys. Of its rows, only what a call needs is read."""

    key: SiteKey
    channels: tuple[Channel, ...]
    """All that the site reads, whether switched on or off."""
    is_authenticated: bool = True

    @property
    def site(self) -> ListingSite:
        return self.key.site


def caller_with(text: str) -> Caller | None:
    """Who holds the key with this text, if it is whole, known, active, and its site is switched on."""
    whole = PATTERN.fullmatch(text)
    if not whole or not hmac.compare_digest(checksum(text[:-CHECKSUM_LENGTH]), whole[3]):
        return None
    found = statements.read(LOOK, [whole[1]], COLUMNS)
    kept = str(found[0][1]) if found else hash_of("")
    if not hmac.compare_digest(kept, hash_of(whole[2])) or not found:
        return None
    key = SiteKey.from_db("default", KEY, found[0][:5])
    key.site = ListingSite.from_db("default", SITE, found[0][5:7])
    channels = tuple(Channel.from_db("default", CHANNEL, row[7:]) for row in found if row[7] is not None)
    return Caller(key, channels) if is_active(key) else None


def is_noted(key: SiteKey) -> bool:
    """Whether it is known to the minute that the key was used just now."""
    now = clock.instant()
    return key.last_used_at is not None and now - USE_IS_NOTED_EVERY <= key.last_used_at <= now

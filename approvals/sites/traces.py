"""What the log holds of listing sites and their keys: the verbs write it, and `manage.py verify` reads it back."""

from __future__ import annotations

import hashlib
from typing import Any

from approvals.models import ListingSite, SiteKey
from core.audit import Change, columns_of

COUNTED = ("minute", "requests_in_minute")
"""How often a site asked just now."""
USED = ("last_used_at",)
HASH = "secret_sha256"


def of_site(site: ListingSite) -> dict[str, Any]:
    """Every column of a site but its counters, and the channels that it may read."""
    return columns_of(site, but=COUNTED) | channels_of(site)


def of_key(key: SiteKey) -> dict[str, Any]:
    """Every column of a key but when it was last used. Of its hash, which the log must not hold, the hash."""
    return columns_of(key, but=(*USED, HASH)) | {HASH: hashlib.sha256(key.secret_sha256.encode()).hexdigest()}


def channels_of(site: ListingSite) -> dict[str, list[int]]:
    """Keys of the channels that a site may read, in order."""
    return {"channels": sorted(channel.pk for channel in site.channels.all())}


def made(site: ListingSite) -> Change[ListingSite]:
    return Change(site, {}, of_site(site))


def key_made(key: SiteKey) -> Change[SiteKey]:
    return Change(key, {}, of_key(key))

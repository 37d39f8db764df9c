"""The writer of listing sites and their keys. A key is shown once; the portal keeps its hash.

A key reads `imp_<prefix>_<secret><checksum>`: the prefix finds it, the secret proves it, and the checksum tells a
mistyped or cut key from a wrong one without asking the database, and lets secret scanners recognize it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from approvals.models import Channel, ListingSite, SiteKey
from approvals.policies import deciding
from approvals.sites import traces
from core import audit, clock
from core.audit import Change
from core.errors import InvalidTransition
from core.models import User

ALPHABET = string.digits + string.ascii_letters
PREFIX_LENGTH, SECRET_LENGTH, CHECKSUM_LENGTH = 10, 43, 6
"""Characters. 43 of 62 are 256 bits."""
PATTERN = re.compile(
    rf"imp_([0-9A-Za-z]{{{PREFIX_LENGTH}}})_([0-9A-Za-z]{{{SECRET_LENGTH}}})([0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made, and the only time that its text is known."""

    key: SiteKey
    text: str


def create_site(slug: str, name: str, channels: Iterable[Channel], *, by: User, contact: str = "") -> ListingSite:
    """Make a listing site that may read these channels."""
    _check_right(by)
    with transaction.atomic():
        site = ListingSite.objects.create(slug=slug, name=name, contact=contact)
        site.channels.set(channels)
        audit.record(by, "site.created", traces.made(site), f"Listing site {site} may read {_names(site)}.")
    return site


def change_channels(site: ListingSite, channels: Iterable[Channel], *, by: User) -> ListingSite:
    """Say which channels a site may read from now on."""
    _check_right(by)
    with transaction.atomic():
        locked = ListingSite.objects.select_for_update(no_key=True).get(pk=site.pk)
        before = traces.channels_of(locked)
        locked.channels.set(channels)
        change = Change.between(locked, before, traces.channels_of(locked))
        if change:
            audit.record(by, "site.channels", change, f"Listing site {locked} may read {_names(locked)}.")
    return locked


def switch(site: ListingSite, *, active: bool, by: User) -> ListingSite:
    """Turn a site and all its keys off, or on again."""
    _check_right(by)
    with transaction.atomic():
        locked = ListingSite.objects.select_for_update(no_key=True).get(pk=site.pk)
        change = audit.write(locked, active=active)
        if change:
            words = f"Listing site {locked} was switched {'on' if active else 'off'}."
            audit.record(by, "site.switched", change, words)
    return locked


def create_key(site: ListingSite, label: str, *, by: User, expires_at: datetime | None = None) -> NewKey:
    """Create a key. Several keys of a site work side by side, so that one can replace another without a gap."""
    _check_right(by)
    prefix, secret = _random(PREFIX_LENGTH), _random(SECRET_LENGTH)
    with transaction.atomic():
        key = SiteKey.objects.create(
            site=site, label=label, prefix=prefix, secret_sha256=hash_of(secret), created_by=by, expires_at=expires_at
        )
        words = f"Key “{label}” (imp_{prefix}_…) was created for {site}."
        audit.record(by, "key.created", [traces.key_made(key), site], words)
    body = f"imp_{prefix}_{secret}"
    return NewKey(key, body + checksum(body))


def revoke_key(key: SiteKey, *, by: User) -> SiteKey:
    """Revoke a key, at once and for good."""
    _check_right(by)
    with transaction.atomic():
        locked = SiteKey.objects.select_for_update(of=("self",), no_key=True).select_related("site").get(pk=key.pk)
        if locked.revoked_at:
            raise InvalidTransition("This key is revoked already.")
        change = audit.write(locked, revoked_at=clock.instant(), revoked_by=by)
        words = f"Key “{locked.label}” of {locked.site} was revoked."
        audit.record(by, "key.revoked", [change, locked.site], words)
    return locked


def is_active(key: SiteKey) -> bool:
    """Whether the key works now."""
    is_over = key.expires_at is not None and key.expires_at <= clock.instant()
    return key.site.active and key.revoked_at is None and not is_over


def note_use(key: SiteKey) -> None:
    """Remember that the key is used now."""
    SiteKey.objects.filter(pk=key.pk).update(last_used_at=clock.instant())


def checksum(body: str) -> str:
    """CRC-32 of everything before it, in six characters."""
    number, digits = zlib.crc32(body.encode()), []
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _names(site: ListingSite) -> str:
    return ", ".join(site.channels.values_list("name", flat=True)) or "no channel"


def _check_right(by: User) -> None:
    if not by.has_perm(deciding.MANAGE):
        raise PermissionDenied("You need the right to manage channels.")

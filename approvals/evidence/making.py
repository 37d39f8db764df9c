"""Taking an evidence pack: who may, how large it may be, and the entry of the log that proves the pack afterwards."""

from __future__ import annotations

from typing import IO

from django.core.exceptions import PermissionDenied
from django.db import transaction

from approvals.evidence.pack import Pack
from assets.models import Asset, Listing
from core import audit
from core.errors import Blocked, Finding
from core.models import User

TAKE = "approvals.take_evidence"
AT_ONCE = 250_000_000
"""Bytes of pictures in a pack that somebody waits for. A larger one is written by `manage.py evidence`."""


def take(subject: Asset | Listing, to: IO[bytes], *, by: User) -> None:
    """Write the pack of a picture or a listing, and log it. Raises PermissionDenied and Blocked."""
    if not by.has_perm(TAKE):
        raise PermissionDenied("You need the right to take evidence packs.")
    pack = Pack.of(subject, by=by)
    if pack.gathered.bytes > AT_ONCE:
        size = f"{pack.gathered.bytes / 1_000_000:,.0f} MB"
        words = f"This pack holds {size} of pictures. Ask whoever runs the portal for it: manage.py evidence writes it."
        raise Blocked([Finding("evidence_too_large", words)])
    write(pack, to)


def write(pack: Pack, to: IO[bytes]) -> None:
    """Write a pack of any size. Its sums go into the log: whoever rewrites the pack as a whole would need that too."""
    sums, subject = pack.write(to), pack.gathered.subject
    with transaction.atomic():
        words = f"An evidence pack about {subject} was taken. The SHA-256 of its SHA256SUMS is {sums}."
        audit.record(pack.by, "evidence.made", [*dict.fromkeys([subject, *pack.gathered.assets])], words, sums=sums)

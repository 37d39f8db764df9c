"""What is done to an asset as a whole: naming it and putting it away."""

from __future__ import annotations

from django.db import transaction

from assets.models import Asset, Version
from assets.models.version import Status
from assets.versions.changing import check_right
from assets.versions.transitions import set_status
from core import audit
from core.models import User


def rename(asset: Asset, title: str, *, by: User) -> Asset:
    """Give an asset another title."""
    check_right(by)
    with transaction.atomic():
        locked = Asset.objects.select_for_update().get(pk=asset.pk)
        before, locked.title = locked.title, title.strip()
        locked.save(update_fields=["title"])
        audit.record(by, "asset.renamed", locked, f"Renamed from “{before}” to “{locked.title}”.")
    return locked


def archive(version: Version, *, by: User) -> Version:
    """Put a version away for good. It stays to be looked at; nothing about it changes any more."""
    check_right(by)
    with transaction.atomic():
        archived = set_status(version, Status.ARCHIVED)
        audit.record(by, "version.archived", archived, f"{archived.label} was archived.")
    return archived

"""What is done to assets as a whole: naming them and putting their versions away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from assets.models import Asset, Part, Version
from assets.models.version import Status
from assets.versions import contributors
from assets.versions.changing import CLOSED, check_right, hold
from assets.versions.transitions import move
from core import audit
from core.audit import Change
from core.models import User
from core.sets import batches


def rename(titles: Mapping[Asset, str], *, by: User) -> list[Asset]:
    """Give assets other titles. A title leaves with its picture, so it is judged with every version of the asset."""
    check_right(by)
    wanted = {asset.pk: title.strip() for asset, title in titles.items()}
    with transaction.atomic():
        locked = [asset for batch in batches(sorted(wanted)) for asset in _locked(batch)]
        held = hold(_versions(locked).exclude(status__in=CLOSED), by=by)
        changes = [change for asset in locked if (change := audit.write(asset, title=wanted[asset.pk]))]
        for version in held:
            version.asset.title = wanted[version.asset_id]
        judged = held.write(Part.NAMED)
        archived = list(_versions(change.subject for change in changes).filter(status__in=CLOSED))
        contributors.contribute(archived, Part.NAMED, by=by)  # what comes after them takes the title over
        if changes:
            about: list[Change[Any]] = [*changes, *judged, *map(Change, archived)]
            audit.record(by, "asset.renamed", about, _in_words(changes), part=Part.NAMED)
    return locked


def archive(versions: Iterable[Version], *, by: User) -> list[Version]:
    """Put versions away for good. They stay to be looked at; nothing about them changes any more."""
    check_right(by)
    with transaction.atomic():
        changes = move(versions, Status.ARCHIVED)
        archived = [change.subject for change in changes]
        if changes:
            what = f"{archived[0].label} was" if len(archived) == 1 else f"{len(archived)} versions were"
            audit.record(by, "version.archived", changes, f"{what} archived.")
    return archived


def _locked(keys: list[UUID]) -> Iterable[Asset]:
    return Asset.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")


def _versions(assets: Iterable[Asset]) -> QuerySet[Version]:
    return Version.objects.filter(asset__in=[asset.pk for asset in assets]).only("pk")


def _in_words(changes: list[Change[Asset]]) -> str:
    if len(changes) > 1:
        return f"{len(changes)} pictures were renamed."
    [change] = changes
    return f"Renamed from “{change.before['title']}” to “{change.after['title']}”."

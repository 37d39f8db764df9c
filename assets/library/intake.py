"""Taking pictures into the library, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max

from assets.imaging import inspection, metadata
from assets.models import Asset, Listing, Origin, Version
from assets.provenance.data import ProvenanceData, keep
from assets.rights.licenses import first_license
from assets.versions.changing import check_right, seal
from core import audit, storage
from core.models import User


def take_in(
    data: bytes,
    *,
    title: str,
    by: User,
    origin: Origin,
    maker: str,
    listing: Listing | None = None,
    asset: Asset | None = None,
    parent: Version | None = None,
    original: Version | None = None,
    digital_source: str = "",
    alterations: Iterable[str] = (),
    provenance: ProvenanceData | None = None,
    disclosure_note: str = "",
) -> Version:
    """Keep the bytes as the next version of `asset`, or as the first of a new one. Raises inspection.Unreadable.

    The license starts with what the provenance's terms answer, and with Unknown for the rest.
    """
    check_right(by)
    facts, made = look_at(data), provenance or ProvenanceData()
    found = dict(made.found) or metadata.read(data)
    found |= {"trailing_bytes": facts.trailing} if facts.trailing else {}
    storage.put(data)
    with transaction.atomic():
        asset, number = _place(asset, title, listing, by)
        version = Version.objects.create(
            asset=asset,
            number=number,
            sha256=facts.sha256,
            media_type=facts.media_type,
            width=facts.width,
            height=facts.height,
            size=facts.size,
            origin=origin,
            maker=maker,
            parent=parent,
            original=original,
            digital_source=digital_source,
            alterations=list(alterations),
            disclosure_note=disclosure_note,
            created_by=by,
            license=first_license(made.terms, by=by),
        )
        keep(version, made, found)
        seal(version)
        words = f"{version.label} of “{asset.title}” was added."
        audit.record(by, "version.created", version, words, sha256=facts.sha256)
    return version


def look_at(data: bytes) -> inspection.ImageInfo:
    """What a file is, if the library takes it. Raises inspection.Unreadable with words for whoever brought it."""
    facts = inspection.inspect(data)
    if facts.animated:
        raise inspection.Unreadable(
            "This is a moving picture. Save the frame you want as PNG or JPEG, and upload that."
        )
    return facts


def _place(asset: Asset | None, title: str, listing: Listing | None, by: User) -> tuple[Asset, int]:
    """The asset, locked, and the next free number in it."""
    if asset is None:
        return Asset.objects.create(title=title, listing=listing, created_by=by), 1
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    highest: int | None = locked.versions.aggregate(highest=Max("number"))["highest"]
    return locked, (highest or 0) + 1

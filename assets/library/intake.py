"""Taking pictures into the library, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from assets.imaging import inspection, metadata
from assets.models import Asset, Listing, Origin, Part, Version
from assets.provenance.data import ProvenanceData, keep
from assets.rights.licenses import first_licenses
from assets.versions import contributors, traces
from assets.versions.changing import check_right, seal
from assets.versions.contributors import Hands
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
    hands: Hands | None = None,
) -> Version:
    """Keep the bytes as the next version of `asset`, or as the first of a new one. Raises inspection.Unreadable.

    The license starts with what the provenance's terms answer, and with Unknown for the rest. `hands` says who did what
    for a picture that was made here; whoever brings another may have made it from its `parent` and its `original`.
    """
    check_right(by)
    facts, made = look_at(data), provenance or ProvenanceData()
    found = dict(made.found) or metadata.read(data)
    found |= {"trailing_bytes": facts.trailing} if facts.trailing else {}
    stated = {"digital_source": digital_source, "alterations": list(alterations), "disclosure_note": disclosure_note}
    storage.put(data)
    with transaction.atomic():
        placed, number = _place(asset, title, listing, by)
        version = Version.objects.create(
            asset=placed,
            number=number,
            **_file(facts),
            **stated,
            origin=origin,
            maker=maker,
            parent=parent,
            original=original,
            created_by=by,
            license=first_licenses(made.terms, 1, by=by)[0],
        )
        keep(version, made, found)
        _note_hands(version, _brought(by, parent, original) if hands is None else hands, asset, by)
        seal(Version.objects.with_dossier().filter(pk=version.pk))
        version.refresh_from_db(fields=["dossier_hash", "dossier_format"])
        words = f"{version.label} of “{placed.title}” was added."
        told = {"sha256": facts.sha256, "hands": traces.hands(version)}
        audit.record(by, "version.created", traces.created(version), words, **told)
    return version


def _file(facts: inspection.ImageInfo) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in ("sha256", "media_type", "width", "height", "size")}


def look_at(data: bytes) -> inspection.ImageInfo:
    """What a file is, if the library takes it. Raises inspection.Unreadable with words for whoever brought it."""
    facts = inspection.inspect(data)
    if facts.animated:
        raise inspection.Unreadable(
            "This is a moving picture. Save the frame you want as PNG or JPEG, and upload that."
        )
    return facts


def _brought(by: User, *before: Version | None) -> Hands:
    """Who did what for a file that somebody brings, and for what it may have been made from."""
    behind = (contributors.done(version, *contributors.LASTING) for version in before if version)
    return contributors.united([{Part.BROUGHT: [by]}, *behind])


def _note_hands(version: Version, hands: Hands, before: Asset | None, by: User) -> None:
    """Who made or brought it, named it, and said which house it shows. Words that were there keep their author."""
    contributors.note([version], hands)
    if before:
        contributors.carry_over(before.versions.exclude(pk=version.pk), version, Part.NAMED, Part.PLACED)
    elif not hands.get(Part.NAMED):
        contributors.contribute([version], Part.NAMED, by=by)
    if version.asset.listing:
        contributors.note([version], {Part.PLACED: version.asset.listing.placed_by.all()})


def _place(asset: Asset | None, title: str, listing: Listing | None, by: User) -> tuple[Asset, int]:
    """The asset, locked, and the next free number in it.

    Its listing is held as well: whoever changes that waits, and finds this version among those it is judged with.
    """
    if held := asset.listing_id if asset else listing and listing.pk:
        Listing.objects.select_for_update(no_key=True).get(pk=held)
    if asset is None:
        return Asset.objects.create(title=title, listing=listing, created_by=by), 1
    locked = Asset.objects.select_for_update(no_key=True).get(pk=asset.pk)
    highest: int | None = locked.versions.aggregate(highest=Max("number"))["highest"]
    return locked, (highest or 0) + 1

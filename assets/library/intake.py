"""Taking pictures into the library, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from assets.imaging import inspection, rendering
from assets.imaging.rendering import SPECS, Seen
from assets.library import inheriting, renditions
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
    seen: Seen | None = None,
) -> Version:
    """Keep the bytes as the next version of `asset`, or as the first of a new one. Raises inspection.Unreadable.

    The license starts with what the provenance's terms answer, and with Unknown for the rest. `hands` says who did what
    for a picture that was made here; whoever brings another may have made it from its `parent` and its `original`.
    Whoever has looked at the bytes already gives along what was `seen`.
    """
    check_right(by)
    seen, made = seen or look_at(data), provenance or ProvenanceData()
    _check_still(seen)
    stated = {"digital_source": digital_source, "alterations": list(alterations), "disclosure_note": disclosure_note}
    _store(data, seen)
    with transaction.atomic():
        placed, number = _place(asset, title, listing, by)
        version = Version.objects.create(
            asset=placed,
            number=number,
            **_file(seen.facts),
            **stated,
            origin=origin,
            maker=maker,
            parent=parent,
            original=original,
            created_by=by,
            license=first_licenses(made.terms, 1, by=by)[0],
        )
        renditions.keep(version, seen.copies)
        keep(version, made, _found(made, seen))
        inheriting.inherit(version)
        _note_hands(version, _brought(by, parent, original) if hands is None else hands, asset, by)
        _seal(version)
        _record(version, seen, by)
    return version


def _seal(version: Version) -> None:
    seal(Version.objects.with_dossier().filter(pk=version.pk))
    version.refresh_from_db(fields=["dossier_hash", "dossier_format"])


def _record(version: Version, seen: Seen, by: User) -> None:
    """With the hashes of the copies that the portal's pages show: a reviewer judges by them."""
    words = f"{version.label} of “{version.asset.title}” was added."
    copies = {name: copy.sha256 for name, copy in seen.copies.items()}
    told = {"sha256": version.sha256, "renditions": copies, "hands": traces.hands(version)}
    audit.record(by, "version.created", traces.created(version), words, **told)


def _found(made: ProvenanceData, seen: Seen) -> dict[str, Any]:
    """What the file says about itself, and what hides behind its end."""
    trailing = seen.facts.trailing
    return (dict(made.found) or seen.found) | ({"trailing_bytes": trailing} if trailing else {})


def _store(data: bytes, seen: Seen) -> None:
    if storage.put(data) != seen.facts.sha256:
        raise ValueError("What was seen are other bytes.")
    for copy in seen.copies.values():
        storage.put(copy.data)


def _file(facts: inspection.ImageInfo) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in ("sha256", "media_type", "width", "height", "size")}


def look_at(data: bytes) -> Seen:
    """What a file is, with its copies for the portal's pages, if the library takes it. One decoding for all.

    Raises inspection.Unreadable with words for whoever brought it.
    """
    seen = rendering.see(data, *(SPECS[name] for name in ("thumb", "small", "preview")))
    _check_still(seen)
    return seen


def _check_still(seen: Seen) -> None:
    if seen.facts.animated:
        words = "This is a moving picture. Save the frame you want as PNG or JPEG, and upload that."
        raise inspection.Unreadable(words)


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
        answered = User.objects.filter(pk__in=version.asset.listing.consents.values("recorded_by"))
        hands = {Part.PLACED: version.asset.listing.placed_by.all(), Part.RIGHTS: answered}
        contributors.note([version], hands)


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

"""Adding listings, and changing what is known about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from assets.listings import traces
from assets.models import Listing, Part, Version
from assets.versions.changing import CLOSED, check_right, hold
from core import audit
from core.audit import Change
from core.errors import Blocked, Finding
from core.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFacts:
    """What is known about a listing. `facts` are plain values by name, such as bedrooms."""

    reference: str
    title: str
    address: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def add_listing(facts: ListingFacts, *, by: User) -> Listing:
    """Add a listing that pictures can be made for. Raises Blocked when its reference is taken."""
    check_right(by)
    with transaction.atomic():
        _refuse_taken(facts.reference)
        listing = Listing.objects.create(**asdict(facts))
        listing.placed_by.add(by)
        audit.record(by, "listing.added", traces.made(listing), f"The listing {listing} was added.")
    return listing


def change_listing(listing: Listing, facts: ListingFacts, *, by: User) -> Listing:
    """Change what is known about a listing. Briefs that were sent keep the words they were sent with.

    Which house a picture shows is judged with it: another reference or address changes the dossiers of its pictures.
    """
    check_right(by)
    with transaction.atomic():
        locked = Listing.objects.select_for_update(no_key=True).get(pk=listing.pk)
        _refuse_taken(facts.reference, but=locked)
        held = hold(_versions_of(locked), by=by)
        change = _write(locked, facts, by)
        for version in held:
            version.asset.listing = locked
        judged = held.write(Part.PLACED)
        if change:
            changed = (name for name in asdict(facts) if name in change.after)
            words = f"The listing {locked} was changed: {', '.join(changed)}."
            audit.record(by, "listing.changed", [change, *judged], words, part=Part.PLACED)
    return locked


def _write(listing: Listing, facts: ListingFacts, by: User) -> Change[Listing]:
    """Whoever writes its reference or address says which house it is, and is noted."""
    before = traces.of_listing(listing)
    change = audit.write(listing, **asdict(facts))
    if {"reference", "address"} & set(change.after):
        listing.placed_by.add(by)
    return Change.between(listing, before, traces.of_listing(listing))


def _versions_of(listing: Listing) -> Iterable[Version]:
    """The versions that are told to belong to the listing, as long as they can change."""
    return Version.objects.filter(asset__listing=listing).exclude(status__in=CLOSED).only("pk").iterator()


def _refuse_taken(reference: str, but: Listing | None = None) -> None:
    taken = Listing.objects.filter(reference__iexact=reference).first()
    if taken and taken != but:
        raise Blocked([Finding("listing_taken", f"{taken} has this reference already.", field="reference")])

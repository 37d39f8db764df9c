"""What the log holds of listings: the verbs write it, and `manage.py verify` reads it back."""

from __future__ import annotations

from typing import Any

from assets.models import Listing
from core.audit import Change, columns_of


def of_listing(listing: Listing) -> dict[str, Any]:
    """Every column of a listing, and who placed the house: they contribute to each picture of it."""
    return columns_of(listing) | {"placed_by": sorted(person.pk for person in listing.placed_by.all())}


def made(listing: Listing) -> Change[Listing]:
    return Change(listing, {}, of_listing(listing))

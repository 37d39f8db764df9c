"""The field in which a listing is chosen, on every page that asks for one."""

from __future__ import annotations

from django.urls import reverse_lazy

from assets.models import Listing
from core.web.chooser import Choice, ChooserField


class ListingField(ChooserField[Listing]):
    """A listing, named by its reference, or by words of its title or address that no other has."""

    nouns = ("listing", "listings")
    hint = "Reference, title, or address"
    url = reverse_lazy("assets:choose_listing")

    def named(self, text: str) -> list[Listing]:
        return Listing.objects.named(text)

    def best(self, text: str, most: int) -> list[Listing]:
        return list(Listing.objects.best(text)[:most])

    def choice(self, row: Listing) -> Choice:
        about = " · ".join(filter(None, (row.title, row.address)))
        return Choice(str(row), row.reference, about)

    @staticmethod
    def reference(listing: Listing | None) -> str:
        """For an address that narrows what it shows to a listing."""
        return listing.reference if listing else ""

"""The field in which a picture of the library is chosen."""

from __future__ import annotations

from django.urls import reverse_lazy

from assets.models import Asset
from core.web.chooser import Choice, ChooserField


class AssetField(ChooserField[Asset]):
    """A picture, named by a title that no other has, or by its title and the first characters of its id."""

    nouns = ("picture", "pictures")
    hint = "Title"
    url = reverse_lazy("assets:choose_asset")

    def named(self, text: str) -> list[Asset]:
        return Asset.objects.named(text)

    def best(self, text: str, most: int) -> list[Asset]:
        return list(Asset.objects.titled(text).select_related("listing")[:most])

    def choice(self, row: Asset) -> Choice:
        return Choice(row.label, row.title, str(row.listing or "No listing"))

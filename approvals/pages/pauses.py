"""Pauses: how many live releases a change would stop, said before it is made and after."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from approvals.models import Release
from assets.models import Asset, Listing


@dataclass(frozen=True, slots=True)
class RenamePauses:
    """What stops until somebody approves the new title of a picture."""

    places: int = 0
    altered: int = 0
    """Altered pictures that are shown only beside this one."""

    @property
    def beforehand(self) -> str:
        if not self.places:
            return ""
        stops = (
            "place shows this picture now. It stops" if self.places == 1 else "places show this picture now. They stop"
        )
        return f"{self.places} {stops} until the new title is approved.{self._altered('do', 'does')}"

    @property
    def afterwards(self) -> str:
        if not self.places:
            return ""
        places = "place" if self.places == 1 else "places"
        return (
            f"{self.places} {places} stopped showing it until the new title is approved.{self._altered('did', 'did')}"
        )

    def _altered(self, several: str, one: str) -> str:
        if not self.altered:
            return ""
        pictures = f"{one} 1 altered picture" if self.altered == 1 else f"{several} {self.altered} altered pictures"
        return f" So {pictures} shown beside it."


@dataclass(frozen=True, slots=True)
class ListingPauses:
    """What stops until somebody approves the pictures of a listing under its new reference or address."""

    pictures: int = 0

    @property
    def beforehand(self) -> str:
        if not self.pictures:
            return ""
        live, them = (
            ("picture of this listing is live", "it")
            if self.pictures == 1
            else (
                "pictures of this listing are live",
                "them",
            )
        )
        return f"{self.pictures} {live}. A new reference or address stops {them} until somebody approves {them} again."

    @property
    def afterwards(self) -> str:
        if not self.pictures:
            return ""
        if self.pictures == 1:
            return "1 picture of this listing is paused until somebody approves it again."
        return f"{self.pictures} pictures of this listing are paused until somebody approves them again."


def of_renaming(asset: Asset) -> RenamePauses:
    """A title is judged with every version of the asset, and an altered picture needs its original beside it."""
    beside = Q(original__asset=asset)
    live = Release.objects.live().filter(Q(version__asset=asset) | beside)
    places = Count("pk", filter=Q(version__asset=asset), distinct=True)
    return RenamePauses(**live.aggregate(places=places, altered=Count("version__asset", filter=beside, distinct=True)))


def of_moving(listing: Listing) -> ListingPauses:
    """Which house it shows is judged with every picture of the listing."""
    live = Release.objects.live().filter(Q(version__asset__listing=listing) | Q(original__asset__listing=listing))
    return ListingPauses(live.aggregate(pictures=Count("version__asset", distinct=True))["pictures"])

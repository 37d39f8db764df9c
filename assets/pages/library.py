"""The library's grid: every asset, as the address says, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Page
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from assets.imaging.rendering import SPECS, fitted
from assets.library.chooser import AssetField
from assets.library.forms import LibraryFilterForm
from assets.models import Asset, Version
from core.counting import Pages
from core.web import chooser
from core.web.forms import unsearched
from core.web.requests import SignedIn

ON_A_PAGE = 24


@dataclass(frozen=True)
class Tile:
    """One asset in the grid, shown by the newest of its versions that the filters ask for."""

    asset: Asset
    version: Version

    @property
    def size(self) -> tuple[int, int]:
        return fitted(self.version.width, self.version.height, SPECS["thumb"])

    @property
    def meta(self) -> str:
        """The label, and the listing whose reference does not break at its hyphen."""
        listing = self.asset.listing
        together = listing.reference.replace("-", "\N{NON-BREAKING HYPHEN}") if listing else ""
        return f"{self.version.label} · {together}" if together else self.version.label


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def library(request: SignedIn) -> HttpResponse:
    """All assets that match the address."""
    form = LibraryFilterForm(request.GET)
    wanted = form.wanted()
    found = Version.objects.none() if unsearched(form) else _matching(request, wanted)
    page = Pages(found.values_list("pk", flat=True), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "tiles": _tiles(page),
        "filtered": bool(wanted),
        "unsearched": unsearched(form),
        "query": urlencode(wanted),
    }
    return render(request, "assets/library.html#results" if request.htmx else "assets/library.html", context)


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def choose(request: SignedIn) -> HttpResponse:
    """The pictures that match what somebody types where one is chosen."""
    return chooser.answer(request, AssetField())


def _matching(request: SignedIn, wanted: dict[str, str]) -> QuerySet[Version]:
    """Of each asset, the newest of its versions that the filters ask for; newest first.

    Read from the versions' side, so that an index has them in order and a page ends where it is full.
    """
    of_version = {
        field: wanted[name] for name, field in (("status", "status"), ("provider", "maker")) if name in wanted
    }
    newer = Version.objects.filter(asset=OuterRef("asset"), number__gt=OuterRef("number"), **of_version)
    covers = Version.objects.visible_to(request.user).filter(~Exists(newer), **of_version)
    if "q" in wanted or "listing" in wanted:
        found = Asset.objects.matching(wanted.get("q", ""))
        here = found.filter(listing__reference=wanted["listing"]) if "listing" in wanted else found
        covers = covers.filter(asset__in=here)
    return covers.order_by("-created_at", "-asset")


def _tiles(page: Page[Any]) -> list[Tile]:
    covers = Version.objects.select_related("asset__listing").in_bulk(list(page))
    return [Tile(covers[key].asset, covers[key]) for key in page]

"""The library's grid: every asset, as the address says, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from assets.imaging.rendering import SPECS, fitted
from assets.library.forms import LibraryFilterForm
from assets.models import Asset, Version
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
    found = Asset.objects.none() if unsearched(form) else _matching(request, wanted)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "tiles": _tiles(page),
        "filtered": bool(wanted),
        "unsearched": unsearched(form),
        "query": urlencode(wanted),
    }
    return render(request, "assets/library.html#results" if request.htmx else "assets/library.html", context)


def _matching(request: SignedIn, wanted: dict[str, str]) -> QuerySet[Asset, Any]:
    of_version = {
        field: wanted[name] for name, field in (("status", "status"), ("provider", "maker")) if name in wanted
    }
    covers = Version.objects.filter(asset=OuterRef("pk"), **of_version).order_by("-number")
    found = Asset.objects.visible_to(request.user).matching(wanted.get("q", "")).with_version(**of_version)
    if "listing" in wanted:
        found = found.filter(listing__reference=wanted["listing"])
    shown = found.select_related("listing").annotate(
        cover=Subquery(covers.values("pk")[:1]), touched=Subquery(covers.values("created_at")[:1])
    )
    return shown.order_by("-touched", "-pk")


def _tiles(page: Page[Any]) -> list[Tile]:
    assets = list(page.object_list)
    covers = Version.objects.in_bulk([asset.cover for asset in assets])
    return [Tile(asset, covers[asset.cover]) for asset in assets]

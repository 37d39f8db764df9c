"""Listings: the properties that pictures are made for, and their facts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from assets.listings import records
from assets.listings.chooser import ListingField
from assets.listings.forms import ListingEditor, ListingSearch, known_names
from assets.listings.records import ListingFacts
from assets.models import Listing
from assets.pages.messages import message_before
from core.counting import Pages
from core.errors import Blocked
from core.web import chooser, seen
from core.web.forms import unsearched
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form

ON_A_PAGE = 50


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def listings(request: SignedIn) -> HttpResponse:
    """All listings, or those in which every word is found."""
    form = ListingSearch(request.GET)
    asked = form.cleaned_data.get("q", "") if form.is_valid() else ""
    found = Listing.objects.saying(asked).annotate(pictures=Count("assets"))
    found = found.none() if unsearched(form) else found.order_by("reference")
    page = Pages(found, ON_A_PAGE).get_page(request.GET.get("page"))
    query = urlencode({"q": asked}) if asked else ""
    context = {"page": page, "form": form, "asked": asked, "query": query, "unsearched": unsearched(form)}
    return render(request, "assets/listings.html#results" if request.htmx else "assets/listings.html", context)


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def choose(request: SignedIn) -> HttpResponse:
    """The listings that match what somebody types where one is chosen."""
    return chooser.answer(request, ListingField())


@takes_a_form
@permission_required("assets.edit_library", raise_exception=True)
@once(but="more")
def listing(request: SignedIn, listing_id: int = 0) -> HttpResponse:
    """Add a listing, or change one."""
    posted = request.POST if request.method == "POST" else None
    saves = posted is not None and "more" not in posted
    with seen.held(request, Listing.objects.filter(pk=listing_id)):
        held = get_object_or_404(Listing, pk=listing_id) if listing_id else None
        editor = ListingEditor(held, posted)
        if saves and editor.is_valid() and (kept := _kept(request, held, editor)):
            messages.success(request, f"{kept} is saved.")
            return redirect("assets:listings")
    context = {"listing": held, "editor": editor, "names": known_names()}
    part = "#facts" if request.htmx and not saves else ""
    return render(request, f"assets/listing.html{part}", context, status=seen.status(editor.about) if saves else 200)


def _kept(request: SignedIn, held: Listing | None, editor: ListingEditor) -> Listing | None:
    try:
        if held is None:
            return records.add_listing(editor.said(), by=request.user)
        return _changed(request, held, editor.said())
    except Blocked as blocked:
        for finding in blocked.findings:
            editor.about.add_error(finding.field, finding.words)
    return None


def _changed(request: SignedIn, held: Listing, said: ListingFacts) -> Listing:
    """The listing as it is now; whoever gave it another reference or address is told what that stopped."""
    told = message_before(request, "assets/messages/listing_moved.txt", listing=held)
    changed = records.change_listing(held, said, by=request.user)
    if told and (changed.reference, changed.address) != (held.reference, held.address):
        messages.warning(request, told)
    return changed

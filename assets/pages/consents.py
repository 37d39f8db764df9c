"""Consents: the list, and each with the pictures that rest on it; recorded, renewed, changed and revoked once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from assets.library.consent_forms import (
    ConsentField,
    ConsentForm,
    ConsentSearch,
    EvidenceForm,
    RenewForm,
    RevokeForm,
)
from assets.models import Consent, Version
from assets.pages.files import from_the_store
from assets.pages.library import Tile
from assets.rights import consent_limits, consents
from core import storage
from core.counting import Pages
from core.web import chooser, seen
from core.web.files import handed_out
from core.web.forms import unsearched
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form

ON_A_PAGE, PICTURES = 50, 24
may_look = permission_required("assets.view_asset", raise_exception=True)
may_edit = permission_required("assets.edit_library", raise_exception=True)


@require_safe
@may_look
def consent_list(request: SignedIn) -> HttpResponse:
    """All consents, or those in which every word is found."""
    form = ConsentSearch(request.GET)
    asked = form.cleaned_data.get("q", "") if form.is_valid() else ""
    found = Consent.objects.saying(asked).select_related("listing").annotate(pictures=Count("uses"))
    found = found.none() if unsearched(form) else found.order_by("name", "-pk")
    page = Pages(found, ON_A_PAGE).get_page(request.GET.get("page"))
    query = urlencode({"q": asked}) if asked else ""
    context = {"page": page, "form": form, "asked": asked, "query": query, "unsearched": unsearched(form)}
    return render(request, "assets/consents.html#results" if request.htmx else "assets/consents.html", context)


@require_safe
@may_look
def choose(request: SignedIn) -> HttpResponse:
    """The consents that match what somebody types where one is chosen."""
    return chooser.answer(request, ConsentField())


@require_safe
@may_look
def consent(request: SignedIn, consent_id: int) -> HttpResponse:
    """One consent, with what was signed and the pictures that rest on it."""
    found = _consent(consent_id)
    pictures = consents.pictures_of(found).order_by("-created_at", "pk")
    page = Pages(pictures.values_list("pk", flat=True), PICTURES).get_page(request.GET.get("page"))
    versions = Version.objects.select_related("asset__listing").in_bulk(list(page))
    tiles = [Tile(versions[key].asset, versions[key]) for key in page]
    return render(request, "assets/consent.html", _about(found) | {"page": page, "tiles": tiles})


@takes_a_form
@may_edit
@once()
def new(request: SignedIn) -> HttpResponse:
    """Record a consent that pictures can rest on."""
    posted, evidence = request.method == "POST", evidence_of(request)
    form = ConsentForm.of(None, request.POST if posted else None)
    if posted and all([form.is_valid(), evidence.is_valid()]):
        kept = consents.record_consent([], form.consent(evidence.cleaned_data["file"]), by=request.user)
        messages.success(request, f"The consent of {kept.name} is recorded.")
        return redirect("assets:consent_record", kept.pk)
    context = {"form": form, "evidence": evidence}
    return render(request, "assets/consent_new.html", context, status=seen.status(form) if posted else 200)


@takes_a_form
@may_edit
@once()
def change(request: SignedIn, consent_id: int) -> HttpResponse:
    """Change what a consent says, for all pictures that rest on it."""
    posted, evidence = request.method == "POST", evidence_of(request)
    with seen.held(request, Consent.objects.filter(pk=consent_id)):
        found = _consent(consent_id)
        form = ConsentForm.of(found, request.POST if posted else None)
        if posted and all([form.is_valid(), evidence.is_valid()]):
            consents.change_consent(found, form.consent(evidence.cleaned_data["file"]), by=request.user)
            messages.success(request, f"The consent of {found.name} is saved.")
            return redirect("assets:consent_record", found.pk)
    context = _about(found) | {"form": form, "evidence": evidence}
    return render(request, "assets/consent_change.html", context, status=seen.status(form) if posted else 200)


@takes_a_form
@may_edit
@once()
def renew(request: SignedIn, consent_id: int) -> HttpResponse:
    """Let a consent last longer, for all pictures that rest on it."""
    posted, evidence = request.method == "POST", evidence_of(request)
    with seen.held(request, Consent.objects.filter(pk=consent_id)):
        found = _consent(consent_id)
        form = RenewForm.of(found, request.POST if posted else None)
        if posted and all([form.is_valid(), evidence.is_valid()]):
            until, files = form.cleaned_data["valid_until"], evidence.cleaned_data["file"]
            consents.renew_consent(found, until, files, by=request.user)
            messages.success(request, f"The consent of {found.name} is renewed.")
            return redirect("assets:consent_record", found.pk)
    context = _about(found) | {"form": form, "evidence": evidence}
    return render(request, "assets/consent_renew.html", context, status=seen.status(form) if posted else 200)


@takes_a_form
@may_edit
@once()
def revoke(request: SignedIn, consent_id: int) -> HttpResponse:
    """Say what ends with a consent, ask why, and end it."""
    found = _consent(consent_id)
    if request.method != "POST" and found.is_revoked:
        return redirect("assets:consent_record", found.pk)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        consents.revoke_consent(found, form.cleaned_data["because"], by=request.user)
        messages.success(request, f"The consent of {found.name} is revoked. Nothing that rests on it is delivered now.")
        return redirect("assets:consent_record", found.pk)
    status = 422 if form.is_bound else 200
    return render(request, "assets/consent_revoke.html", _about(found) | {"form": form}, status=status)


@require_safe
@may_look
@from_the_store
def file(request: SignedIn, consent_id: int, sha256: str) -> HttpResponseBase:
    """What was signed, as a download."""
    for kept in get_object_or_404(Consent, pk=consent_id).files:
        if kept["sha256"] == sha256:
            kind, name = kept["media_type"] or "application/octet-stream", kept["name"] or "consent"
            return handed_out(storage.read(sha256), kind, name)
    raise Http404


def _consent(consent_id: int) -> Consent:
    everything = Consent.objects.select_related("listing", "recorded_by", "revoked_by")
    return get_object_or_404(everything, pk=consent_id)


def evidence_of(request: SignedIn) -> EvidenceForm:
    """The form for what was signed; when it is sent, what came with it is in the store before anything is locked."""
    if request.method != "POST":
        return EvidenceForm.of()
    form = EvidenceForm.of(request.POST, request.FILES)
    form.is_valid()
    return form


def _about(found: Consent) -> dict[str, Any]:
    return {
        "consent": found,
        "limits": consent_limits.in_words(found),
        "count": consents.pictures_of(found).count(),
    }

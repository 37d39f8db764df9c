"""License sets: the licenses that many pictures share, made and renewed for all of them at once."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from assets.models import LicenseSet
from assets.pages.files import from_the_store
from assets.rights import license_sets as verbs
from assets.rights.forms import EvidenceForm, LicenseSetForm
from assets.rights.license_sets import SetFacts
from assets.versions.dossier import digest_of
from core import storage
from core.counting import Pages
from core.errors import Blocked
from core.web import seen
from core.web.files import handed_out
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form

ON_A_PAGE = 50


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def license_sets(request: SignedIn) -> HttpResponse:
    """All license sets, with how many pictures share each."""
    found = LicenseSet.objects.annotate(pictures=Count("licenses")).order_by("-active", "name")
    page = Pages(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "assets/license_sets.html", {"page": page})


@takes_a_form
@permission_required("assets.edit_library", raise_exception=True)
@once()
def license_set(request: SignedIn, set_id: int = 0) -> HttpResponse:
    """Make a license set, or change one. What a change does to pictures is shown before it is saved."""
    posted = request.POST if request.method == "POST" else None
    asked: SetFacts | None = None
    with seen.held(request, LicenseSet.objects.filter(pk=set_id)):
        kept = get_object_or_404(LicenseSet, pk=set_id) if set_id else None
        form = LicenseSetForm.of(kept, posted)
        if posted is not None and form.is_valid():
            if kept is None or _is_confirmed(request, kept, form.said()):
                if saved := _saved(request, kept, form):
                    return saved
            else:
                asked = form.said()
    pictures, confirm = verbs.count_of(kept) if kept else 0, _mark(asked) if asked else ""
    context: dict[str, Any] = {"set": kept, "form": form, "pictures": pictures, "evidence": EvidenceForm()}
    context |= {"asked": asked, "confirm": confirm}
    shows = 200 if posted is None or asked else seen.status(form)
    return render(request, "assets/license_set.html", context, status=shows)


def _saved(request: SignedIn, kept: LicenseSet | None, form: LicenseSetForm) -> HttpResponse | None:
    try:
        if kept is None:
            saved = verbs.create_set(form.said(), by=request.user)
        else:
            saved = verbs.change_set(kept, form.said(), by=request.user)
    except Blocked as blocked:
        for finding in blocked.findings:
            form.add_error(finding.field, finding.words)
        return None
    messages.success(request, f"{saved} is saved.")
    return redirect("assets:license_set", saved.pk)


def _is_confirmed(request: SignedIn, kept: LicenseSet, said: SetFacts) -> bool:
    """Whether nothing happens to any picture, or whoever saves has read what does."""
    same = verbs.facts_of(said) == verbs.facts_now(kept)
    return same or not verbs.count_of(kept) or request.POST.get("confirm") == _mark(said)


def _mark(said: SetFacts) -> str:
    return digest_of(verbs.facts_of(said))


@require_POST
@permission_required("assets.edit_library", raise_exception=True)
@once()
def evidence(request: SignedIn, set_id: int) -> HttpResponse:
    """Keep one more file that proves the license."""
    kept = get_object_or_404(LicenseSet, pk=set_id)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["document"]
        name = PurePath(file.name or "document").name[:150]
        verbs.add_evidence(kept, name, storage.put(file.read()), by=request.user)
        messages.success(request, f"“{name}” is kept with the license.")
        return redirect("assets:license_set", kept.pk)
    context = {"set": kept, "form": LicenseSetForm.of(kept), "pictures": verbs.count_of(kept), "evidence": form}
    return render(request, "assets/license_set.html", context, status=422)


@require_safe
@permission_required("assets.edit_library", raise_exception=True)
@from_the_store
def evidence_file(request: SignedIn, set_id: int, sha256: str) -> HttpResponseBase:
    """A file that proves the license, to be saved."""
    kept = get_object_or_404(LicenseSet, pk=set_id)
    name = next((each["name"] for each in kept.evidence if each["sha256"] == sha256), None)
    if name is None:
        raise Http404
    return handed_out(storage.read(sha256), "application/octet-stream", name)

"""Pages that hold pictures against each other: the comparison of a brief, judging it blind, and its family."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.errors import Blocked, InvalidTransition
from core.web.fragments import HTMX_STOP_POLLING
from core.web.once import once
from core.web.requests import SignedIn
from generation.briefs import family as families
from generation.models import Brief, Output, Pick
from generation.outputs import preferences
from generation.pages import comparison

PAIR = "pair"


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def compare(request: SignedIn, brief_id: UUID) -> HttpResponse:
    """The pictures of a brief side by side; whose they are is hidden until the person has judged or asks for it."""
    return _page(request, _found(request, brief_id))


@require_POST
@permission_required("assets.view_asset", raise_exception=True)
@once()
def judge(request: SignedIn, brief_id: UUID) -> HttpResponse:
    """Record a pick, a tie or none, and show whose they are."""
    found, verdict = _found(request, brief_id), request.POST.get("verdict", "")
    if verdict not in Pick.values:
        raise Http404
    wanted = _uuid(request.POST.get("output", ""))
    picked = Output.objects.filter(job__brief=found, pk=wanted).first() if wanted else None
    try:
        preferences.prefer(found, Pick(verdict), by=request.user, output=picked)
    except (InvalidTransition, Blocked) as error:
        messages.error(request, str(error))
        return _page(request, found, 409 if isinstance(error, InvalidTransition) else 422)
    messages.success(request, "Saved. Here are the names.")
    return redirect("generation:compare", found.pk)


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def family(request: SignedIn, brief_id: UUID) -> HttpResponse:
    """Where a brief came from and what was made of it, as a families."""
    found = _found(request, brief_id)
    return render(request, "generation/family.html", {"brief": found, "tree": families.of(found)})


def _page(request: SignedIn, found: Brief, status: int = 200) -> HttpResponse:
    given = request.GET
    number = int(given["set"]) if re.fullmatch(r"[0-9]{1,6}", given.get("set", "")) else 1
    names, wanted = given.get("names") == "1", (given.get("a", ""), given.get("b", ""))
    told = comparison.compare(found, request.user, names=names, number=number, wanted=wanted)
    address = reverse("generation:compare", args=(found.pk,))
    context = {"told": told, "brief": found, "address": address}
    if not request.htmx:
        return render(request, "generation/compare.html", context, status=status)
    part = PAIR if request.htmx.target == PAIR else "cells"
    stops = part == "cells" and request.method == "GET" and not told.running
    drawn = f"generation/panels/compare_{part}.html"
    return render(request, drawn, context, status=HTMX_STOP_POLLING if stops else status)


def _found(request: SignedIn, brief_id: UUID) -> Brief:
    return get_object_or_404(Brief.objects.visible_to(request.user).with_details(), pk=brief_id)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""Terms: what providers, libraries and photographers said on a day, compared, and answered again when they change."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from assets.models import Terms
from assets.pages.files import from_the_store
from assets.pages.terms_page import TermsPage
from assets.rights import terms as verbs
from assets.rights.terms_forms import TermsForm
from core import storage
from core.counting import Pages
from core.errors import Blocked
from core.web.files import handed_out
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form

ON_A_PAGE = 50
may_look = permission_required("assets.view_asset", raise_exception=True)
may_edit = permission_required("assets.edit_library", raise_exception=True)


@require_safe
@may_look
def all_terms(request: SignedIn) -> HttpResponse:
    """All terms by their publisher, the newest first, with how many licenses rest on each."""
    found = Terms.objects.annotate(pictures=Count("licenses")).order_by("publisher", "key", "-read_on", "-id")
    page = Pages(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "assets/all_terms.html", {"page": page})


@require_safe
@may_look
def terms(request: SignedIn, terms_id: int) -> HttpResponse:
    """One snapshot: what it says, how it differs from another, and what rests on it."""
    found = get_object_or_404(Terms, pk=terms_id)
    return render(request, "assets/terms.html", {"page": TermsPage(found, _number(request.GET.get("with", "")))})


@takes_a_form
@may_edit
@once()
def new_terms(request: SignedIn) -> HttpResponse:
    """Keep terms as they stand today. `?from=` starts from an older snapshot, whose words stay as they are."""
    older = Terms.objects.filter(pk=_number(request.GET.get("from", ""))).first()
    is_sent = request.method == "POST"
    form = TermsForm.of(older, request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid() and (kept := _kept(request, form)):
        messages.success(request, f"{kept} is kept.")
        return redirect("assets:terms", kept.pk)
    return render(request, "assets/new_terms.html", {"form": form, "older": older}, status=422 if is_sent else 200)


def _kept(request: SignedIn, form: TermsForm) -> Terms | None:
    try:
        return verbs.keep_terms(form.sheet(), by=request.user)
    except Blocked as blocked:
        for finding in blocked.findings:
            form.add_error(finding.field, finding.words)
    return None


@require_POST
@may_edit
@once()
def answer_again(request: SignedIn, terms_id: int) -> HttpResponse:
    """Answer all licenses that rest on these terms from the newest of the same publisher."""
    older = get_object_or_404(Terms, pk=terms_id)
    newer = verbs.current_terms(older.key)
    if newer is None or newer.pk == older.pk:
        messages.info(request, "These are the newest terms. Nothing was changed.")
        return redirect("assets:terms", older.pk)
    answered = verbs.answer_again(verbs.resting_on(older), newer, by=request.user)
    count = "1 license is" if len(answered) == 1 else f"{len(answered)} licenses are"
    messages.success(request, f"{count} answered from the newer terms. Look through what is open now.")
    return redirect("assets:terms", newer.pk)


@require_safe
@may_look
@from_the_store
def text(request: SignedIn, terms_id: int) -> HttpResponseBase:
    """The full text, to be saved."""
    found = get_object_or_404(Terms, pk=terms_id)
    if not found.text_sha256:
        raise Http404
    return handed_out(storage.read(found.text_sha256), "application/octet-stream", found.text_name or "terms.txt")


def _number(given: str) -> int:
    """A key as an address has it; 0, which is none, for anything else."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0

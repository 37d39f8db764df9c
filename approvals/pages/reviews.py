"""The review place: the queue with the open review, submitting, deciding, undoing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from approvals.models import Choice, Decision, Review
from approvals.models.review import CLAIM_MINUTES
from approvals.pages import review_page
from approvals.pages.panels import SubmitPanel
from approvals.policies import deciding
from approvals.reviews import changes, dossier, services
from approvals.reviews.forms import DecisionForm, SubmitForm
from assets.models import Version
from core.errors import Blocked, Finding, InvalidTransition
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form

PAGE, QUEUE = "approvals/review.html", "approvals/_queue.html"
may_look = permission_required("assets.view_asset", raise_exception=True)


@require_safe
@may_look
def queue(request: SignedIn) -> HttpResponse:
    """The queue, with the first review that waits for this person open."""
    _check_has_business(request)
    first = review_page.next_for(request.user)
    page = _page(request, first) if first else None
    return _queue(request, page)


@require_safe
@may_look
def review(request: SignedIn, review_id: UUID) -> HttpResponse:
    """The queue with this review open."""
    return _queue(request, _page(request, _review(review_id)))


@require_POST
@may_look
@once()
def decide(request: SignedIn, review_id: UUID) -> HttpResponse:
    """Record a decision on what was seen, and go on to the next review."""
    found = _review(review_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _queue(
            request, _page(request, found, form=form, refused="That could not be read. Try again."), status=422
        )
    given = form.cleaned_data
    try:
        choice, apart = Choice(given["choice"]), given["words_approved"]
        services.decide(found, choice, given["note"], given["seen_hash"], by=request.user, words_approved=apart)
    except services.Changed:
        differences = changes.differences(dossier.unseal(given["seen"]), dossier.of_review(found).facts)
        return _queue(request, _page(request, found, form=form, changes=differences, refused="changed"), status=409)
    except InvalidTransition as error:
        return _queue(request, _page(request, _review(review_id), form=form, refused=str(error)), status=409)
    except Blocked as error:
        return _queue(request, _page(request, found, form=form, missing=error.findings), status=422)
    following = review_page.next_for(request.user, behind=found)
    return redirect("approvals:review", following.pk) if following else redirect("approvals:queue")


@require_POST
@may_look
@once()
def undo(request: SignedIn, decision_id: UUID) -> HttpResponse:
    """Take one's decision back, and return to the review."""
    decision = get_object_or_404(Decision.objects.select_related("review__version"), pk=decision_id)
    found = services.undo(decision, by=request.user)
    messages.success(request, "The decision is undone. The review is open again.")
    return redirect("approvals:review", found.pk)


@require_POST
@may_look
@once()
def claim(request: SignedIn, review_id: UUID) -> HttpResponse:
    """Claim a review."""
    found = services.claim(_review(review_id), by=request.user)
    messages.info(request, f"Claimed. Nobody else can decide on it for {CLAIM_MINUTES} minutes.")
    return redirect("approvals:review", found.pk)


@require_POST
@may_look
@once()
def retract(request: SignedIn, review_id: UUID) -> HttpResponse:
    """The author takes their version back."""
    found = services.retract_review(_review(review_id), by=request.user)
    messages.success(request, "Retracted. Submit it again when it is ready.")
    return redirect(found.version)


@takes_a_form
@may_look
@permission_required(deciding.SUBMIT, raise_exception=True)
@once()
def submit(request: SignedIn, version_id: UUID) -> HttpResponse:
    """Submit a version to channels."""
    version = get_object_or_404(Version.objects.visible_to(request.user).with_details(), pk=version_id)
    form = SubmitForm(request.POST or None)
    if request.method != "POST":
        return _submit_page(request, SubmitPanel(version, request.user))
    if not form.is_valid():
        return _submit_page(request, SubmitPanel(version, request.user, form), 422)
    try:
        services.submit(version, form.cleaned_data["channels"], form.cleaned_data["note"], by=request.user)
    except Blocked as error:
        return _submit_page(request, SubmitPanel(version, request.user, form, error.findings), 422)
    messages.success(request, "Submitted. You will see the decision here.")
    return redirect(version)


def _submit_page(request: SignedIn, panel: SubmitPanel, status: int = 200) -> HttpResponse:
    template = "approvals/_review_panel.html" if request.htmx else "approvals/submit.html"
    return render(request, template, {"panel": panel, "version": panel.version}, status=status)


def _queue(request: SignedIn, page: review_page.ReviewPage | None, status: int = 200) -> HttpResponse:
    template = QUEUE if request.htmx else PAGE
    response = render(
        request, template, {"queue": review_page.queue_for(request.user, page), "page": page}, status=status
    )
    if request.htmx and request.method == "GET":
        response["HX-Push-Url"] = request.path
    return response


def _page(
    request: SignedIn,
    found: Review,
    *,
    form: DecisionForm | None = None,
    changes: Sequence[str] = (),
    refused: str = "",
    missing: Sequence[Finding] = (),
) -> review_page.ReviewPage:
    """The page, whose form carries what is shown now, with the note that was typed before."""
    seen = dossier.of_review(found)
    note = form.data.get("note", "") if form else ""
    words_approved = bool(form and form.data.get("words_approved"))
    kept = {"note": note, "words_approved": words_approved}
    fresh = DecisionForm(initial={"seen_hash": seen.hash, "seen": seen.sealed(), **kept})
    if any(finding.field == "note" for finding in missing):
        fresh.ask_for_note()
    return review_page.ReviewPage(found, request.user, fresh, changes, refused, missing)


def _review(review_id: UUID) -> Review:
    found = get_object_or_404(Review.objects.select_related("claimed_by", "submitted_by"), pk=review_id)
    found.version = Version.objects.with_details().get(pk=found.version_id)
    return found


def _check_has_business(request: SignedIn) -> None:
    if not any(request.user.has_perm(right) for right in (deciding.DECIDE, deciding.SUBMIT)):
        raise PermissionDenied("Reviews are for people who submit or review pictures.")

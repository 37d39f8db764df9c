"""The page of a brief: its models beside each other, and everything that can be done with jobs and pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from assets.imaging import inspection
from assets.library.forms import FilesOneByOne, objection
from core.errors import Blocked, InvalidTransition
from core.web.fragments import HTMX_STOP_POLLING
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form
from generation.briefs import family, photographs
from generation.catalogue import registry
from generation.jobs import services
from generation.models import Brief, Job, JobState, Output
from generation.outputs import keeping
from generation.outputs.forms import KeepForm
from generation.pages.brief_page import tell
from generation.pages.links import again_url
from generation.prompt_templates import prompts
from generation.spending.forms import CostForm, micros

BROUGHT = FilesOneByOne(
    error_messages={"required": "Choose the picture you made there, or drop it here."},
)
"""Pictures of a hand-off: no more and no larger than those of an upload."""

Verbs = Mapping[str, tuple[Callable[..., Any], str | Callable[[Any], str]]]
"""What an address does -> the verb, and what is said then, which may depend on what came of it."""


def _canceled(job: Job) -> str:
    if job.state == JobState.CANCELED:
        return "Canceled. Nothing was charged."
    return "The provider was asked to stop. Its answer decides the outcome and the cost."


JOB_VERBS: Verbs = {
    "cancel": (services.cancel, _canceled),
    "retry": (services.retry, "Sent again."),
    "resume": (services.resume_unclear, "Asking the provider what became of it."),
}
MONEY_VERBS: Verbs = {
    "write-off": (services.write_off, "Marked as not charged. The money is back in the budget."),
    "mark-charged": (services.mark_charged, "Marked as charged."),
}
OUTPUT_VERBS: Verbs = {
    "keep": (keeping.keep, "Kept in the library. Next, add its alt text and license there."),
    "discard": (keeping.discard, "Discarded. You can restore it below."),
    "undiscard": (keeping.undiscard, "Restored."),
}


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def brief(request: SignedIn, brief_id: UUID) -> HttpResponse:
    """What came of a brief. While jobs run, htmx asks for the results again; once none does, it is told to stop."""
    return _page(request, _found(request, brief_id))


@require_POST
@permission_required("generation.make_images", raise_exception=True)
@once()
def job(request: SignedIn, job_id: UUID, verb: str) -> HttpResponse:
    """One of the verbs for a job."""
    held = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)
    return _done(request, held.brief_id, JOB_VERBS, verb, held)


@require_POST
@permission_required("generation.manage_money", raise_exception=True)
@once()
def settle(request: SignedIn, job_id: UUID, verb: str) -> HttpResponse:
    """Settle an unclear job, which needs no right to make pictures."""
    held = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)
    return _done(request, held.brief_id, MONEY_VERBS, verb, held)


@takes_a_form
@permission_required("generation.manage_money", raise_exception=True)
@once()
def correct_cost(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Say what a finished job really cost, and how that is known."""
    held = get_object_or_404(Job.objects.visible_to(request.user).select_related("brief", "model"), pk=job_id)
    form = CostForm(request.POST or None, currency=held.currency)
    if request.method == "POST" and form.is_valid():
        try:
            amount = micros(form.cleaned_data["amount"])
            services.correct_cost(held, amount, by=request.user, words=form.cleaned_data["reason"])
        except Blocked as refusal:
            form.add_error("amount", str(refusal))
        except InvalidTransition as error:
            messages.error(request, str(error))
            return redirect(held.brief)
        else:
            messages.success(request, "Corrected. The budgets it falls under have changed, too.")
            return redirect(held.brief)
    status = 422 if request.method == "POST" else 200
    return render(request, "generation/correct_cost.html", {"form": form, "job": held}, status=status)


@require_POST
@permission_required("generation.make_images", raise_exception=True)
@once()
def output(request: SignedIn, output_id: UUID, verb: str) -> HttpResponse:
    """Keep, discard or restore one picture, as it is."""
    held = get_object_or_404(Output.objects.visible_to(request.user).select_related("job"), pk=output_id)
    return _done(request, held.job.brief_id, OUTPUT_VERBS, verb, held)


@takes_a_form
@permission_required("generation.make_images", raise_exception=True)
@once()
def keep(request: SignedIn, output_id: UUID) -> HttpResponse:
    """Keep a picture under another title, as a version of a picture that is there, or for a listing."""
    held = get_object_or_404(
        Output.objects.visible_to(request.user).select_related("job__brief__listing", "job__model"), pk=output_id
    )
    source = held.job.brief
    form = KeepForm(request.POST or None, initial={"title": source.title, "listing": source.listing})
    if request.method == "POST" and form.is_valid():
        try:
            version = keeping.keep(held, by=request.user, **form.cleaned_data)
        except (InvalidTransition, inspection.Unreadable) as error:
            messages.error(request, str(error))
            return redirect("generation:brief", source.pk)
        return redirect(version.asset.get_absolute_url())
    status = 422 if request.method == "POST" else 200
    return render(request, "generation/keep.html", {"form": form, "output": held, "brief": source}, status=status)


@require_POST
@permission_required("generation.make_images", raise_exception=True)
@once()
def hand_in(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Bring the pictures of a hand-off."""
    held = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)
    try:
        files = BROUGHT.clean(request.FILES.getlist("pictures"))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _page(request, _found(request, held.brief_id), 422)
    refused = [words for file in files if (words := _hand_in(request, held, file))]
    if refused:
        messages.error(request, f"{_of_all(len(files) - len(refused), len(files))} {' '.join(refused)}")
        return _page(request, _found(request, held.brief_id), 422)
    messages.success(request, "Uploaded. Keep it to add it to the library.")
    return redirect("generation:brief", held.brief_id)


def _hand_in(request: SignedIn, job: Job, file: UploadedFile[Any]) -> str:
    """Bring one picture, so that a bad one costs no good one; why it was not taken, in words, or nothing."""
    try:
        if words := objection(file):
            raise inspection.Unreadable(words)
        services.hand_in(job, [file.read()], by=request.user, told=_told(request, job))
    except inspection.Unreadable as error:
        return f"“{file.name}” was not accepted. {error}"
    return ""


def _of_all(taken: int, count: int) -> str:
    if not taken:
        return "Nothing was uploaded."
    return f"{taken} of {count} pictures {'was' if taken == 1 else 'were'} uploaded and can be kept."


def _told(request: SignedIn, job: Job) -> dict[str, str]:
    """What the person says about how the pictures were made: answers to the provider's own questions alone."""
    by_hand = registry.hand_off(job.model.provider)
    given = ((ask.name, request.POST.get(ask.name), ask.choices) for ask in (by_hand.asks if by_hand else ()))
    return {name: answer for name, answer, choices in given if answer in choices}


def _done(request: SignedIn, brief_id: UUID, verbs: Verbs, verb: str, held: object) -> HttpResponse:
    """Do what a verb says and show the results again; a refusal is said above them, with nothing changed."""
    if verb not in verbs:
        raise Http404
    act, said = verbs[verb]
    status = 200
    try:
        result = act(held, by=request.user)
        messages.success(request, said if isinstance(said, str) else said(result))
    except (InvalidTransition, Blocked, inspection.Unreadable) as error:
        messages.error(request, str(error))
        status = 409 if isinstance(error, InvalidTransition) else 422
    if request.htmx or status != 200:
        return _page(request, _found(request, brief_id), status)
    return redirect(_back(request) or Brief(pk=brief_id).get_absolute_url())


def _page(request: SignedIn, found: Brief, status: int = 200) -> HttpResponse:
    page = tell(found, request.user)
    context = {
        "page": page,
        "brief": found,
        "parts": _parts(found),
        "along": photographs.told(found),
        "again_url": again_url(found),
        "has_family": family.has_family(found),
    }
    if not request.htmx:
        return render(request, "generation/brief.html", context, status=status)
    stops = request.method == "GET" and not page.running
    return render(
        request, "generation/panels/brief_results.html", context, status=HTMX_STOP_POLLING if stops else status
    )


def _found(request: SignedIn, brief_id: UUID) -> Brief:
    related = ("asked_by", "listing", "revision__template", "parent")
    along = ("references__output__job__brief", "references__output__job__model", "references__version__asset")
    briefs = Brief.objects.visible_to(request.user).select_related(*related).prefetch_related(*along)
    return get_object_or_404(briefs, pk=brief_id)


def _parts(found: Brief) -> list[tuple[str, str]]:
    """What was typed, by the labels of the fields."""
    fields = prompts.parse_fields(found.revision.fields) if found.revision else ()
    words = prompts.said(fields, found.values)
    return [(field.label, words[field.name]) for field in fields]


def _back(request: SignedIn) -> str:
    back = request.POST.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else ""

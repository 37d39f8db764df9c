"""Templates: what there is, what each says, what changed between revisions, and which one is in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidTransition
from core.web.once import once
from core.web.requests import SignedIn
from generation.models import Template, TemplateRevision
from generation.prompt_templates import content_rules, photographs, prompts, revisions, transfer
from generation.prompt_templates import diff as differences
from generation.prompt_templates.revisions import Wording, in_use

STATES: Mapping[str, tuple[Callable[..., Template], str]] = {
    "archive": (revisions.archive, "Archived. It is no longer offered; its briefs keep it."),
    "restore": (revisions.restore, "Restored. It is offered again."),
}


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def templates(request: SignedIn) -> HttpResponse:
    """All templates that are offered, or those that no longer are."""
    archived = request.GET.get("archived") == "1"
    every = Template.objects.select_related("published").annotate(
        briefs=Count("revisions__briefs", distinct=True), numbers=Count("revisions", distinct=True)
    )
    context = {
        "templates": every.filter(archived_at__isnull=not archived),
        "archived": archived,
        "put_away": Template.objects.exclude(archived_at=None).count(),
    }
    return render(request, "generation/templates.html", context)


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def template(request: SignedIn, slug: str) -> HttpResponse:
    """One template: the revision in use or the one asked for, and all of them."""
    found, revisions = _with_revisions(slug)
    shown = _numbered(revisions, request.GET.get("revision", "")) or in_use(found, revisions)
    context = {
        "template": found,
        "revisions": revisions,
        "shown": shown,
        "is_in_use": found.published_id == shown.pk,
        "fields": prompts.parse_fields(shown.fields),
        "photographs": photographs.parse(shown.photographs),
        "rules": content_rules.parse(shown.forbidden),
        "newer": found.published is not None and shown.number > found.published.number,
    }
    return render(request, "generation/template.html", context)


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def diff(request: SignedIn, slug: str) -> HttpResponse:
    """What changed between two revisions; without numbers, from the one in use to the newest."""
    found, revisions = _with_revisions(slug)
    before = _numbered(revisions, request.GET.get("from", "")) or in_use(found, revisions)
    after = _numbered(revisions, request.GET.get("to", "")) or revisions[0]
    told = differences.between(Wording.of(before), Wording.of(after))
    context = {"template": found, "revisions": revisions, "before": before, "after": after, "told": told}
    drawn = "generation/panels/diff_changes.html" if request.htmx else "generation/diff.html"
    return render(request, drawn, context)


@require_POST
@permission_required("generation.manage_templates", raise_exception=True)
@once()
def publish(request: SignedIn, slug: str, number: int) -> HttpResponse:
    """Put a revision in use."""
    every = TemplateRevision.objects.select_related("template")
    revision = get_object_or_404(every, template__slug=slug, number=number)
    try:
        revisions.publish(revision, by=request.user)
        messages.success(request, f"Revision {number} is published.")
    except InvalidTransition as error:
        messages.error(request, str(error))
    return redirect(revision.template.get_absolute_url())


@require_POST
@permission_required("generation.manage_templates", raise_exception=True)
@once()
def move(request: SignedIn, slug: str, verb: str) -> HttpResponse:
    """Archive a template, or offer it again."""
    if verb not in STATES:
        raise Http404
    found = get_object_or_404(Template, slug=slug)
    act, said = STATES[verb]
    try:
        act(found, by=request.user)
        messages.success(request, said)
    except InvalidTransition as error:
        messages.error(request, str(error))
    return redirect(found.get_absolute_url())


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def export(request: SignedIn, slug: str = "") -> HttpResponse:
    """One revision as a file, or without a template all that are in use."""
    if slug:
        found, revisions = _with_revisions(slug)
        shown = _numbered(revisions, request.GET.get("revision", "")) or in_use(found, revisions)
        shown.template = found
        chosen, name = [shown], f"{slug}.rev-{shown.number}.json"
    else:
        offered = Template.objects.in_use().select_related("published")
        chosen, name = [_published(each) for each in offered], "templates.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(transfer.dump(chosen), content_type="application/json; charset=utf-8", headers=headers)


def _with_revisions(slug: str) -> tuple[Template, list[TemplateRevision]]:
    found = get_object_or_404(Template.objects.select_related("published"), slug=slug)
    return found, list(found.revisions.select_related("created_by").annotate(used=Count("briefs")).order_by("-number"))


def _numbered(revisions: Sequence[TemplateRevision], wanted: str) -> TemplateRevision | None:
    return next((each for each in revisions if str(each.number) == wanted), None)


def _published(template: Template) -> TemplateRevision:
    revision = template.published
    if revision is None:
        raise TemplateRevision.DoesNotExist
    revision.template = template
    return revision

"""Templates: what there is, what each says, its revisions, and which one is in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assets.lifecycle import InvalidTransition
from assets.views.requests import SignedIn
from generation import prompts, rules, wording
from generation.forms import RevisionForm
from generation.models import Template, TemplateRevision
from generation.wording import Wording


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def templates(request: SignedIn) -> HttpResponse:
    """All templates."""
    found = Template.objects.select_related("published").annotate(
        briefs=Count("revisions__briefs", distinct=True), numbers=Count("revisions", distinct=True)
    )
    return render(request, "generation/templates.html", {"templates": found})


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def template(request: SignedIn, slug: str) -> HttpResponse:
    """One template: the revision in use or the one asked for, and all of them."""
    found = get_object_or_404(Template.objects.select_related("published"), slug=slug)
    revisions = list(found.revisions.select_related("created_by").annotate(used=Count("briefs")))
    wanted = request.GET.get("revision", "")
    shown = next((each for each in revisions if str(each.number) == wanted), None) or _in_use(found, revisions)
    context = {
        "template": found,
        "revisions": revisions,
        "shown": shown,
        "fields": prompts.parse_fields(shown.fields),
        "rules": rules.parse(shown.forbidden),
    }
    return render(request, "generation/template.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("generation.manage_templates", raise_exception=True)
def edit(request: SignedIn, slug: str) -> HttpResponse:
    """Write a new revision, starting from the one in use."""
    found = get_object_or_404(Template.objects.select_related("published"), slug=slug)
    form = RevisionForm(request.POST or None, initial=_initial(_in_use(found, list(found.revisions.all()))))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        revision = wording.revise(
            found,
            Wording(
                body=data["body"],
                fields=data["fields_json"],
                negative=data["negative"],
                house_voice=data["house_voice"],
                forbidden=data["forbidden"],
                ratio=data["ratio"],
            ),
            by=request.user,
        )
        messages.success(request, f"Revision {revision.number} is written. It is not in use until you publish it.")
        return redirect(f"{found.get_absolute_url()}?revision={revision.number}")
    status = 422 if request.method == "POST" else 200
    return render(request, "generation/template_edit.html", {"template": found, "form": form}, status=status)


@require_POST
@permission_required("generation.manage_templates", raise_exception=True)
def publish(request: SignedIn, slug: str, number: int) -> HttpResponse:
    """Put a revision in use."""
    every = TemplateRevision.objects.select_related("template")
    revision = get_object_or_404(every, template__slug=slug, number=number)
    try:
        wording.publish(revision, by=request.user)
        messages.success(request, f"Revision {number} is in use from now on.")
    except InvalidTransition as error:
        messages.error(request, str(error))
    return redirect(revision.template.get_absolute_url())


def _in_use(template: Template, revisions: Sequence[TemplateRevision]) -> TemplateRevision:
    return template.published or revisions[0]


def _initial(revision: TemplateRevision) -> dict[str, Any]:
    return {
        "body": revision.body,
        "house_voice": revision.house_voice,
        "negative": revision.negative,
        "ratio": revision.ratio,
        "fields_json": revision.fields,
        "forbidden": revision.forbidden,
    }

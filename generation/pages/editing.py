"""Writing templates: new ones, new revisions, what they are called, and those that come in a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django_htmx.http import trigger_client_event

from core.web import seen
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form
from generation.models import Brief, Template, TemplateRevision
from generation.prompt_templates import editor, revisions, transfer
from generation.prompt_templates.editor import AboutForm, Editor, FileForm, TrialForm
from generation.prompt_templates.prompts import BadTemplate
from generation.prompt_templates.revisions import latest

MANAGES = permission_required("generation.manage_templates", raise_exception=True)
PAGE = "generation/template_edit.html"
PARTS = {"do": "generation/panels/template_editor.html", "tryout": "generation/panels/template_tryout.html"}
"""What htmx asks for, and the part of the page that answers; a button beside the try-out asks for both."""


@takes_a_form
@MANAGES
@once("save")
def new(request: SignedIn) -> HttpResponse:
    """Write a template: from nothing, from a brief that was sent, or from another template."""
    brief, copy = _brief(request), _copied(request)
    start = editor.of_brief(brief) if brief else editor.of(copy) if copy else editor.nothing()
    data: QueryDict | None = request.POST if request.method == "POST" else None
    draft = Editor(start, data)
    saves = data is not None and "save" in data
    about = AboutForm(data if saves else None, initial=_about(data) if data else editor.about_of(brief, copy))
    if saves and all([about.is_valid(), draft.is_valid()]):
        revision = revisions.create(about.about(), draft.said(), by=request.user, note=draft.note)
        messages.success(request, "Template saved. Publish it to offer it to everybody.")
        return redirect(revision.template.get_absolute_url())
    return _drawn(request, draft, saves, about=about, source=brief, template=None)


@takes_a_form
@MANAGES
@once("save")
def edit(request: SignedIn, slug: str) -> HttpResponse:
    """Write a new revision, starting from the one in use or the one that is named."""
    found = get_object_or_404(Template.objects.select_related("published"), slug=slug)
    named = found.revisions.filter(number=_number(request.GET.get("revision", ""))).first()
    first = named or latest(found)
    data: QueryDict | None = request.POST if request.method == "POST" else None
    draft = Editor(editor.of(first), data)
    saves = data is not None and "save" in data
    with seen.held(request, Template.objects.filter(slug=slug)):
        newer = _newer(found, request.POST.get("seen", "")) if saves else None
        if saves and draft.is_valid() and newer is None:
            revision = revisions.revise(found, draft.said(), by=request.user, note=draft.note)
            messages.success(request, f"Revision {revision.number} saved. Publish it to use it.")
            return redirect(f"{found.get_absolute_url()}?revision={revision.number}")
    newest = str((newer or found.revisions.latest("number")).number)
    seen_number = newest if newer else request.POST.get("seen", newest)
    shown = {"template": found, "first": first, "newer": newer, "seen": seen_number}
    return _drawn(request, draft, saves, about=None, source=None, **shown)


@takes_a_form
@MANAGES
def about(request: SignedIn, slug: str) -> HttpResponse:
    """Change what a template is called."""
    with seen.held(request, Template.objects.filter(slug=slug)):
        found = get_object_or_404(Template, slug=slug)
        form = AboutForm(
            request.POST if request.method == "POST" else None,
            initial={"name": found.name, "description": found.description, "purpose": found.purpose},
        )
        if form.is_bound and form.is_valid():
            revisions.describe(found, form.about(), by=request.user)
            messages.success(request, "Saved.")
            return redirect(found.get_absolute_url())
    status = seen.status(form) if form.is_bound else 200
    return render(request, "generation/template_about.html", {"template": found, "form": form}, status=status)


@takes_a_form
@MANAGES
@once()
def bring(request: SignedIn) -> HttpResponse:
    """Take templates in from a file. Nothing is written unless all of it can be read."""
    problem, taken = "", []
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise BadTemplate("Choose a file of templates first.")
            data = file.read(transfer.MOST_BYTES + 1)
            taken = revisions.take_in(transfer.read(data), by=request.user)
        except BadTemplate as error:
            problem = str(error)
    context = {"problem": problem, "taken": taken, "form": FileForm()}
    return render(request, "generation/template_import.html", context, status=422 if problem else 200)


def _newer(template: Template, seen: str) -> TemplateRevision | None:
    """The newest revision, where somebody saved it after the page was opened."""
    newest = template.revisions.select_related("created_by").latest("number")
    return newest if seen and newest.number > _number(seen) else None


def _drawn(request: SignedIn, draft: Editor, saves: bool, **more: Any) -> HttpResponse:
    """The page, or the part of it that htmx asked for."""
    trial = TrialForm(request.POST or None)
    chosen = trial.cleaned_data.get("listing") if trial.is_valid() else None
    context = {**more, "editor": draft, "tryout": draft.try_out(chosen), "trial": trial}
    asked = next((part for name, part in PARTS.items() if request.htmx and name in request.POST), PAGE)
    response = render(request, asked, context, status=(409 if more.get("newer") else 422) if saves else 200)
    return trigger_client_event(response, "edited", after="swap") if asked == PARTS["do"] else response


def _brief(request: SignedIn) -> Brief | None:
    try:
        wanted = UUID(request.GET.get("from", ""))
    except ValueError:
        return None
    return Brief.objects.visible_to(request.user).select_related("revision__template").filter(pk=wanted).first()


def _copied(request: SignedIn) -> TemplateRevision | None:
    found = Template.objects.select_related("published").filter(slug=request.GET.get("copy", "")).first()
    return latest(found) if found else None


def _about(data: QueryDict) -> dict[str, str]:
    return {name: data.get(name, "") for name in AboutForm.base_fields}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0

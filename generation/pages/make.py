"""Where making starts: choose a template or write a custom prompt, fill it in, see what it would do, and send it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from assets.imaging import inspection
from assets.listings.chooser import ListingField
from assets.models import Listing
from core.errors import Blocked, Finding
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form
from generation.briefs import extras, preview, references, refinement
from generation.briefs.forms import PREFIX, ComposeForm
from generation.briefs.photographs import again
from generation.briefs.refinement import Refinement
from generation.briefs.refinement import read as read_refinement
from generation.catalogue import offers
from generation.jobs import starting
from generation.models import Brief, BriefKind, GenerationModel, Template, TemplateRevision
from generation.pages import photographs
from generation.pages.brief_page import BriefPage, tell_all
from generation.prompt_templates.prompts import FieldKind

RECENT = 8


@require_safe
@permission_required("generation.make_images", raise_exception=True)
def make(request: SignedIn) -> HttpResponse:
    """Templates to start from, and what was made lately."""
    mine = request.GET.get("mine") == "1"
    templates = Template.objects.in_use().select_related("published")
    recent = _recent(request)
    waits = any(page.running for page in recent)
    context = {"templates": templates, "recent": recent, "waits": waits, "mine": mine, "everybody": not mine}
    return render(request, "generation/make.html", context)


@require_safe
@permission_required("generation.make_images", raise_exception=True)
def refine(request: SignedIn, kind: str, of: str, picture_id: UUID) -> HttpResponse:
    """To where a picture is varied, edited, or used as reference."""
    source = references.find(f"{of}:{picture_id}", request.user)
    if source is None or kind not in refinement.KINDS:
        raise Http404
    return redirect(refinement.url(BriefKind(kind), source))


@takes_a_form
@permission_required("generation.make_images", raise_exception=True)
@once("send")
def compose(request: SignedIn, slug: str = "") -> HttpResponse:
    """Write a brief. Typing shows what it would do; `send` sends it; bad input comes back with everything kept."""
    revision = _revision(slug)
    offered = offers.offers()
    data: QueryDict | None = request.POST if request.method == "POST" else None
    if data is not None and "fill" in data:
        data = _filled(data, revision)
    pressed = photographs.act(request, data, revision)
    data, source = pressed.data, _source(request, revision)
    given = data or again(request.GET, source)
    refinement = read_refinement(given, request.FILES if data else None, request.user, revision)
    initial = refinement.initial(offered, _initial(request, source, refinement.able(offered)))
    form = ComposeForm(data, revision=revision, offers=offered, initial=initial, with_pictures=bool(refinement))
    refinement.dress(form)
    draft = form.draft(request.user)
    draft.kind = BriefKind.AGAIN if draft.parent and not refinement else refinement.kind
    preview.acknowledge(draft, data.getlist("accept") if data is not None else ())
    status = 200
    if data is not None and "send" in data:
        is_whole = form.is_valid() and refinement.is_valid() and not pressed.waits
        if is_whole and _sent(request, form, draft, refinement):
            return redirect("generation:brief", draft.pk)
        status = 422
    context = {
        "form": form,
        "revision": revision,
        "template": revision.template if revision else None,
        "source": source,
        "refinement": refinement,
        "photographs": photographs.panels(refinement, pressed, draft.listing, request.user),
        "preview": preview.preview(
            draft, offered, form.chosen, form.agreed, request.user, sent=refinement.rows, extras=form.extras
        ),
        "title": draft.title,
        "show_errors": status == 422,
        "filled": data.get("filled", "") if data is not None else "",
    }
    return _drawn(request, context, status)


def _drawn(request: SignedIn, context: dict[str, Any], status: int) -> HttpResponse:
    """The page, or the part of it that htmx asked for."""
    if request.htmx and "fill" in request.POST:
        response = render(request, "generation/panels/compose_fields.html", context)
        return trigger_client_event(response, "filled", after="swap")
    if request.htmx and photographs.ACT in request.POST:
        response = render(request, "generation/panels/photographs.html", context)
        is_search = request.POST[photographs.ACT].startswith("search-")
        return response if is_search else trigger_client_event(response, "filled", after="swap")
    is_preview = request.htmx and "preview" in request.POST
    drawn = "generation/panels/compose_preview.html" if is_preview else "generation/compose.html"
    return render(request, drawn, context, status=status)


def _sent(request: SignedIn, form: ComposeForm, draft: Brief, refinement: Refinement) -> bool:
    """Whether the brief is on its way; what stands in its way is said in the form."""
    rows = {str(row.pk): row for row in GenerationModel.objects.filter(pk__in=form.cleaned_data["models"])}
    models = [rows[pk] for pk in form.cleaned_data["models"]]
    try:
        starting.start(
            draft,
            models,
            by=request.user,
            drop=preview.drops(form.agreed),
            sources=refinement.sources,
            mask=refinement.mask,
        )
    except inspection.Unreadable as error:
        form.add_error(None, str(error))
        return False
    except Blocked as blocked:
        for finding in blocked.findings:
            form.add_error(None, _plainly(finding))
        return False
    return True


def _plainly(finding: Finding) -> str:
    if finding.code == preview.RULE_CODE and not finding.blocks:
        return f"{finding.words} If this is intended, check the box beside it and send again."
    return finding.words


def _revision(slug: str) -> TemplateRevision | None:
    if not slug:
        return None
    template = get_object_or_404(Template.objects.in_use().select_related("published"), slug=slug)
    published = template.published
    if published is not None:
        published.template = template
    return published


def _source(request: SignedIn, revision: TemplateRevision | None) -> Brief | None:
    """The brief that this one starts from: “edit and resend”."""
    try:
        wanted = UUID(request.GET.get("from", "") or request.POST.get("parent", ""))
    except ValueError:
        return None
    return Brief.objects.visible_to(request.user).select_related("revision", "listing").filter(pk=wanted).first()


def _initial(request: SignedIn, source: Brief | None, offered: list[offers.Offer]) -> dict[str, Any]:
    usable = [offer for offer in offered if not offer.ended]
    first = [str(offer.row.pk) for offer in usable if not offer.provider.capabilities.by_hand][:1]
    if source is None:
        return {"models": first, "listing": ListingField().find(request.GET.get("listing", ""))}
    current = {str(offer.row.pk) for offer in usable}
    used = [str(pk) for pk in source.jobs.values_list("model", flat=True).distinct() if str(pk) in current]
    fields = ("prompt", "ratio", "count", "quality", "negative", "seed", "title", "campaign")
    return {
        **{name: getattr(source, name) for name in fields},
        **{PREFIX + name: value for name, value in source.values.items()},
        **extras.as_before(source, usable),
        "listing": source.listing,
        "models": used or first,
        "parent": source.pk,
    }


def _filled(data: QueryDict, revision: TemplateRevision | None) -> QueryDict:
    """What was typed, with the listing's facts in the fields that take them. Words of one's own stay."""
    typed = data.get("listing", "")
    listing = ListingField().find(typed)
    facts, before = _facts(listing), _facts(ListingField().find(data.get("filled", "")))
    filled = data.copy()
    filled["listing"] = filled["filled"] = str(listing) if listing else typed
    for row in revision.fields if revision else ():
        name = PREFIX + row["name"]
        if row.get("kind") != FieldKind.LISTING:
            continue
        fact = _fact(facts, row)
        if fact and data.get(name, "") in ("", row.get("default", ""), _fact(before, row)):
            filled[name] = fact
    return filled


def _facts(listing: Listing | None) -> Mapping[str, Any]:
    return listing.facts if listing else {}


def _fact(facts: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    fact = facts.get(row.get("fact", ""))
    return "" if fact is None else str(fact)


def _recent(request: SignedIn) -> list[BriefPage]:
    briefs = Brief.objects.visible_to(request.user).with_details()
    if request.GET.get("mine") == "1":
        briefs = briefs.filter(asked_by=request.user)
    return tell_all(list(briefs[:RECENT]), request.user)

"""The page of a version, which is the page of its asset, and what can be changed on it.

Every change has its own address that takes the panel's form. Without script it leads back to the page; with htmx it
answers with the panel, and with what else on the page depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from assets.alt_texts import checking, writing
from assets.alt_texts.forms import AltTextForm
from assets.library import collection
from assets.library.consent_forms import ChooseConsentForm, ConsentForm, NewRightsForm
from assets.library.forms import RenameForm
from assets.models import Asset, Consent, Version
from assets.pages.consents import evidence_of
from assets.pages.messages import message_before
from assets.pages.version_page import Line, VersionPage
from assets.provenance import disclosure, explaining
from assets.provenance.forms import DisclosureForm, ExplanationForm
from assets.rights import consents, license_sets, licenses, withdrawals
from assets.rights.forms import ChosenSetForm, LicenseForm, ShownForm
from core.errors import Blocked
from core.models import User
from core.web import seen
from core.web.once import once
from core.web.requests import SignedIn

PAGE = "assets/asset.html"
PANEL = "assets/panels/{}.html"
"""One panel alone, as the page includes it."""
may_look = permission_required("assets.view_asset", raise_exception=True)
may_edit = permission_required("assets.edit_library", raise_exception=True)


@require_safe
@may_look
def asset(request: SignedIn, asset_id: UUID) -> HttpResponse:
    """The newest version, as the page of the asset."""
    found = get_object_or_404(Asset.objects.visible_to(request.user), pk=asset_id)
    newest = found.latest
    return version(request, asset_id, newest.number if newest else 0)


@require_safe
@may_look
def version(request: SignedIn, asset_id: UUID, number: int) -> HttpResponse:
    """One version with all that is known about it. `?edit=license` opens a panel's form; htmx gets that panel alone."""
    page = VersionPage(_version(request, asset_id, number), request.user, request.GET.get("edit", ""))
    panel = request.GET.get("panel", "")
    template = PANEL.format(panel) if request.htmx and panel in {"license", "consents"} else PAGE
    return render(request, template, {"page": page, "version": page.version})


# Changes


@dataclass(frozen=True)
class Saving:
    """How a panel is saved: its form, and the verb of the library that takes what the form says."""

    form: type[AltTextForm] | type[ShownForm] | type[DisclosureForm] | type[ExplanationForm]
    verb: Callable[[Version, Any, User], object]
    panel: str
    words: str


def _describe(version: Version, form: AltTextForm, by: User) -> None:
    writing.describe({version: form.words()}, by=by)


def _say_who_is_shown(version: Version, form: ShownForm, by: User) -> None:
    consents.say_who_is_shown([version], **form.cleaned_data, by=by)


def _mark(version: Version, form: DisclosureForm, by: User) -> None:
    disclosure.mark([version], form.said(), by=by)


def _explain(version: Version, form: ExplanationForm, by: User) -> None:
    explaining.explain([version], form.given(), by=by)


SAVINGS = {
    "alt_text": Saving(AltTextForm, _describe, "alt_text", "Alt text saved."),
    "shown": Saving(ShownForm, _say_who_is_shown, "consents", "People and property saved."),
    "disclosure": Saving(DisclosureForm, _mark, "disclosure", "Disclosure saved."),
    "agreement": Saving(ExplanationForm, _explain, "agreement", "Explanation saved."),
}


@require_POST
@may_edit
def save(request: SignedIn, asset_id: UUID, number: int, what: str) -> HttpResponse:
    """Save the alt text, who is shown, the disclosure, or what explains a contradiction."""
    saving = SAVINGS[what]
    with seen.held(request, Version.objects.filter(asset=asset_id, number=number)):
        found = _version(request, asset_id, number)
        form = saving.form.of(found, request.POST)
        if is_whole := form.is_valid():
            saving.verb(found, form, request.user)
    if not is_whole:
        return _refused(request, found, saving.panel, form, name=what)
    return _saved(request, found, saving.panel, saving.words)


@require_POST
@may_edit
def check_alt_text(request: SignedIn, asset_id: UUID, number: int) -> HttpResponse:
    """What is wrong with an alt text that is still being typed. Saves nothing."""
    found = _version(request, asset_id, number)
    form = AltTextForm.of(found, request.POST)
    form.is_valid()
    wrong = checking.findings_of_words(found, form.words())
    lines = [Line(finding.words, finding.severity) for finding in wrong]
    return render(request, "assets/_lines.html", {"lines": lines, "fine": "Nothing to fix in the text."})


@require_POST
@may_edit
def license(request: SignedIn, asset_id: UUID, number: int) -> HttpResponse:
    """Save the license answers."""
    with seen.held(request, Version.objects.filter(asset=asset_id, number=number)):
        found = _version(request, asset_id, number)
        form = LicenseForm.of(found, request.POST)
        is_whole, prefills = form.is_valid(), "prefill" in request.POST
        if is_whole and not prefills:
            licenses.answer_license([found], form.answers(), form.facts(), by=request.user)
    if prefills:
        return _panel(request, found, "license", form.filled_in_for(found))
    if not is_whole:
        return _refused(request, found, "license", form)
    return _saved(request, found, "license", "License answers saved.")


@require_POST
@may_edit
@once()
def use_license_set(request: SignedIn, asset_id: UUID, number: int) -> HttpResponse:
    """Take the license from a set that many pictures share."""
    found = _version(request, asset_id, number)
    form = ChosenSetForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, "license", form, name="license_set")
    chosen = form.cleaned_data["license_set"]
    license_sets.apply_set([found], chosen, by=request.user)
    return _saved(request, found, "license", f"The license is that of {chosen}.")


@require_POST
@may_edit
@once()
def consent(request: SignedIn, asset_id: UUID, number: int, consent_id: int | None = None) -> HttpResponse:
    """Record a consent, or what became of one."""
    evidence = evidence_of(request)
    with seen.held(request, Consent.objects.filter(pk=consent_id or 0)):
        found = _version(request, asset_id, number)
        kept = get_object_or_404(found.consents, pk=consent_id) if consent_id else None
        form = ConsentForm.of(kept, request.POST)
        is_whole = all([form.is_valid(), evidence.is_valid()])
        if is_whole and kept:
            consents.change_consent(kept, form.consent(evidence.cleaned_data["file"]), by=request.user)
        elif is_whole:
            consents.record_consent([found], form.consent(evidence.cleaned_data["file"]), by=request.user)
    if not is_whole:
        forms = {"consent": form, "evidence": evidence}
        return _panel_with(request, found, "consents", forms, f"consent-{consent_id or 'new'}", seen.status(form))
    return _saved(request, found, "consents", "Consent saved.")


@require_POST
@may_edit
@once()
def use_consent(request: SignedIn, asset_id: UUID, number: int) -> HttpResponse:
    """Let the version rest on a consent that is recorded already."""
    found = _version(request, asset_id, number)
    form = ChooseConsentForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, "consents", form, name="choose_consent")
    consents.apply_consent(form.cleaned_data["consent"], [found], by=request.user)
    return _saved(request, found, "consents", "Consent added.")


@require_POST
@may_edit
@once()
def remove_consent(request: SignedIn, asset_id: UUID, number: int, consent_id: int) -> HttpResponse:
    """Let the version rest on a consent no longer."""
    found = _version(request, asset_id, number)
    kept = get_object_or_404(found.consents, pk=consent_id)
    consents.remove_consent(kept, [found], by=request.user)
    return _saved(request, found, "consents", f"It rests on the consent of {kept.name} no longer.")


@require_POST
@may_edit
def new_rights(request: SignedIn, asset_id: UUID, number: int) -> HttpResponse:
    """Save by which right bytes may be used again that were withdrawn for rights."""
    with seen.held(request, Version.objects.filter(asset=asset_id, number=number)):
        found = _version(request, asset_id, number)
        form = NewRightsForm.of(found.new_rights, request.POST)
        is_whole = form.is_valid() and _named_rights(request, found, form)
    if not is_whole:
        return _refused(request, found, "consents", form, name="new_rights")
    return _saved(request, found, "consents", "New rights saved.")


def _named_rights(request: SignedIn, found: Version, form: NewRightsForm) -> bool:
    try:
        withdrawals.name_new_rights(found, form.cleaned_data["words"], by=request.user)
    except Blocked as blocked:
        for finding in blocked.findings:
            form.add_error("words", finding.words)
        return False
    return True


@require_POST
@may_edit
def rename(request: SignedIn, asset_id: UUID) -> HttpResponse:
    """Give the asset another title."""
    with seen.held(request, Asset.objects.filter(pk=asset_id)):
        found = get_object_or_404(Asset.objects.visible_to(request.user), pk=asset_id)
        form = RenameForm(request.POST, initial={"title": found.title})
        if form.is_valid():
            told = message_before(request, "assets/messages/renamed.txt", asset=found)
            [renamed] = collection.rename({found: form.cleaned_data["title"]}, by=request.user)
            if renamed.title != found.title:
                messages.success(request, told)
            return redirect(found)
    newest = get_object_or_404(found.versions.with_details().order_by("-number")[:1])
    page = VersionPage(newest, request.user, "title", {"rename": form})
    return render(request, PAGE, {"page": page, "version": newest}, status=seen.status(form))


@require_POST
@may_edit
@once()
def archive(request: SignedIn, asset_id: UUID, number: int) -> HttpResponse:
    """Put a version away for good."""
    found = _version(request, asset_id, number)
    collection.archive([found], by=request.user)
    messages.success(request, f"{found.label} is archived. You can still view it here.")
    return redirect(found)


# Answers


def _saved(request: SignedIn, version: Version, panel: str, words: str) -> HttpResponse:
    """Back to the page; or, for htmx, the panel and what else on the page depends on it."""
    if not request.htmx:
        messages.success(request, words)
        return redirect(f"{version.get_absolute_url()}#{panel}")
    page = VersionPage(Version.objects.with_details().get(pk=version.pk), request.user)
    context = {"page": page, "version": page.version, "saved": words, "panel": panel}
    parts = dict.fromkeys((panel, "agreement", "readiness", "contributors", "standing", "history"))
    return HttpResponse("".join(render_to_string(PANEL.format(part), context, request) for part in parts))


def _refused(
    request: SignedIn, version: Version, panel: str, form: Form, *, name: str = "", editing: str = ""
) -> HttpResponse:
    """The form again, with what was typed and what is wrong with it."""
    return _panel(request, version, panel, form, name=name, editing=editing, status=seen.status(form))


def _panel(
    request: SignedIn,
    version: Version,
    panel: str,
    form: Form,
    *,
    name: str = "",
    editing: str = "",
    status: int = 200,
) -> HttpResponse:
    return _panel_with(request, version, panel, {name or panel: form}, editing, status)


def _panel_with(
    request: SignedIn, version: Version, panel: str, forms: dict[str, Form], editing: str, status: int
) -> HttpResponse:
    page = VersionPage(version, request.user, editing, forms)
    template = PANEL.format(panel) if request.htmx else PAGE
    return render(request, template, {"page": page, "version": version}, status=status)


def _version(request: SignedIn, asset_id: UUID, number: int) -> Version:
    versions = Version.objects.visible_to(request.user).with_details()
    return get_object_or_404(versions, asset=asset_id, number=number)

"""Bringing pictures in from outside."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from assets.imaging import inspection
from assets.imaging.refusals import Busy, Fault
from assets.library import intake
from assets.library.forms import (
    NewVersionForm,
    OriginalForm,
    UploadForm,
    asset_of,
    objection,
    version_of,
)
from assets.models import Asset, Origin, Terms, Version
from assets.provenance import agreement, disclosure
from assets.provenance.data import ProvenanceData
from assets.rights import license_sets, terms
from core import storage
from core.models import User
from core.web import once
from core.web.requests import SignedIn, takes_a_form

NOT_STORED = "The place where pictures are kept did not answer. Wait a minute, then try again."


@takes_a_form
@permission_required("assets.edit_library", raise_exception=True)
@once.once()
def upload(request: SignedIn) -> HttpResponse:
    """New assets, one for each file; with `?asset=…` the next version of that asset.

    Each file is taken or refused by itself. A script sends the files of a set one by one: it is answered 201 with the
    address of the picture, or 422 with why this file was refused, or with the page where the questions have a mistake.
    """
    asset = asset_of(request.GET.get("asset", ""), request.user)
    altered = version_of(request.GET.get("original_of", ""), request.user)
    form_class = NewVersionForm if asset else OriginalForm if altered else UploadForm
    form = form_class(request.POST or None, request.FILES or None, initial=_initial(request))
    taken = None
    if request.method == "POST" and form.is_valid():
        taken = _take_each(request, form, asset)
        if request.htmx:
            return _to_script(taken)
        if not taken.refused:
            return _arrived(request, taken.added, altered)
    newest = asset.latest if asset else None
    context = {
        "form": form,
        "taken": taken,
        "asset": asset,
        "altered": altered,
        "next": newest.number + 1 if newest else 1,
        "makers": Terms.objects.values_list("publisher", flat=True).distinct(),
        "keeps_files": bool(request.htmx),
    }
    return render(request, "assets/upload.html", context, status=422 if request.method == "POST" else 200)


def _initial(request: SignedIn) -> dict[str, str]:
    return {name: request.GET[name] for name in ("listing",) if name in request.GET}


@dataclass(frozen=True, slots=True)
class Added:
    """A file that is in the library now, or has been since the same form was sent before."""

    name: str
    address: str
    version: Version | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken, with the reason as a sentence."""

    name: str
    words: str
    may_pass: bool = False
    """Whether the same file may well be taken in a minute."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of each file of an upload."""

    added: list[Added] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """One sentence about all of them."""
        added, missed = len(self.added), len(self.refused)
        if added + missed == 1:
            return "The picture was not added." if missed else "The picture was added."
        if not added:
            return f"None of the {missed} pictures was added."
        were = "was" if added == 1 else "were"
        return f"{added} of {added + missed} pictures {were} added; {missed} {'was' if missed == 1 else 'were'} not."


def _take_each(request: SignedIn, form: UploadForm, asset: Asset | None) -> Taken:
    """One file after the other, so that no more than one is in memory."""
    taken = Taken()
    files: list[UploadedFile[Any]] = form.cleaned_data["pictures"]
    for place, file in enumerate(files, start=1):
        name = file.name or "picture"
        if len(files) > 1 and (before := once.led_to(request, file)):
            taken.added.append(Added(name, before))
            continue
        try:
            version = _take_in(form, file, asset, request.user, _place(form, place, len(files)))
        except inspection.Unreadable as error:
            taken.refused.append(Refused(name, str(error), isinstance(error, Busy | Fault)))
            continue
        except storage.Unavailable:
            if not taken.added:
                raise
            taken.refused.extend(Refused(each.name or "picture", NOT_STORED, True) for each in files[place - 1 :])
            break
        taken.added.append(Added(name, version.get_absolute_url(), version))
        if len(files) > 1:
            once.note_done(request, file, version.get_absolute_url())
    return taken


def _place(form: UploadForm, place: int, of: int) -> int | None:
    """The number of a file in its set; None where it came alone."""
    given: int | None = form.cleaned_data.get("place")
    return place if of > 1 else given


def _take_in(form: UploadForm, file: UploadedFile[Any], asset: Asset | None, by: User, place: int | None) -> Version:
    """The file as a version in the library. Raises inspection.Unreadable and storage.Unavailable."""
    if words := objection(file):
        raise inspection.Unreadable(words)
    said = form.cleaned_data
    origin, source = form.means
    made_elsewhere = origin == Origin.BROUGHT
    maker = said["maker"] if made_elsewhere else "upload"
    provenance = ProvenanceData(
        provider_name=maker if made_elsewhere else "",
        ai_system=maker if made_elsewhere else "",
        terms=terms.terms_of(maker) if made_elsewhere else None,
    )
    version = intake.take_in(
        file.read(),
        title=_title(said.get("title", ""), file.name or "picture", place),
        by=by,
        origin=origin,
        maker=maker,
        listing=said.get("listing"),
        asset=asset,
        parent=asset.latest if asset else None,
        digital_source=source,
        provenance=provenance,
    )
    if shared := said["license_set"]:
        license_sets.apply_set([version], shared, by=by)
    return version


def _title(given: str, file_name: str, place: int | None) -> str:
    """The title that was given, numbered when several files share it; or the file's name as words."""
    if given:
        return given if place is None else f"{given[:190]} {place}"
    words = unicodedata.normalize("NFC", Path(file_name).stem).replace("_", " ").replace("-", " ").strip()
    return words[:200] or "Untitled"


def _to_script(taken: Taken) -> HttpResponse:
    """What became of the one file that a script sent, for its line."""
    for each in taken.refused:
        return JsonResponse({"words": each.words, "may_pass": each.may_pass}, status=422)
    added = taken.added[-1]
    return JsonResponse({"words": _warning([added])}, status=201, headers={"Location": added.address})


def _warning(added: list[Added]) -> str:
    """What has to be settled at once: files that contradict what was stated of them."""
    found = [each for each in added if each.version and agreement.of(each.version)]
    if not found:
        return ""
    if len(added) == 1:
        return "What the file says contradicts what you stated. Open it to settle that."
    count = "1 of them says" if len(found) == 1 else f"{len(found)} of them say"
    return f"{count} something in the file that contradicts what you stated: {', '.join(each.name for each in found)}."


def _arrived(request: SignedIn, added: list[Added], altered: Version | None) -> HttpResponse:
    if len(added) > 1 or (version := added[0].version) is None:
        messages.success(request, f"{len(added)} pictures are in the library. Each needs alt text and a license.")
        if warning := _warning(added):
            messages.warning(request, warning)
        return redirect("assets:library")
    if altered:
        disclosure.pair(altered, version, by=request.user)
        words = "The original is in the library, linked to the altered picture. Confirm that both show the same view."
        messages.success(request, words)
        return redirect(f"{altered.get_absolute_url()}#disclosure")
    messages.success(request, f"{version.label} is in the library. Next: alt text, license, people and property.")
    return redirect(version)

"""Bringing pictures in from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify

from assets.imaging import inspection
from assets.imaging.rendering import Seen
from assets.library import intake
from assets.library.forms import Kind, NewVersionForm, UploadForm, asset_of, version_of
from assets.models import Asset, Terms, Version
from assets.provenance import disclosure
from assets.provenance.data import ProvenanceData
from assets.rights import terms
from core.models import User
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form

Read = list[tuple[str, bytes, Seen]]


@takes_a_form
@permission_required("assets.edit_library", raise_exception=True)
@once()
def upload(request: SignedIn) -> HttpResponse:
    """New assets, one for each file; with `?asset=…` the next version of that asset."""
    asset = asset_of(request.GET.get("asset", ""), request.user)
    altered = version_of(request.GET.get("original_of", ""), request.user)
    form_class = NewVersionForm if asset else UploadForm
    form = form_class(request.POST or None, request.FILES or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        files = _readable(form)
        if files:
            return _arrived(request, _take_in(form, files, asset, request.user), altered)
    status = 422 if request.method == "POST" else 200
    newest = asset.latest if asset else None
    context = {
        "form": form,
        "asset": asset,
        "altered": altered,
        "next": newest.number + 1 if newest else 1,
        "makers": Terms.objects.values_list("publisher", flat=True).distinct(),
    }
    return render(request, "assets/upload.html", context, status=status)


def _initial(request: SignedIn) -> dict[str, str]:
    return {name: request.GET[name] for name in ("kind", "listing") if name in request.GET}


def _readable(form: UploadForm) -> Read:
    """Every file, looked at; none when one of them cannot be taken, which the form then says by name."""
    files: list[UploadedFile[Any]] = form.cleaned_data["pictures"]
    read: Read = []
    for file in files:
        name, data = file.name or "picture", file.read()
        try:
            read.append((name, data, intake.look_at(data)))
        except inspection.Unreadable as error:
            form.add_error("pictures", f"“{name}” was not accepted. {error} None of this upload was kept.")
    return [] if form.errors else read


def _take_in(form: UploadForm, files: Read, asset: Asset | None, by: User) -> list[Version]:
    said = form.cleaned_data
    origin, source = Kind.MEANS[said["kind"]]
    made_elsewhere = said["kind"] == "generated"
    maker = said["maker"] if made_elsewhere else "upload"
    provenance = ProvenanceData(
        provider_name=maker if made_elsewhere else "",
        terms=terms.current_terms(slugify(maker)) if made_elsewhere else None,
    )
    return [
        intake.take_in(
            data,
            title=_title(said.get("title", ""), name, number, len(files)),
            by=by,
            origin=origin,
            maker=maker,
            listing=said.get("listing"),
            asset=asset,
            parent=asset.latest if asset else None,
            digital_source=source,
            provenance=provenance,
            seen=seen,
        )
        for number, (name, data, seen) in enumerate(files, start=1)
    ]


def _title(given: str, file_name: str, number: int, of: int) -> str:
    """The title that was given, numbered when several files share it; or the file's name as words."""
    if given:
        return given if of == 1 else f"{given} {number}"[:200]
    words = Path(file_name).stem.replace("_", " ").replace("-", " ").strip()
    return words[:200] or "Untitled"


def _arrived(request: SignedIn, versions: list[Version], altered: Version | None) -> HttpResponse:
    if altered and len(versions) == 1:
        disclosure.pair(altered, versions[0], by=request.user)
        messages.success(request, "The original is in the library, linked to the altered picture.")
        return redirect(f"{altered.get_absolute_url()}#disclosure")
    if len(versions) == 1:
        [version] = versions
        messages.success(request, f"{version.label} is in the library. Next: alt text, license, people and property.")
        return redirect(version)
    messages.success(request, f"{len(versions)} pictures are in the library. Each needs alt text and a license.")
    return redirect("assets:library")

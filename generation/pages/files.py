"""Outputs for signed-in people: a smaller copy inline, the bytes as they came as a download only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from assets.imaging.inspection import EXTENSIONS
from assets.imaging.refusals import Unreadable
from assets.imaging.rendering import SPECS
from core import storage
from core.web.files import HEADERS
from core.web.requests import SignedIn
from generation.jobs import previews as output_previews
from generation.models import Brief, BriefReference, Job, Output, Role, TemplateRevision
from generation.prompt_templates import previews
from generation.spending import budgets

View = Callable[..., HttpResponseBase]


def _from_the_store(view: View) -> View:
    """Answer in words where a file cannot be had, or a copy cannot be made just now."""

    @wraps(view)
    def answer(request: SignedIn, **which: UUID | int) -> HttpResponseBase:
        try:
            return view(request, **which)
        except (FileNotFoundError, storage.CorruptFile):
            return HttpResponse("This file is damaged or missing where it is kept.", "text/plain", 503)
        except Unreadable as error:  # too many at once, or a fault of ours: the picture itself could be shown
            return HttpResponse(str(error), "text/plain", 503, headers={"Retry-After": "5"})

    return answer


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
@_from_the_store
def output_file(request: SignedIn, output_id: UUID) -> HttpResponseBase:
    """One output: for the page, with `?small` for phones, or with `?original` exactly as the provider sent it."""
    output = get_object_or_404(Output.objects.visible_to(request.user), pk=output_id)
    if "original" in request.GET:
        name = f"output-{output.sha256[:8]}.{EXTENSIONS.get(output.media_type, 'bin')}"
        return _sent(request, output.sha256, output.media_type, name)
    spec = SPECS["small" if "small" in request.GET else "preview"]
    return _sent(request, output_previews.of(output, spec), spec.media_type)


@require_safe
@permission_required(budgets.MANAGE, raise_exception=True)
@_from_the_store
def unshown_file(request: SignedIn, job_id: UUID, number: int) -> HttpResponseBase:
    """The bytes of one file of a job that came, was paid for and cannot be shown, as a download. Counts from 1."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)
    if not 1 <= number <= len(job.unshown):
        raise Http404
    sha256 = job.unshown[number - 1]
    return _sent(request, sha256, "application/octet-stream", f"unshown-{sha256[:8]}.bin")


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
@_from_the_store
def reference_file(request: SignedIn, reference_id: int) -> HttpResponseBase:
    """The copy of a picture that goes along with a brief: for the page, or with `?download` under its name."""
    briefs = Brief.objects.visible_to(request.user)
    row = get_object_or_404(BriefReference, pk=reference_id, brief__in=briefs, role=Role.REFERENCE)
    name = f"reference-{row.position + 1}.{EXTENSIONS.get(row.media_type, 'bin')}" if "download" in request.GET else ""
    return _sent(request, row.sha256, row.media_type, name)


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
@_from_the_store
def specimen(request: SignedIn, revision_id: int) -> HttpResponseBase:
    """The sketch of what a template's revision is likely to look like."""
    revision = get_object_or_404(TemplateRevision, pk=revision_id)
    return _sent(request, previews.of(revision), SPECS["thumb"].media_type)


def _sent(request: SignedIn, sha256: str, media_type: str, attachment: str = "") -> HttpResponseBase:
    etag = f'"{sha256}"'
    response = get_conditional_response(request, etag=etag) or FileResponse(
        storage.open(sha256), content_type=media_type, as_attachment=bool(attachment), filename=attachment
    )
    for header, value in {**HEADERS, "ETag": etag}.items():
        response[header] = value
    return response

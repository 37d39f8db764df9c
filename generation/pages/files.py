"""Outputs for signed-in people: a smaller copy inline, the bytes as they came as a download only."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from assets.imaging.inspection import EXTENSIONS
from assets.imaging.rendering import SPECS
from assets.pages.files import from_the_store
from core.web.files import sent
from core.web.requests import SignedIn
from generation.jobs import previews as output_previews
from generation.models import Brief, BriefReference, Job, Output, Role, TemplateRevision
from generation.prompt_templates import previews
from generation.spending import budgets


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
@from_the_store
def output_file(request: SignedIn, output_id: UUID) -> HttpResponseBase:
    """One output: for the page, with `?small` for phones, or with `?original` exactly as the provider sent it."""
    output = get_object_or_404(Output.objects.visible_to(request.user), pk=output_id)
    if "original" in request.GET:
        name = f"output-{output.sha256[:8]}.{EXTENSIONS.get(output.media_type, 'bin')}"
        return sent(request, output.sha256, output.media_type, name)
    spec = SPECS["small" if "small" in request.GET else "preview"]
    return sent(request, output_previews.of(output, spec), spec.media_type)


@require_safe
@permission_required(budgets.MANAGE, raise_exception=True)
@from_the_store
def unshown_file(request: SignedIn, job_id: UUID, number: int) -> HttpResponseBase:
    """The bytes of one file of a job that came, was paid for and cannot be shown, as a download. Counts from 1."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)
    if not 1 <= number <= len(job.unshown):
        raise Http404
    sha256 = job.unshown[number - 1]
    return sent(request, sha256, "application/octet-stream", f"unshown-{sha256[:8]}.bin")


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
@from_the_store
def reference_file(request: SignedIn, reference_id: int) -> HttpResponseBase:
    """The copy of a picture that goes along with a brief: for the page, or with `?download` under its name."""
    briefs = Brief.objects.visible_to(request.user)
    row = get_object_or_404(BriefReference, pk=reference_id, brief__in=briefs, role=Role.REFERENCE)
    name = f"reference-{row.position + 1}.{EXTENSIONS.get(row.media_type, 'bin')}" if "download" in request.GET else ""
    return sent(request, row.sha256, row.media_type, name)


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
@from_the_store
def specimen(request: SignedIn, revision_id: int) -> HttpResponseBase:
    """The sketch of what a template's revision is likely to look like."""
    revision = get_object_or_404(TemplateRevision, pk=revision_id)
    return sent(request, previews.of(revision), SPECS["thumb"].media_type)

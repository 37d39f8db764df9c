"""Outputs for signed-in people: a smaller copy inline, and the bytes as they came for whoever has the right to them."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from assets.imaging import rendering
from assets.imaging.inspection import EXTENSIONS
from assets.imaging.rendering import SPECS
from assets.pages.files import from_the_store
from core import storage
from core.web.files import handed_out, sent
from core.web.requests import SignedIn
from generation.jobs import previews as output_previews
from generation.models import Brief, BriefReference, Job, Output, Role, TemplateRevision
from generation.outputs import originals
from generation.prompt_templates import previews
from generation.spending import budgets


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
@from_the_store
def output_file(request: SignedIn, output_id: UUID) -> HttpResponseBase:
    """One output: for the page, or with `?small` for phones; as a download with `?preview` small and marked.

    With `?original` it is a download exactly as the provider sent it, for whoever has the right to originals.
    """
    output = get_object_or_404(Output.objects.visible_to(request.user), pk=output_id)
    name = f"output-{output.sha256[:8]}"
    if "original" in request.GET:
        data = originals.hand_out(output, by=request.user, noted=request.method == "GET")
        return handed_out(data, output.media_type, f"{name}.{EXTENSIONS.get(output.media_type, 'bin')}")
    if "preview" in request.GET:
        copy = rendering.for_looking(storage.read(output_previews.of(output, SPECS["preview"])))
        return handed_out(copy.data, copy.media_type, f"{name}-not-released.jpg")
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
    data = originals.unshown(job, number, by=request.user, noted=request.method == "GET")
    return handed_out(data, "application/octet-stream", f"unshown-{job.unshown[number - 1][:8]}.bin")


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
@from_the_store
def reference_file(request: SignedIn, reference_id: int) -> HttpResponseBase:
    """The copy of a picture that goes along with a brief: small for the page, or with `?download` to be attached."""
    briefs = Brief.objects.visible_to(request.user)
    row = get_object_or_404(BriefReference, pk=reference_id, brief__in=briefs, role=Role.REFERENCE)
    if "download" not in request.GET:
        small = rendering.render(storage.read(row.sha256), SPECS["small"])
        return handed_out(small.data, small.media_type)
    data = originals.attach(row, by=request.user, noted=request.method == "GET")
    return handed_out(data, row.media_type, f"reference-{row.position + 1}.{EXTENSIONS.get(row.media_type, 'bin')}")


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
@from_the_store
def specimen(request: SignedIn, revision_id: int) -> HttpResponseBase:
    """The sketch of what a template's revision is likely to look like."""
    revision = get_object_or_404(TemplateRevision, pk=revision_id)
    return sent(request, previews.of(revision), SPECS["thumb"].media_type)

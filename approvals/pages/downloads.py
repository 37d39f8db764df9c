"""Files for the team: what was released, clean; all else small and marked; and whole for whoever judges it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from approvals.models import Release, Review, ReviewState
from approvals.policies import deciding
from assets.imaging import rendering
from assets.imaging.inspection import EXTENSIONS
from assets.imaging.rendering import AS_LARGE_AS_IT_IS
from assets.library import renditions
from assets.models import Version
from assets.pages.files import from_the_store, name_of
from core import storage
from core.web.files import handed_out
from core.web.requests import SignedIn

may_look = permission_required("assets.view_asset", raise_exception=True)


@require_safe
@may_look
@from_the_store
def released_file(request: SignedIn, release_id: UUID) -> HttpResponseBase:
    """The file that the channel gets, while the release is live. Afterwards it is gone."""
    found = get_object_or_404(Release.objects.select_related("version__asset__listing", "channel"), pk=release_id)
    if not Release.objects.live().filter(pk=found.pk).exists():
        return HttpResponse("This is not released any more, or not for the moment.", "text/plain", 410)
    name = found.document.file.name or name_of(found.version, EXTENSIONS[found.file_media_type], found.channel.slug)
    return handed_out(storage.read(found.file_sha256), found.file_media_type, name)


@require_safe
@may_look
@from_the_store
def preview(request: SignedIn, version_id: UUID) -> HttpResponseBase:
    """A small copy of a version with “not released” across it; where it is released, the file of a release."""
    versions = Version.objects.visible_to(request.user).select_related("asset__listing")
    version = get_object_or_404(versions, pk=version_id)
    if release := Release.objects.live().filter(version=version).order_by("released_at").first():
        return redirect("approvals:released_file", release.pk)
    copy = renditions.for_looking(version)
    return handed_out(copy.data, copy.media_type, name_of(version, "jpg", "not-released"))


@require_safe
@permission_required(deciding.DECIDE, raise_exception=True)
@from_the_store
def full_size(request: SignedIn, review_id: UUID) -> HttpResponseBase:
    """Every pixel of what is judged, to look at while its review is open; without what the file says of itself."""
    reviews = Review.objects.filter(state__in=(ReviewState.OPEN, ReviewState.SETTLING)).select_related("version")
    version = get_object_or_404(reviews, pk=review_id).version
    copy = rendering.render(storage.read(version.sha256), AS_LARGE_AS_IT_IS)
    return handed_out(copy.data, copy.media_type)

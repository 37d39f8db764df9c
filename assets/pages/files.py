"""Pictures for signed-in people: small copies inline, the original as a download for whoever may have it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

import structlog
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from assets.imaging.inspection import EXTENSIONS
from assets.imaging.refusals import Busy, Fault, Unreadable
from assets.imaging.rendering import FOR_PAGES, SPECS
from assets.library import originals, renditions
from assets.models import Version
from core import storage
from core.file_names import file_name
from core.web.files import handed_out, sent
from core.web.requests import SignedIn

View = Callable[..., HttpResponseBase]

ORIGINAL = "original"

logger = structlog.get_logger(__name__)


def from_the_store(view: View) -> View:
    """Answer in words where a view's file cannot be had, where a copy cannot be made now, or where it never can."""

    @wraps(view)
    def answer(request: SignedIn, **which: Any) -> HttpResponseBase:
        try:
            return view(request, **which)
        except (FileNotFoundError, storage.CorruptFile):
            logger.exception("store.file_not_usable")
            return HttpResponse("This file is damaged or missing where it is kept.", "text/plain", 503)
        except (Busy, Fault) as error:
            return HttpResponse(str(error), "text/plain", 503, headers={"Retry-After": "5"})
        except Unreadable as error:
            return HttpResponse(str(error), "text/plain", 422)

    return answer


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
@from_the_store
def file(request: SignedIn, version_id: UUID, spec: str) -> HttpResponseBase:
    """One copy of a version for a page, or with `original` the file itself as an attachment. Other names are 404.

    Larger copies without a mark come from releases.
    """
    version = get_object_or_404(
        Version.objects.visible_to(request.user).select_related("asset__listing"), pk=version_id
    )
    if spec not in (ORIGINAL, *FOR_PAGES):
        raise Http404
    return _original(request, version) if spec == ORIGINAL else _copy(request, version, spec)


def _copy(request: SignedIn, version: Version, spec: str) -> HttpResponseBase:
    made = renditions.rendition(version, SPECS[spec])
    return sent(request, made.sha256, made.media_type)


def _original(request: SignedIn, version: Version) -> HttpResponseBase:
    data = originals.hand_out(version, by=request.user, noted=request.method == "GET")
    return handed_out(data, version.media_type, name_of(version, EXTENSIONS.get(version.media_type, "bin")))


def name_of(version: Version, extension: str, *ending: str) -> str:
    """How a downloaded file of the version is called."""
    reference = version.asset.listing.reference if version.asset.listing else ""
    return file_name(reference, version.asset.title, ending=(f"v{version.number}", *ending), extension=extension)

"""Pictures for signed-in people: copies inline, the original as a download only."""

from __future__ import annotations

import logging
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from assets import library
from assets.models import Version
from assets.pictures import EXTENSIONS, SPECS
from core import storage
from core.web.requests import SignedIn

logger = logging.getLogger(__name__)

ORIGINAL = "original"
HEADERS = {
    "Cache-Control": "private, max-age=86400, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""A browser may keep its own copy for a day; nobody else may, and whatever it holds is never run."""


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def file(request: SignedIn, version_id: UUID, spec: str) -> HttpResponseBase:
    """One copy of a version, or with `original` the file itself as an attachment. Other names are 404."""
    version = get_object_or_404(Version.objects.visible_to(request.user).select_related("asset"), pk=version_id)
    if spec != ORIGINAL and spec not in SPECS:
        raise Http404
    try:
        return _original(request, version) if spec == ORIGINAL else _copy(request, version, spec)
    except (storage.CorruptFile, FileNotFoundError):
        logger.exception("stored file cannot be used", extra={"sha256": version.sha256})
        return HttpResponse("This file is damaged or missing where it is kept.", "text/plain", 503)


def _copy(request: SignedIn, version: Version, spec: str) -> HttpResponseBase:
    made = library.rendition(version, SPECS[spec])
    return _sent(request, made.sha256, made.media_type)


def _original(request: SignedIn, version: Version) -> HttpResponseBase:
    extension = EXTENSIONS.get(version.media_type, "bin")
    name = f"{slugify(version.asset.title) or 'picture'}-v{version.number}.{extension}"
    return _sent(request, version.sha256, version.media_type, attachment=name)


def _sent(request: SignedIn, sha256: str, media_type: str, attachment: str = "") -> HttpResponseBase:
    etag = f'"{sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or HttpResponse(storage.read(sha256), media_type)
    if disposition := content_disposition_header(bool(attachment), attachment):
        response["Content-Disposition"] = disposition
    for name, value in {**HEADERS, "ETag": etag}.items():
        response[name] = value
    return response

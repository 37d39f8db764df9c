"""Taking an evidence pack with one click: of a picture, or of all pictures of a listing."""

from __future__ import annotations

from tempfile import TemporaryFile
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_POST

from approvals.evidence import making
from assets.models import Asset, Listing
from core import clock
from core.web.requests import SignedIn

may_take = permission_required(making.TAKE, raise_exception=True)


@require_POST
@may_take
def of_picture(request: SignedIn, asset_id: UUID) -> HttpResponseBase:
    """All about one picture, as a zip file."""
    return _taken(request, get_object_or_404(Asset.objects.visible_to(request.user), pk=asset_id))


@require_POST
@may_take
def of_listing(request: SignedIn, listing_id: int) -> HttpResponseBase:
    """All about the pictures of a listing, as a zip file."""
    return _taken(request, get_object_or_404(Listing, pk=listing_id))


def _taken(request: SignedIn, subject: Asset | Listing) -> HttpResponseBase:
    """Written to a file first: one that ends half way would look like a pack that was tampered with."""
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        making.take(subject, file, by=request.user)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    name = slugify(subject.title if isinstance(subject, Asset) else subject.reference)[:60] or "pictures"
    filename = f"evidence-{name}-{clock.today()}.zip"
    return FileResponse(file, as_attachment=True, filename=filename, content_type="application/zip")

"""The public originals page: for everybody, without signing in, as long as picture and original are both released.

Nothing but live releases is ever read, anew with each request. Whatever is kept of an answer is asked for again before
it is shown, so that what was withdrawn is gone at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from approvals.channels.disclosure import ORIGINAL
from approvals.models import Release
from approvals.models.document import ReleaseDocument
from approvals.releases import originals, qr
from approvals.releases.originals import Pair
from assets.pages.files import from_the_store
from assets.provenance.alterations import in_plain_words
from core import clock, storage

HEADERS = {"Cache-Control": "public, no-cache", "X-Robots-Tag": "noindex, noarchive", "X-Frame-Options": "DENY"}
FILE_HEADERS = {"Content-Security-Policy": "default-src 'none'; sandbox"}
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Picture:
    """One of the two pictures, as it is delivered."""

    document: ReleaseDocument
    src: str

    @property
    def alt(self) -> str:
        return self.document.alt_text.main


@dataclass(frozen=True, slots=True)
class OriginalsPage:
    """What the page says. All of it is in the documents of live releases."""

    pairs: Sequence[Pair]

    @property
    def altered(self) -> Picture:
        return _picture(self.pairs[0].altered, self._version)

    @property
    def original(self) -> Picture:
        return _picture(self.pairs[0].original, self._version)

    @property
    def address(self) -> str:
        return originals.address(*self._version)

    @property
    def statements(self) -> list[str]:
        """What the channels say beside the picture, each once."""
        said = [pair.altered.document.disclosure.statement for pair in self.pairs]
        return [words.replace(ORIGINAL, self.address) for words in dict.fromkeys(said) if words]

    @property
    def changes(self) -> list[str]:
        """What was altered, in plain words."""
        return [in_plain_words(each) for each in self.altered.document.disclosure.alterations]

    @property
    def published(self) -> str:
        """The day, where its channel is."""
        release = self.pairs[0].altered
        return clock.written(clock.day_of(release.released_at, release.channel.time_zone))

    @property
    def _version(self) -> tuple[UUID, int]:
        document = self.pairs[0].altered.document
        return document.asset, document.version.number


def _picture(release: Release, page: tuple[UUID, int]) -> Picture:
    return Picture(release.document, reverse("approvals:original_file", args=(*page, release.file_sha256)))


def _public(view: View) -> View:
    """For everybody, with what is shown of a version; 410 for what was shown once, 404 for anything else."""

    @wraps(view)
    def answer(request: HttpRequest, asset_id: UUID, number: int, **which: str) -> HttpResponseBase:
        pairs = originals.pairs(asset_id, number)
        response = view(request, pairs=pairs, **which) if pairs else _nothing(asset_id, number)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return login_not_required(require_safe(answer))


@_public
def page(request: HttpRequest, pairs: Sequence[Pair]) -> HttpResponseBase:
    """Both pictures, each under what it is in the sense of the law."""
    html = render_to_string("approvals/originals/page.html", {"page": OriginalsPage(pairs)})
    return _tagged(request, html.encode(), "text/html; charset=utf-8")


@_public
@from_the_store
def file(request: HttpRequest, pairs: Sequence[Pair], sha256: str) -> HttpResponseBase:
    """The file of one of the two pictures, by its hash; of no other, whoever knows its hash."""
    shown = {each.file_sha256: each for pair in pairs for each in (pair.altered, pair.original)}
    if sha256 not in shown:
        return _none("approvals/originals/none.html", 404)
    unchanged = get_conditional_response(request, etag=f'"{sha256}"')
    response = unchanged or HttpResponse(storage.read(sha256), shown[sha256].file_media_type)
    return _with_tag(response, sha256, FILE_HEADERS)


@_public
def code(request: HttpRequest, pairs: Sequence[Pair], kind: str) -> HttpResponseBase:
    """The address of the page as a QR code, for print."""
    media_type, draw = qr.KINDS[kind]
    return _tagged(request, draw(OriginalsPage(pairs).address), media_type, FILE_HEADERS)


def _tagged(
    request: HttpRequest, body: bytes, media_type: str, headers: dict[str, str] | None = None
) -> HttpResponseBase:
    tag = hashlib.sha256(body).hexdigest()[:32]
    response = get_conditional_response(request, etag=f'"{tag}"') or HttpResponse(body, media_type)
    return _with_tag(response, tag, headers or {})


def _with_tag(response: HttpResponseBase, tag: str, headers: dict[str, str]) -> HttpResponseBase:
    for name, value in {**headers, "ETag": f'"{tag}"', "X-Content-Type-Options": "nosniff"}.items():
        response.headers[name] = value
    return response


def _nothing(asset_id: UUID, number: int) -> HttpResponse:
    """Nobody learns what there is that was never released."""
    if originals.was_offered(asset_id, number):
        return _none("approvals/originals/gone.html", 410)
    return _none("approvals/originals/none.html", 404)


def _none(template: str, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(template), status=status)

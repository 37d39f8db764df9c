"""What a listing site can ask: its images, one image, its file, and what has changed.

Every door reads `Release.objects.live()` within the caller's own channels, and checks that before anything else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import MethodNotAllowed, NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView

from approvals.api import cursors
from approvals.api.answers import Answers
from approvals.api.authentication import KeyAuthentication, caller_of
from approvals.api.errors import METHODS, Damaged, Gone, in_json, refusal, refused
from approvals.api.parameters import AT_ONCE, EventParameters, ListParameters, NoParameters, Parameters
from approvals.api.serializers import (
    ErrorSerializer,
    EventSerializer,
    EventsSerializer,
    ImageSerializer,
    ImagesSerializer,
)
from approvals.models import Channel, Delivery, Event, Release
from approvals.models.document import ReleaseDocument, UnreadableDocument
from approvals.releases import pages
from approvals.releases.pages import Served
from approvals.sites.callers import Caller
from assets.imaging import inspection
from core import storage
from core.file_names import disposition, file_name

EVENTS_AT_ONCE = 200

HELD = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)
UNCHANGED = OpenApiResponse(description="Unchanged.")


def refusals(*statuses: int) -> dict[int, Any]:
    """For the schema: the refusals of an address, all of one shape."""
    meaning = {
        400: "A parameter cannot be understood.",
        401: "The key is missing or not valid.",
        404: "Not there for this key: unknown, not approved, or in another channel.",
        410: "It was released and is withdrawn or expired. Remove every copy.",
        429: "Too many requests in this minute.",
        503: "The file is damaged or missing where it is kept.",
    }
    return {status: OpenApiResponse(ErrorSerializer, meaning[status]) for status in statuses}


class SiteView(APIView):
    """Common to all: a key, a limit, strict parameters, and one shape of refusal.

    DRF describes these addresses and words their refusals. It does not answer: that costs more than the answer does.
    """

    authentication_classes = (KeyAuthentication,)
    permission_classes = (IsAuthenticated,)
    metadata_class = None
    parameters: type[Parameters] = NoParameters
    request: HttpRequest  # type: ignore[assignment] # Django's own, and not DRF's around it
    caller: Caller

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.caller = caller_of(request)
            self.given = self.parameters.of(request.GET)
            response: HttpResponse = self._verb(request)(request, **kwargs)
        except Exception as error:
            known = refusal(error)
            if known is None:
                raise
            response = known
        return _guarded(response)

    def _verb(self, request: HttpRequest) -> Callable[..., HttpResponse]:
        """What answers this method; HEAD is answered as GET is, and the web server leaves the body out."""
        if request.method not in METHODS:
            raise MethodNotAllowed(request.method or "")
        verb: Callable[..., HttpResponse] = self.get  # type: ignore[attr-defined] # each address has it
        return verb

    def asked(self, name: str) -> Any:
        """The value of a checked parameter, or None."""
        return self.given.get(name)

    def channels(self) -> list[Channel]:
        """The channels that the caller may read, narrowed to the one asked for."""
        channels = [channel for channel in self.caller.channels if channel.active]
        if slug := self.asked("channel"):
            channels = [channel for channel in channels if channel.slug == slug]
            if not channels:
                raise NotFound("This key reads no channel of that name.")
        return channels

    def live_release(self, image: UUID) -> Served:
        """A live release of the caller's channels. 410 if it has ended, 404 if it is not there for this caller."""
        channels = self.channels()
        if release := pages.one(image, channels):
            return release
        mine = Release.objects.within(channels)
        if mine.filter(pk=image).exclude(pk__in=mine.in_force().values("pk")).exists():
            raise Gone
        raise Http404

    def tagged(self, said: str) -> HttpResponse:
        """An answer in JSON with a tag of what it says, or that the caller holds it already."""
        data = said.encode("utf-8", "surrogatepass")
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        response = HttpResponseNotModified() if self.holds(tag) else HttpResponse(data, "application/json")
        response.headers["ETag"] = tag
        return response

    def holds(self, tag: str) -> bool:
        """Whether the caller says that it has what this tag is of."""
        held = self.request.headers.get("If-None-Match", "")
        return bool(held) and not {tag, f"W/{tag}"}.isdisjoint(parse_etags(held))


class ImageList(SiteView):
    """The images that this key may use, in the order of their release.

    Supports `If-None-Match`, as one image does.
    """

    parameters = ListParameters

    @extend_schema(
        operation_id="list_images",
        parameters=[ListParameters, HELD],
        responses={200: ImagesSerializer, 304: UNCHANGED, **refusals(400, 401, 404, 429)},
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        after, since, size = self.asked("cursor"), self.asked("updated_since"), self.asked("page_size") or AT_ONCE
        page = pages.page(self.channels(), size, after, since)
        answers, following = Answers.to(request), "null"
        if page.next:
            asked = {**request.GET.dict(), "cursor": cursors.written(page.next)}
            following = json.dumps(f"{answers.base}?{urlencode(sorted(asked.items()))}")
        return self.tagged(f'{{"next":{following},"results":{answers.images(page.releases)}}}')


class Image(SiteView):
    """One image."""

    @extend_schema(
        operation_id="get_image",
        parameters=[HELD],
        responses={200: ImageSerializer, 304: UNCHANGED, **refusals(400, 401, 404, 410, 429, 503)},
    )
    def get(self, request: HttpRequest, image: UUID) -> HttpResponse:
        said = Answers.to(request).image(self.live_release(image))
        if said is None:
            raise Damaged
        return self.tagged(said)


class ImageFile(SiteView):
    """The file of an image, with its alt text, credit and digital source type inside.

    Supports `If-None-Match`. The tag is looked at only after the key has been found to allow this file.
    """

    @extend_schema(
        operation_id="get_file",
        parameters=[HELD],
        responses={
            (200, "image/*"): OpenApiTypes.BINARY,
            304: UNCHANGED,
            **refusals(400, 401, 404, 410, 429, 503),
        },
    )
    def get(self, request: HttpRequest, image: UUID) -> HttpResponse:
        release = self.live_release(image)
        tag = quote_etag(release.file_sha256)
        response = HttpResponseNotModified() if self.holds(tag) else _file(release)
        if response.status_code == 200 and request.method == "GET":
            Delivery.objects.create(release_id=release.id, key=self.caller.key)
        response.headers["ETag"] = tag
        return response


def _file(release: Served) -> HttpResponse:
    """The bytes, hashed once more while they are read: what leaves is what was released, or nothing."""
    try:
        name = _name(ReleaseDocument.parse(release.document_text), release)
        data = storage.read(release.file_sha256)
    except (UnreadableDocument, storage.CorruptFile, OSError) as error:
        raise Damaged from error
    return HttpResponse(
        data,
        content_type=release.file_media_type,
        headers={"Content-Disposition": disposition(name), "X-Content-Type-Options": "nosniff"},
    )


def _name(said: ReleaseDocument, release: Served) -> str:
    """The name in the document; the same one made anew where that is older than such names."""
    ending = (f"v{said.version.number}", release.channel)
    extension = inspection.EXTENSIONS[release.file_media_type]
    return said.file.name or file_name(said.listing or "", said.title, ending=ending, extension=extension)


class EventList(SiteView):
    """What has changed in a channel: numbered without gaps, so whoever remembers one number misses nothing."""

    parameters = EventParameters

    @extend_schema(
        operation_id="list_events",
        parameters=[EventParameters],
        responses={200: EventsSerializer, **refusals(400, 401, 404, 429)},
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        channel = self._channel()
        after = self.asked("after")
        events = list(
            Event.objects.filter(channel=channel, sequence__gt=after).order_by("sequence")[: EVENTS_AT_ONCE + 1]
        )
        shown = events[:EVENTS_AT_ONCE]
        said = {
            "channel": channel.slug,
            "results": EventSerializer(shown, many=True).data,
            "last": shown[-1].sequence if shown else after,
            "more": len(events) > len(shown),
        }
        return HttpResponse(in_json(said), "application/json")

    def _channel(self) -> Channel:
        channels = self.channels()
        if not channels:
            raise NotFound("This key reads no channel.")
        if len(channels) > 1:
            raise ValidationError({"channel": ["This key reads several channels; say which."]})
        return channels[0]


@csrf_exempt
@login_not_required
def nowhere(request: HttpRequest) -> HttpResponse:
    """Any other address below the API."""
    return _guarded(refused(NotFound("There is nothing at this address. The images are at /api/v1/images/.")))


def _guarded(response: HttpResponse) -> HttpResponse:
    """What a key is told is for its holder, and true only now; what has a tag is kept by asking again.

    Nothing here is a page: no browser may show it as one, or within one.
    """
    headers = response.headers
    headers["Cache-Control"] = "private, no-cache" if "ETag" in headers else "private, no-store"
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    headers["X-Frame-Options"] = "DENY"
    if response.status_code != 304:
        headers["Content-Length"] = str(len(response.content))
    return response

"""What a listing site can ask: its images, one image, its file, and what has changed.

Every door reads `Release.objects.live()` within the caller's own channels, and checks that before anything else.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags, quote_etag
from django.utils.text import slugify
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from approvals.api.authentication import Caller, KeyAuthentication
from approvals.api.errors import Damaged, Gone, handle
from approvals.api.pagination import InOrderOfRelease
from approvals.api.parameters import EventParameters, ListParameters, NoParameters, Parameters
from approvals.api.serializers import ErrorSerializer, EventSerializer, EventsSerializer, ImageSerializer
from approvals.api.throttling import PerSite
from approvals.models import Channel, Delivery, Event, Release
from approvals.models.document import UnreadableDocument
from assets.imaging import inspection
from core import storage

EVENTS_AT_ONCE = 200

logger = structlog.get_logger(__name__)


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
    """Common to all: a key, a limit, strict parameters, and one shape of refusal."""

    authentication_classes = (KeyAuthentication,)
    permission_classes = (IsAuthenticated,)
    throttle_classes = (PerSite,)
    parameters: type[Parameters] = NoParameters

    def get_exception_handler(self) -> Any:
        return handle

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        request.parameters = self.parameters.of(request)  # type: ignore[attr-defined] # read by the pagination too

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """What a key is told is for its holder, and true only now; a file says more exactly how it may be kept."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if not final.has_header("Cache-Control"):
            patch_cache_control(final, private=True, no_store=True)
        return final

    def asked(self, name: str) -> Any:
        """The value of a checked parameter, or None."""
        return self.request.parameters.get(name)  # type: ignore[attr-defined] # set in `initial`

    @property
    def caller(self) -> Caller:
        return cast("Caller", self.request.user)

    def channels(self) -> QuerySet[Channel]:
        """The channels that the caller may read, narrowed to the one asked for."""
        channels = self.caller.site.channels.filter(active=True)
        if slug := self.asked("channel"):
            channels = channels.filter(slug=slug)
            if not channels.exists():
                raise NotFound("This key reads no channel of that name.")
        return channels

    def live_release(self, image: UUID) -> Release:
        """A live release of the caller's channels. 410 if it has ended, 404 if it is not there for this caller."""
        mine = Release.objects.within(self.channels()).select_related("channel")
        release: Release | None = mine.live().with_its_original().filter(pk=image).first()
        if release:
            return release
        if mine.filter(pk=image).exclude(pk__in=mine.in_force().values("pk")).exists():
            raise Gone
        raise Http404


class ImageList(SiteView):
    """The images that this key may use, in the order of their release."""

    parameters = ListParameters
    pagination_class = InOrderOfRelease

    @extend_schema(
        operation_id="list_images",
        parameters=[ListParameters],
        responses={200: ImageSerializer(many=True), **refusals(400, 401, 404, 429)},
    )
    def get(self, request: Request) -> Response:
        releases = Release.objects.live().within(self.channels()).with_its_original().select_related("channel")
        if since := self.asked("updated_since"):
            releases = releases.filter(released_at__gte=since)
        pages = self.pagination_class()
        found = pages.paginate_queryset(releases, request, self)
        said = (_said(release, request) for release in found)
        return pages.get_paginated_response([image for image in said if image])


class Image(SiteView):
    """One image."""

    @extend_schema(operation_id="get_image", responses={200: ImageSerializer, **refusals(400, 401, 404, 410, 429, 503)})
    def get(self, request: Request, image: UUID) -> Response:
        said = _said(self.live_release(image), request)
        if said is None:
            raise Damaged
        return Response(said)


def _said(release: Release, request: Request) -> dict[str, Any] | None:
    """The release in the words of the API; None for one whose document was damaged, which costs no other its place."""
    try:
        said: dict[str, Any] = ImageSerializer(release, context={"request": request}).data
    except UnreadableDocument:
        logger.exception("document_unreadable", release=str(release.pk))
        return None
    return said


class ImageFile(SiteView):
    """The file of an image, with its alt text, credit and digital source type inside.

    Supports `If-None-Match`. The tag is looked at only after the key has been found to allow this file.
    """

    @extend_schema(
        operation_id="get_file",
        parameters=[OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)],
        responses={
            (200, "image/*"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="Unchanged."),
            **refusals(400, 401, 404, 410, 429, 503),
        },
    )
    def get(self, request: Request, image: UUID) -> HttpResponse:
        release = self.live_release(image)
        tag = quote_etag(release.file_sha256)
        held = parse_etags(request.headers.get("If-None-Match", ""))
        response: HttpResponse
        if tag in held or f"W/{tag}" in held:
            response = HttpResponseNotModified()
        else:
            response = _file(release)
            if request.method == "GET":
                Delivery.objects.create(release=release, key=self.caller.key)
        response["ETag"] = tag
        patch_cache_control(response, private=True, no_cache=True)
        return response


def _file(release: Release) -> HttpResponse:
    """The bytes, hashed once more while they are read: what leaves is what was released, or nothing."""
    extension = inspection.EXTENSIONS[release.file_media_type]
    try:
        name = f"{slugify(release.document.title)[:80] or 'image'}-v{release.document.version.number}.{extension}"
        data = storage.read(release.file_sha256)
    except (UnreadableDocument, storage.CorruptFile, OSError) as error:
        raise Damaged from error
    return HttpResponse(
        data,
        content_type=release.file_media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


class EventList(SiteView):
    """What has changed in a channel: numbered without gaps, so whoever remembers one number misses nothing."""

    parameters = EventParameters

    @extend_schema(
        operation_id="list_events",
        parameters=[EventParameters],
        responses={200: EventsSerializer, **refusals(400, 401, 404, 429)},
    )
    def get(self, request: Request) -> Response:
        channel = self._channel()
        after = self.asked("after")
        events = list(
            Event.objects.filter(channel=channel, sequence__gt=after).order_by("sequence")[: EVENTS_AT_ONCE + 1]
        )
        shown = events[:EVENTS_AT_ONCE]
        return Response(
            {
                "channel": channel.slug,
                "results": EventSerializer(shown, many=True).data,
                "last": shown[-1].sequence if shown else after,
                "more": len(events) > len(shown),
            }
        )

    def _channel(self) -> Channel:
        channels = list(self.channels()[:2])
        if not channels:
            raise NotFound("This key reads no channel.")
        if len(channels) > 1:
            raise ValidationError({"channel": ["This key reads several channels; say which."]})
        return channels[0]


@extend_schema(exclude=True)
class Nowhere(APIView):
    """Any other address below the API."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer,)

    def get_exception_handler(self) -> Any:
        return handle

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound("There is nothing at this address. The images are at /api/v1/images/.")

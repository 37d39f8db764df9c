"""What the API says, for its schema: `answers` writes images, and tests hold what it writes against the schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework_dataclasses.serializers import DataclassSerializer

from approvals.models import Event, EventKind
from approvals.models.document import PublicFile, PublicOriginal, ReleaseDocument


class OriginalSerializer(DataclassSerializer[PublicOriginal]):
    image = serializers.UUIDField(allow_null=True, help_text="The id of the unaltered image in this API.")

    class Meta:
        dataclass = PublicOriginal


class OriginalsPageSerializer(serializers.Serializer[Any]):
    """The public page that shows an altered image beside its original, without signing in."""

    url = serializers.URLField(help_text="For a link or in print. It answers 410 once either image is not live.")
    qr_svg = serializers.URLField(help_text="The address as a QR code, for print.")
    qr_png = serializers.URLField(help_text="The address as a QR code, for print.")
    statement = serializers.CharField(help_text="`disclosure.statement` with the address in it.")


class FileSerializer(DataclassSerializer[PublicFile]):
    url = serializers.URLField()

    class Meta:
        dataclass = PublicFile


class ImageSerializer(DataclassSerializer[ReleaseDocument]):
    """An approved image as it may be used in one channel: its document, and what is served around it."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    channel = serializers.SlugField()
    released_at = serializers.DateTimeField()
    original = OriginalSerializer(allow_null=True)
    originals_page = OriginalsPageSerializer(
        allow_null=True, help_text="Null for an image that is not altered, or whose original is not live beside it."
    )
    file = FileSerializer()

    class Meta:
        dataclass = ReleaseDocument
        ref_name = "Image"


@extend_schema_serializer(component_name="PaginatedImageList")
class ImagesSerializer(serializers.Serializer[Any]):
    """A page of images, oldest release first."""

    next = serializers.URLField(allow_null=True, help_text="Address of the next page; null at the end.")
    results = ImageSerializer(many=True)


class EventSerializer(serializers.ModelSerializer[Event]):
    """One change in a channel."""

    image = serializers.UUIDField(source="release_id")
    kind = serializers.ChoiceField(
        choices=EventKind.choices,
        help_text="`withdrawn` and `expired`: remove every copy. "
        "`paused`: do not show it until `resumed` or a newer release.",
    )

    class Meta:
        model = Event
        fields = ("sequence", "kind", "image", "at")


class EventsSerializer(serializers.Serializer[Any]):
    """The next events of a channel, oldest first."""

    channel = serializers.SlugField()
    results = EventSerializer(many=True)
    last = serializers.IntegerField(help_text="Give it as `after` next time.")
    more = serializers.BooleanField(help_text="Whether there are further events already.")


class ErrorDetailSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    fields_ = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)
    retry_after = serializers.IntegerField(required=False, help_text="Seconds.")

    def get_fields(self) -> dict[str, Any]:
        return {name.removesuffix("_"): field for name, field in super().get_fields().items()}


class ErrorSerializer(serializers.Serializer[Any]):
    """Every refusal has this shape."""

    error = ErrorDetailSerializer()

"""What the API says. A release's document is read as it was stored; here it only gets addresses and a named shape."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from approvals.channels.rules import FORMATS
from approvals.models import Event, EventKind, Release


class VersionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    label = serializers.CharField(  # type: ignore[assignment] # a field's own label is not ours
        help_text="Number, date and maker: `v2 · Nov 22, 2026 · OpenAI`."
    )
    sha256 = serializers.CharField(help_text="Of the version in the library, not of the delivered file.")


class AltTextSerializer(serializers.Serializer[Any]):
    decorative = serializers.BooleanField(help_text='True: use `alt=""`.')
    language = serializers.CharField(help_text="Of the main text, as a language tag.")
    texts = serializers.DictField(child=serializers.CharField(), help_text="Language tag → text.")


class LicenseSerializer(serializers.Serializer[Any]):
    holder = serializers.CharField(allow_blank=True)
    attribution = serializers.CharField(allow_blank=True, help_text="Show it word for word, if there is one.")
    url = serializers.CharField(allow_blank=True)
    valid_until = serializers.DateField(
        allow_null=True, help_text="The last day of use. It ends when that day ends in the time zone of the channel."
    )


class DisclosureSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["photograph", "altered", "generated", "drawn"])
    alterations = serializers.ListField(child=serializers.CharField(), help_text="RESO `MediaAlteration` values.")
    digital_source_type = serializers.URLField(help_text="IPTC digital source type.")
    caption = serializers.CharField(allow_blank=True, help_text="At most 50 characters.")
    remark_prefix = serializers.CharField(allow_blank=True, help_text="How the listing's public remarks must begin.")
    label = serializers.CharField(  # type: ignore[assignment] # a field's own label is not ours
        allow_blank=True, help_text="Show it beside the image, not on it."
    )
    statement = serializers.CharField(
        allow_blank=True, help_text="Show it beside the image; replace `{original}` with the address of the original."
    )
    order = serializers.ChoiceField(choices=["", "original_after"])


class OriginalSerializer(serializers.Serializer[Any]):
    image = serializers.UUIDField(allow_null=True, help_text="The id of the unaltered image in this API.")
    sha256 = serializers.CharField()


class FileSerializer(serializers.Serializer[Any]):
    url = serializers.URLField()
    media_type = serializers.ChoiceField(choices=FORMATS)
    width = serializers.IntegerField(help_text="Pixels.")
    height = serializers.IntegerField(help_text="Pixels.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()


class ImageSerializer(serializers.Serializer[Release]):
    """An approved image as it may be used in one channel."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    channel = serializers.SlugField()
    released_at = serializers.DateTimeField()
    title = serializers.CharField()
    asset = serializers.UUIDField(help_text="Stays the same when a newer version is released.")
    version = VersionSerializer()
    listing = serializers.CharField(allow_null=True, help_text="Reference of the listing.")
    alt_text = AltTextSerializer()
    license = LicenseSerializer()
    disclosure = DisclosureSerializer()
    original = OriginalSerializer(allow_null=True)
    file = FileSerializer()

    def to_representation(self, instance: Release) -> dict[str, Any]:
        request, document = self.context["request"], instance.document
        said = {
            "id": str(instance.pk),
            "url": reverse("api:image", args=[instance.pk], request=request),
            "channel": instance.channel.slug,
            "released_at": instance.released_at.isoformat(),
        }
        file = {"url": reverse("api:file", args=[instance.pk], request=request), **document["file"]}
        return {**said, **document, "original": _original(instance), "file": file}


def _original(release: Release) -> dict[str, Any] | None:
    """The original as the document names it, under the id that it has now: released again, it has a new one."""
    said = release.document["original"]
    image = getattr(release, "original_image", None)  # asked for with the release
    return {**said, "image": str(image) if image else None} if said else None


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

"""What may stand in a query. Anything else is refused, so that a mistyped filter never returns everything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from approvals.api.pagination import InOrderOfRelease


class Parameters(serializers.Serializer[Any]):
    """The known parameters, each at most once and never empty."""

    @classmethod
    def of(cls, request: Request) -> dict[str, Any]:
        """The checked parameters of a request. Raises ValidationError."""
        given = request.query_params
        wrong = {name: ["There is no such parameter."] for name in given if name not in cls().fields}
        wrong |= {name: ["Give it once."] for name in given if name not in wrong and len(given.getlist(name)) > 1}
        if wrong:
            raise ValidationError(wrong)
        reader = cls(data=given.dict())
        reader.is_valid(raise_exception=True)
        return dict(reader.validated_data)


class NoParameters(Parameters):
    """An address that takes none."""


class ListParameters(Parameters):
    """Which images to list."""

    channel = serializers.SlugField(max_length=64, required=False, help_text="Only this one of the key's channels.")
    updated_since = serializers.DateTimeField(
        required=False,
        help_text="Only what was released at or after this time (ISO 8601). Withdrawals are in /events/.",
    )
    cursor = serializers.CharField(max_length=200, required=False, help_text="From `next` of the page before.")
    page_size = serializers.IntegerField(min_value=1, max_value=InOrderOfRelease.max_page_size, required=False)

    def validate_updated_since(self, value: datetime) -> datetime:
        try:
            return value.astimezone(UTC)
        except OverflowError as error:
            raise serializers.ValidationError("This time is out of range.") from error


class EventParameters(Parameters):
    """Where to read on."""

    channel = serializers.SlugField(
        max_length=64,
        required=False,
        help_text="Needed when the key may read several channels: each counts for itself.",
    )
    after = serializers.IntegerField(
        min_value=0, max_value=2**63 - 1, default=0, help_text="The last sequence number that was read; 0 begins."
    )

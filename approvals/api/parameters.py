"""What may stand in a query. Anything else is refused, so that a mistyped filter never returns everything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import SkipField, empty

from approvals.api import cursors
from approvals.releases.pages import Position

AT_ONCE, MOST_AT_ONCE = 50, 200
"""Images on a page when nobody says how many, and at most."""


class Parameters(serializers.Serializer[Any]):
    """The known parameters, each at most once and never empty."""

    @classmethod
    def of(cls, given: QueryDict) -> dict[str, Any]:
        """The checked parameters of a query; a default for what was not given. Raises ValidationError."""
        known, values, wrong = _fields_of(cls), dict[str, Any](), dict[str, Any]()
        for name, said in given.lists():
            if name not in known:
                wrong[name] = ["There is no such parameter."]
            elif len(said) > 1:
                wrong[name] = ["Give it once."]
        if wrong:
            raise ValidationError(wrong)
        for name, field in known.items():
            try:
                values[name] = field.run_validation(given.get(name, empty))
            except ValidationError as error:
                wrong[name] = error.detail
            except SkipField:
                continue
        if wrong:
            raise ValidationError(wrong)
        return values


@cache
def _fields_of(parameters: type[Parameters]) -> Mapping[str, serializers.Field[Any, Any, Any, Any]]:
    """Made once: a serializer copies all of its fields each time that it is made."""
    return dict(parameters().fields)


class NoParameters(Parameters):
    """An address that takes none."""


class UTCDateTimeField(serializers.DateTimeField):
    """A moment that the database can hold, however far from UTC it was said."""

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        try:
            return moment.astimezone(UTC)
        except OverflowError as error:
            raise serializers.ValidationError("This time is out of range.") from error


class CursorField(serializers.CharField):
    """A position in the list, as `next` said it."""

    def run_validation(self, data: Any = empty) -> Position:
        try:
            return cursors.read(super().run_validation(data))
        except ValueError as error:
            raise serializers.ValidationError("This is not a cursor from “next”. Begin again without one.") from error


class ListParameters(Parameters):
    """Which images to list."""

    channel = serializers.SlugField(max_length=64, required=False, help_text="Only this one of the key's channels.")
    updated_since = UTCDateTimeField(
        required=False,
        help_text="Only what was released at or after this time (ISO 8601). Withdrawals are in /events/.",
    )
    cursor = CursorField(max_length=200, required=False, help_text="From `next` of the page before.")
    page_size = serializers.IntegerField(min_value=1, max_value=MOST_AT_ONCE, required=False)


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

"""Pages by position and not by number: what is released meanwhile moves nothing that was already handed out."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from approvals.models import Release


@dataclass(frozen=True, slots=True)
class Position:
    """Right behind one release, in the order of release."""

    at: datetime
    id: UUID

    @classmethod
    def behind(cls, release: Release) -> Position:
        return cls(release.released_at, release.pk)

    @classmethod
    def parse(cls, cursor: str) -> Position:
        """Read a cursor; ValueError for one that we have not written."""
        padded = cursor + "=" * (-len(cursor) % 4)
        try:
            at, _, number = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").partition("|")
        except (binascii.Error, UnicodeError) as error:
            raise ValueError("not a cursor") from error
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not 1970 < moment.year < 9999:
            raise ValueError("not a cursor")
        return cls(moment, UUID(number))

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(f"{self.at.isoformat()}|{self.id}".encode()).decode().rstrip("=")


class InOrderOfRelease(BasePagination):
    """Oldest release first, by the stable pair of time and id."""

    page_size = 50
    max_page_size = 200

    def paginate_queryset(  # type: ignore[override] # only ever asked about releases
        self, queryset: QuerySet[Release], request: Request, view: APIView | None = None
    ) -> list[Release]:
        asked = request.parameters  # type: ignore[attr-defined] # put there by the view, checked
        rows = queryset.order_by("released_at", "id")
        if cursor := asked.get("cursor"):
            rows = rows.filter(_after(cursor))
        size = asked.get("page_size") or self.page_size
        found = list(rows[: size + 1])
        self.url = request.build_absolute_uri()
        self.next = str(Position.behind(found[size - 1])) if len(found) > size else None
        return found[:size]

    def get_paginated_response(self, data: Any) -> Response:
        following = replace_query_param(self.url, "cursor", self.next) if self.next else None
        return Response({"next": following, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        next_page = {
            "type": ["string", "null"],
            "format": "uri",
            "description": "Address of the next page; null at the end.",
        }
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": next_page, "results": schema},
        }


def _after(cursor: str) -> Q:
    try:
        position = Position.parse(cursor)
    except ValueError as error:
        raise ValidationError({"cursor": ["This is not a cursor from “next”. Begin again without one."]}) from error
    return Q(released_at__gt=position.at) | Q(released_at=position.at, id__gt=position.id)

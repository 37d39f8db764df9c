"""Who is calling: a listing site, known by a key in the Authorization header and by nothing else."""

from __future__ import annotations

import time

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ParseError, Throttled

from approvals.api.errors import BadKey
from approvals.sites import access, callers
from approvals.sites.callers import Caller

MINUTE = 60  # seconds


def caller_of(request: HttpRequest) -> Caller:
    """Who calls, with this call counted. Raises ParseError, BadKey and Throttled."""
    if any(value.startswith("imp_") for _, values in request.GET.lists() for value in values):
        raise ParseError("A key belongs into the Authorization header, never into an address: addresses are logged.")
    now = time.time()
    caller = callers.caller_with(_bearer(request), minute=int(now // MINUTE))
    if caller is None:
        raise BadKey
    if not callers.is_noted(caller.key):
        access.note_use(caller.key)
    if not caller.is_within_limit:
        raise Throttled(MINUTE - now % MINUTE)
    return caller


def _bearer(request: HttpRequest) -> str:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text if scheme.lower() == "bearer" else ""


class KeyAuthentication(BaseAuthentication):
    """Says in the schema that a key is needed; `caller_of` is what asks for it."""


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # drf-spectacular's registry has no types
    """How the schema speaks of it."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key of a listing site: `imp_…`"}

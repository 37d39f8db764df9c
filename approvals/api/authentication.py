"""Who is calling: a listing site, known by a key in the Authorization header and by nothing else."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ParseError
from rest_framework.request import Request

from approvals.models import SiteKey
from approvals.sites import access, callers
from approvals.sites.callers import Caller

NOT_A_KEY = "Send a valid key as “Authorization: Bearer imp_…”."


class KeyAuthentication(BaseAuthentication):
    """Every bad key gets the same answer: missing, cut, unknown, expired and revoked ones cannot be told apart."""

    def authenticate(self, request: Request) -> tuple[Caller, SiteKey]:
        if any(value.startswith("imp_") for values in request.query_params.lists() for value in values[1]):
            raise ParseError(
                "A key belongs into the Authorization header, never into an address: addresses are logged."
            )
        caller = callers.caller_with(_bearer(request))
        if caller is None:
            raise AuthenticationFailed(NOT_A_KEY)
        if not callers.is_noted(caller.key):
            access.note_use(caller.key)
        return caller, caller.key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="listing sites"'


def _bearer(request: Request) -> str:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text if scheme.lower() == "bearer" else ""


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # drf-spectacular's registry has no types
    """How the schema speaks of it."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key of a listing site: `imp_…`"}

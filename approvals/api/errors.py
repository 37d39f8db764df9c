"""One shape for every refusal of the API: `{"error": {"code", "message", "fields"}}`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from rest_framework import status
from rest_framework.exceptions import APIException, AuthenticationFailed, MethodNotAllowed, NotFound, ValidationError
from rest_framework.exceptions import PermissionDenied as Forbidden
from rest_framework.renderers import JSONRenderer

METHODS = ("GET", "HEAD")
"""What every address can be asked with."""


class Gone(APIException):
    """It was there and is withdrawn or expired: whoever copied it has to remove it."""

    status_code = status.HTTP_410_GONE
    default_detail = "This image was withdrawn or has expired. Remove any copy of it."
    default_code = "gone"


class Damaged(APIException):
    """The stored file is not what it was when it was released."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The file cannot be delivered at the moment. Nothing else is affected; try again later."
    default_code = "unavailable"


class BadKey(AuthenticationFailed):
    """The same for every bad key: missing, cut, unknown, expired and revoked ones cannot be told apart."""

    default_detail = "Send a valid key as “Authorization: Bearer imp_…”."
    auth_header = 'Bearer realm="listing sites"'


def refusal(error: Exception) -> HttpResponse | None:
    """Django's and DRF's refusals in our shape; None for anything else, which is a fault and goes on to the log."""
    if isinstance(error, Http404):
        return refused(NotFound("There is no such thing here for this key."))
    if isinstance(error, PermissionDenied):
        return refused(Forbidden())
    return refused(error) if isinstance(error, APIException) else None


def refused(error: APIException) -> HttpResponse:
    """The answer of a refusal."""
    response = HttpResponse(in_json({"error": _said(error)}), "application/json", error.status_code)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(METHODS)
    if header := getattr(error, "auth_header", None):
        response.headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        response.headers["Retry-After"] = f"{wait:.0f}"
    # Django would log the whole address, and a key that was put into it by mistake. The request log has what is needed.
    response._has_been_logged = True  # type: ignore[attr-defined] # Django's own mark, not in its stubs
    return response


def in_json(said: Any) -> bytes:
    """As DRF writes it."""
    written: bytes = JSONRenderer().render(said)
    return written


def _said(error: APIException) -> dict[str, Any]:
    if isinstance(error, ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {}
        message = "Some parameters cannot be understood. Nothing was done."
        return {"code": "invalid", "message": message, "fields": fields}
    said: dict[str, Any] = {"code": error.get_codes(), "message": str(error.detail)}
    if isinstance(error, Gone):
        said["code"] = "gone"
    if wait := getattr(error, "wait", None):
        said["retry_after"] = round(wait)
    return said

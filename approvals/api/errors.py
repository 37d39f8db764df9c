"""One shape for every refusal of the API: `{"error": {"code", "message", "fields"}}`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.exceptions import PermissionDenied as Forbidden
from rest_framework.response import Response
from rest_framework.views import exception_handler


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


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django's and DRF's refusals in our shape; anything else is a fault and goes on to the log."""
    if isinstance(error, Http404):
        error = NotFound("There is no such thing here for this key.")
    elif isinstance(error, PermissionDenied):
        error = Forbidden()
    response = exception_handler(error, context)
    if response is None or not isinstance(error, APIException):
        return response
    response.data = {"error": _said(error)}
    # Django would log the whole address, and a key that was put into it by mistake. The request log has what is needed.
    response._has_been_logged = True  # type: ignore[attr-defined] # Django's own mark, not in its stubs
    return response


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

"""Stored files as answers: never cached by others, never run."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from core import storage
from core.file_names import disposition
from core.web.requests import SignedIn

HEADERS = {
    "Cache-Control": "private, max-age=86400, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""A browser may keep its own copy for a day; nobody else may, and whatever it holds is never run."""


HANDED_OUT = {**HEADERS, "Cache-Control": "private, no-store"}
"""What was given to one person once is kept nowhere on the way, so that it is asked for, and noted, each time."""


def handed_out(data: bytes, media_type: str, attachment: str = "") -> HttpResponseBase:
    """Bytes for one person, now; under a name, as a download. No cache keeps them."""
    response = HttpResponse(data, media_type, headers=HANDED_OUT)
    if attachment:
        response["Content-Disposition"] = disposition(attachment)
    return response


def sent(request: SignedIn, sha256: str, media_type: str, attachment: str = "") -> HttpResponseBase:
    etag = f'"{sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or HttpResponse(storage.read(sha256), media_type)
    if attachment:
        response["Content-Disposition"] = disposition(attachment)
    for name, value in {**HEADERS, "ETag": etag}.items():
        response[name] = value
    return response

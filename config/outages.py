"""What people and machines are told while something that the portal needs is away: soon, in words, in their format.

Django calls `server_error` for whatever nobody expected, wherever it happened: in a view, a middleware, a template.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults
from django_htmx.http import reswap, retarget

from core import storage

AGAIN_AFTER = 10
"""Seconds that a machine is told to wait before it asks again."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
SAFE = "Nothing is lost: what was saved before is safe, and nothing was charged twice."


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no answer, in words that page, fragment and API share."""

    status: int
    code: str
    happened: str
    todo: str


AGAIN = "What you just sent was not saved. Wait a minute, go back, and send it again."
NO_DATABASE = Fault(503, "unavailable", "The portal’s database does not answer at the moment.", AGAIN)
NO_STORE = Fault(503, "unavailable", "The place where pictures are kept does not answer at the moment.", AGAIN)
NO_CACHE = Fault(503, "unavailable", "A part of the portal does not answer at the moment.", AGAIN)
NO_ROOM = Fault(
    507,
    "no_room",
    "The portal has run out of room.",
    "What you just sent was not saved. Tell an administrator that the disk is full, and send it again then.",
)
UNKNOWN = Fault(500, "error", "Something went wrong on our side.", "Try again later.")


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer for the exception that is being handled. Asks no database and no session: they may be what is away."""
    fault = fault_of(sys.exc_info()[1])
    if request.path.startswith("/api/"):
        said = {"code": fault.code, "message": f"{fault.happened} Nothing was changed. Try again later."}
        response: HttpResponse = JsonResponse({"error": said}, status=fault.status)
    elif fault is UNKNOWN:
        return HttpResponse(render_to_string("500.html"), status=fault.status)
    elif "HX-Request" in request.headers:
        words = {"title": fault.happened, "reason": f"{SAFE} {fault.todo}"}
        page = HttpResponse(render_to_string("components/refusal.html", words), status=fault.status)
        response = reswap(retarget(page, "#messages"), "innerHTML")
    else:
        whole = render_to_string("outage.html", {"fault": fault, "safe": SAFE})
        response = HttpResponse(whole, status=fault.status)
    response["Cache-Control"] = "private, no-store"
    if fault.status == 503:
        response["Retry-After"] = str(AGAIN_AFTER)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to what no view gets to see: a host that is not ours, text that is none, too much of something."""
    if not request.path.startswith("/api/"):
        return defaults.bad_request(request, exception)
    words = str(exception) if isinstance(exception, BadRequest) else "The request cannot be understood."
    said = {"code": "invalid", "message": f"{words} Nothing was done.", "fields": {}}
    return JsonResponse({"error": said}, status=400, headers={"Cache-Control": "private, no-store"})


def fault_of(error: BaseException | None) -> Fault:
    """What is behind an exception."""
    return next((fault for each in _chain(error) if (fault := _known(each))), UNKNOWN)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and those that it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__


def _known(error: BaseException) -> Fault | None:
    if (isinstance(error, OSError) and error.errno in FULL) or isinstance(error, storage.Full):
        return NO_ROOM
    if isinstance(error, storage.Unavailable):
        return NO_STORE
    if isinstance(error, OperationalError | InterfaceError):
        is_full = "disk is full" in str(error) or "No space left" in str(error)
        return NO_ROOM if is_full else NO_DATABASE
    if type(error).__module__.partition(".")[0] == "redis":  # comes with an extra, and only a cache in it is asked here
        return NO_CACHE
    return None

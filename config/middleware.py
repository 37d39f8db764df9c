"""What every request goes through: an id for the logs, no caching of private pages, refusals made answers."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import Resolver404, get_resolver
from django.utils import timezone
from django_htmx.http import reselect, reswap, retarget

from core import clock
from core.errors import Blocked, InvalidTransition
from core.web.requests import Htmx, asks_by_script, back

GetResponse = Callable[[HttpRequest], HttpResponseBase]

logger = structlog.get_logger("portal.request")

GOOD_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id(get_response: GetResponse) -> GetResponse:
    """Give the request an id (the caller's, when it is well formed), bind it to every log line, and send it back."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        current = given if GOOD_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=current):
            response = get_response(request)
            logger.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=round((time.perf_counter() - began) * 1000),
            )
        response["X-Request-ID"] = current
        return response

    return middleware


class CompressedPages(GZipMiddleware):
    """Pages a quarter as long on the way, to browsers that ask for it. Scripts and pictures have their own ways."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response


UTF8 = ("utf-8", "utf8", "us-ascii", "ascii")


def utf8_alone(get_response: GetResponse) -> GetResponse:
    """Browsers and sites send UTF-8. What says that it is something else may be no text at all to Python: 400."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        said = (request.content_params or {}).get("charset", "").lower()
        if said and said not in UTF8:
            raise BadRequest("Send text in UTF-8.")
        return get_response(request)

    return middleware


CALLED = "/api/v1"


def calls(get_response: GetResponse) -> GetResponse:
    """Sites that call go straight to the API: all that follows here is for people, their browsers and their pages."""
    addresses = get_resolver("approvals.api.urls")

    def middleware(request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith(f"{CALLED}/"):
            request.get_host()  # raises for one that is not ours
            try:
                view, _, values = addresses.resolve(path[len(CALLED) :])
            except Resolver404:
                return get_response(request)
            answer: HttpResponseBase = view(request, **values)
            return answer
        return get_response(request)

    return middleware


WATCHED = ("/healthz", "/readyz")
PUBLIC = "/originals/"


def nobodys_session(get_response: GetResponse) -> GetResponse:
    """Whoever watches the portal is told how it is, and not who they are: that would need the database.

    The public page is the same for everybody, and asks for no cookie and sets none.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path in WATCHED or request.path.startswith(PUBLIC):
            request.COOKIES = {}
        return get_response(request)

    return middleware


def no_store(get_response: GetResponse) -> GetResponse:
    """Whatever a signed-in person sees stays out of every cache, unless the view said otherwise."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def local_time(get_response: GetResponse) -> GetResponse:
    """Times are shown as they are where the person is who asks; to anybody else as they are where the team is."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = request.user.time_zone if request.user.is_authenticated else ""
        with timezone.override(clock.zone(chosen)):
            return get_response(request)

    return middleware


def no_nul(get_response: GetResponse) -> GetResponse:
    """A NUL in a page's address is nobody's wish, and PostgreSQL cannot look for one: 400. The API says so itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", "") and not request.path.startswith("/api/"):
            raise BadRequest("This address holds a character that no text has.")
        return get_response(request)

    return middleware


def htmx(get_response: GetResponse) -> GetResponse:
    """`request.htmx` is true where a fragment is asked for."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.htmx = Htmx(request)  # type: ignore[attr-defined] # as `SignedIn` says
        return get_response(request)

    return middleware


STATUSES: dict[type[Exception], int] = {PermissionDenied: 403, InvalidTransition: 409, Blocked: 422}


class Refusals:
    """The three ways the writers say no, each with its status and page. An htmx request gets a fragment."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        status = next((status for kind, status in STATUSES.items() if isinstance(exception, kind)), None)
        return None if status is None else refusal(request, exception, status)


def refusal(request: HttpRequest, exception: Exception, status: int) -> HttpResponse:
    """The page of the status. For htmx a notice in the page's `#messages`, so that the form keeps what was typed."""
    reason = str(exception)
    context = {
        "reason": reason,
        "exception": reason,
        "findings": getattr(exception, "findings", ()),
        "back": back(request),
    }
    if asks_by_script(request):
        response = render(request, "components/refusal.html", context, status=status)
        return reselect(reswap(retarget(response, "#messages"), "innerHTML"), "unset")
    return render(request, f"{status}.html", context, status=status)

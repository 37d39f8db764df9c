"""The request as every page gets it: somebody is signed in, htmx may be asking, and a form may be sent."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from core.models import User


class Htmx(HtmxDetails):
    """What htmx says of the request. A form that script posts in place of the browser asks for no fragment."""

    def __bool__(self) -> bool:
        return super().__bool__() and not self.boosted


def asks_by_script(request: HttpRequest) -> bool:
    """Whether the answer goes to a script, which keeps the page; to the browser itself it would replace it."""
    return "HX-Request" in request.headers


def back(request: HttpRequest) -> str:
    """The page of ours that the request came from, for a way back to it."""
    referer = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return referer if is_ours else "/"


class SignedIn(HttpRequest):
    """A request that the login and htmx middleware have seen."""

    user: User
    htmx: Htmx


takes_a_form = require_http_methods(["GET", "HEAD", "POST"])
"""For a page with a form of its own: it may be looked at, asked about without its body, and sent. The others are
`require_safe` and `require_POST`."""

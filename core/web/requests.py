"""The request as every page gets it: somebody is signed in, htmx may be asking, and a form may be sent."""

from __future__ import annotations

from django.http import HttpRequest
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from core.models import User


class SignedIn(HttpRequest):
    """A request that the login and htmx middleware have seen."""

    user: User
    htmx: HtmxDetails


takes_a_form = require_http_methods(["GET", "HEAD", "POST"])
"""For a page with a form of its own: it may be looked at, asked about without its body, and sent. The others are
`require_safe` and `require_POST`."""

"""The request as the library's pages get it: somebody is signed in, and htmx may be asking."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class SignedIn(HttpRequest):
    """A request that the login and htmx middleware have seen."""

    user: User
    htmx: HtmxDetails

"""Every address of the portal as its URL map says, whoever added it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

OTHERS = ("accounts/", "admin/")
"""Pages of allauth and of Django's admin, which are their authors' business."""
OURS = ("accounts/profile/",)
"""Pages of our own among them."""

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def routes() -> list[str]:
    """The patterns of all addresses that are the portal's own, in the order in which they are tried."""
    return [route for route in _walk(get_resolver().url_patterns, "") if route in OURS or not route.startswith(OTHERS)]


def address(route: str, filled: dict[str, Any]) -> str:
    """The address of a pattern with its parameters filled in."""
    return "/" + _PARAMETER.sub(lambda found: str(filled[found[1]]), route)


def parameters(route: str) -> list[str]:
    """The names of what a pattern leaves open."""
    return _PARAMETER.findall(route)


def _walk(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route

"""The navigation: which places there are, who sees which, and how many things wait there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from core.models import User

Viewer = User | AnonymousUser


@dataclass(frozen=True)
class Place:
    """One entry of the navigation: shown to whoever holds at least one of `rights`."""

    label: str
    url_name: str
    icon: str
    rights: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Other path prefixes whose pages belong to this place."""


NAVIGATION = (
    Place("Overview", "overview", "layout-dashboard", ("assets.view_asset",)),
    Place("Make", "generation:make", "wand-sparkles", ("generation.make_images",), ("/briefs/", "/outputs/")),
    Place("Library", "assets:library", "images", ("assets.view_asset",), ("/files/",)),
    Place("Review", "approvals:queue", "stamp", ("approvals.decide_review", "approvals.submit_version")),
    Place("Channels", "approvals:channels", "radio", ("approvals.manage_channels",)),
    Place("Spend", "generation:spend", "wallet", ("generation.manage_money",)),
    Place("Settings", "settings", "settings", ("core.view_user",)),
)


NAV_COUNTS: dict[str, str] = {
    "generation:make": "config.dashboard.overview.waiting_to_make",
    "approvals:queue": "config.dashboard.overview.waiting_to_review",
}
"""URL name of a place -> dotted path of a function that takes the user and returns how many things wait there."""


TAB_BAR_HOLDS = 5
"""Places that fit beside each other at the foot of a 390 px phone; with more, the last becomes "More"."""


@dataclass(frozen=True)
class Entry:
    """A place as one person sees it on one page."""

    place: Place
    url: str
    current: bool
    viewer: Viewer

    @cached_property
    def count(self) -> int:
        """How many things wait there for this person; 0 when nothing counts them."""
        path = NAV_COUNTS.get(self.place.url_name)
        if path is None:
            return 0
        counter: Callable[[Viewer], int] = import_string(path)
        return counter(self.viewer)


class Navigation:
    """The places one person may go, worked out only when a page draws them."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def entries(self) -> list[Entry]:
        viewer = self.request.user
        allowed = (place for place in NAVIGATION if any(viewer.has_perm(right) for right in place.rights))
        return [
            Entry(place, url, self._is_current(place, url), viewer)
            for place in allowed
            if (url := _url(place.url_name))
        ]

    @property
    def first(self) -> list[Entry]:
        """What stays beside each other on a phone."""
        return self.entries if len(self.entries) <= TAB_BAR_HOLDS else self.entries[: TAB_BAR_HOLDS - 1]

    @property
    def rest(self) -> list[Entry]:
        """What a phone keeps under "More"."""
        return self.entries[len(self.first) :]

    @property
    def home(self) -> str:
        return _url("overview") or "/"

    @property
    def search(self) -> str:
        """Where the search field sends its words; empty for who may not search."""
        return _url("assets:library") if self.request.user.has_perm("assets.view_asset") else ""

    def _is_current(self, place: Place, url: str) -> bool:
        path = self.request.path
        if url == self.home:
            return path == url
        return path.startswith((url, *place.also))


def navigation(request: HttpRequest) -> dict[str, Navigation]:
    """Context processor: `navigation` for base.html."""
    return {"navigation": Navigation(request)}


def _url(name: str) -> str:
    """The address of a page, or nothing when the app that serves it is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""

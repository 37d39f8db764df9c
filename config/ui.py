"""What every page shares: the navigation, the words for states, and how numbers and times are written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
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


PLACES = (
    Place("Overview", "overview", "layout-dashboard", ("assets.view_asset",)),
    Place("Make", "generation:make", "wand-sparkles", ("generation.make_images",), ("/briefs/", "/outputs/")),
    Place("Library", "assets:library", "images", ("assets.view_asset",), ("/files/",)),
    Place("Review", "approvals:queue", "stamp", ("approvals.decide_review", "approvals.submit_version")),
    Place("Channels", "approvals:channels", "radio", ("approvals.manage_channels",)),
    Place("Spend", "generation:spend", "wallet", ("generation.manage_money",)),
    Place("Settings", "settings", "settings", ("core.view_user",)),
)

NAV_COUNTS: dict[str, str] = {
    "generation:make": "config.overview.waiting_to_make",
    "approvals:queue": "config.overview.waiting_to_review",
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
        allowed = (place for place in PLACES if any(viewer.has_perm(right) for right in place.rights))
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


@dataclass(frozen=True)
class Status:
    """A state in words, with its icon and its tone: plain, ink, approved, waits, stops or informs."""

    word: str
    icon: str
    tone: str


STATUSES = {
    "draft": Status("Draft", "pencil-line", "plain"),
    "in_review": Status("In review", "eye", "informs"),
    "approved": Status("Approved", "stamp", "approved"),
    "changes_requested": Status("Changes requested", "message-circle-warning", "waits"),
    "rejected": Status("Rejected", "circle-x", "stops"),
    "withdrawn": Status("Withdrawn", "undo-2", "stops"),
    "retired": Status("Retired", "archive", "plain"),
    "queued": Status("Queued", "clock", "plain"),
    "sending": Status("Sending", "send", "informs"),
    "waiting": Status("At the provider", "hourglass", "informs"),
    "hand": Status("Waiting for a person", "hand", "waits"),
    "done": Status("Done", "check", "ink"),
    "partial": Status("Partly done", "circle-dashed", "waits"),
    "refused": Status("Refused", "ban", "stops"),
    "failed": Status("Failed", "octagon-x", "stops"),
    "unclear": Status("Unclear", "circle-question-mark", "waits"),
    "cancelled": Status("Cancelled", "circle-slash", "plain"),
    "new": Status("New", "sparkle", "informs"),
    "keeping": Status("Being kept", "hourglass", "informs"),
    "kept": Status("Kept", "check", "ink"),
    "discarded": Status("Discarded", "trash-2", "plain"),
    "open": Status("Waiting for a decision", "eye", "informs"),
    "settling": Status("Decided, can be undone", "hourglass", "informs"),
    "changes": Status("Changes requested", "message-circle-warning", "waits"),
    "live": Status("Live", "radio", "ink"),
    "paused": Status("Paused", "circle-pause", "waits"),
    "expired": Status("Expired", "calendar-x", "stops"),
    "yes": Status("Yes", "check", "plain"),
    "no": Status("No", "minus", "plain"),
    "unknown": Status("Unknown", "circle-question-mark", "waits"),
    "blocks": Status("Blocks", "octagon-x", "stops"),
    "warns": Status("Check", "triangle-alert", "waits"),
    "informs": Status("Met", "check", "approved"),
}


def status_of(state: str) -> Status:
    """The words for a state; one that is not listed shows its own name, plainly."""
    key = str(state).lower().replace("-", "_").replace(" ", "_")
    return STATUSES.get(key) or Status(key.replace("_", " ").capitalize(), "circle-dashed", "plain")


DEEDS = {
    "asset.renamed": "pencil-line",
    "brief.started": "wand-sparkles",
    "channel": "radio",
    "consent": "user-check",
    "job": "image",
    "key": "key-round",
    "licence": "scale",
    "output.discarded": "trash-2",
    "output.kept": "image-plus",
    "release": "radio",
    "release.withdrawn": "undo-2",
    "review": "stamp",
    "review.submitted": "send",
    "review.undone": "undo-2",
    "site": "globe",
    "template": "file-text",
    "version.created": "image-plus",
    "version.described": "captions",
    "version.marked": "tag",
    "version.retired": "archive",
    "version.shows": "user-check",
}
"""Action of a log entry, or the kind of thing it is about → icon."""


def icon_of(action: str) -> str:
    """The icon of something that was done. What nobody listed gets a plain dot."""
    return DEEDS.get(action) or DEEDS.get(action.partition(".")[0], "circle-dot")


SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def money(micros: int | None, currency: str = "USD") -> str:
    """An amount of micro-units (1 USD = 1,000,000) in words: cents from one unit up, every digit below it."""
    if micros is None:
        return "not known"
    units, rest = divmod(abs(micros), 1_000_000)
    if units:
        units, cents = divmod((abs(micros) + 5_000) // 10_000, 100)
        digits = f"{units:,}.{cents:02}"
    else:
        digits = f"0.{rest:06}".rstrip("0").ljust(4, "0")
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{'−' if micros < 0 else ''}{symbol}{digits}"


def bytesize(size: int | None) -> str:
    """A size in bytes, in decimal steps: 252 kB, 1.4 MB."""
    if size is None:
        return "not known"
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if amount >= 100 or unit == "bytes" else f"{amount:.1f} {unit}"


def percent(share: float | None) -> str:
    """A share of 1 as a whole per cent."""
    return "not known" if share is None else f"{share * 100:.0f} %"


STEPS = ((60, "min", 60), (3600, "h", 24), (86_400, "day", 14), (604_800, "week", 9), (2_629_800, "month", 24))
"""Seconds in the unit, its name, and how many of it are said before the next unit takes over."""


def relative(moment: datetime, now: datetime | None = None) -> str:
    """How far a moment is from now, in one rounded unit: "3 min ago", "in 2 days"."""
    seconds = (moment - (now or timezone.now())).total_seconds()
    if abs(seconds) < 45:
        return "just now"
    amount, unit = _in_one_unit(abs(seconds))
    if amount != 1 and unit not in {"min", "h"}:
        unit += "s"
    return f"in {amount} {unit}" if seconds > 0 else f"{amount} {unit} ago"


def _in_one_unit(seconds: float) -> tuple[int, str]:
    for size, unit, limit in STEPS:
        amount = max(1, round(seconds / size))
        if amount < limit:
            return amount, unit
    return round(seconds / 31_557_600), "year"


def tone_of(tags: str | Iterable[Any]) -> str:
    """The tone of a Django message from its level tag."""
    words = tags.split() if isinstance(tags, str) else list(tags)
    return "stops" if "error" in words else "waits" if "warning" in words else "informs"


def is_web_address(text: str) -> bool:
    """Whether a text that somebody typed may become a link: `javascript:` and its like may not."""
    return text.startswith(("https://", "http://"))

"""How sizes, shares and times are written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from core import clock

BACKTICKED = re.compile("`([^`]+)`")


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
    """A share of 1 as a whole percent."""
    return "not known" if share is None else f"{share * 100:.0f} %"


STEPS = ((60, "min", 60), (3600, "h", 24), (86_400, "day", 14), (604_800, "week", 9), (2_629_800, "month", 24))
"""Seconds in the unit, its name, and how many of it are said before the next unit takes over."""


def relative(moment: datetime, now: datetime | None = None) -> str:
    """How far a moment is from now, in one rounded unit: "3 min ago", "in 2 days"."""
    seconds = (moment - (now or clock.instant())).total_seconds()
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


def code_spans(words: str) -> SafeString:
    """Text, or HTML that is marked safe, with what stands between backticks as code."""
    return mark_safe(BACKTICKED.sub(r"<code>\1</code>", conditional_escape(words)))  # noqa: S308 - escaped

"""The time: now, today in a zone, and the one way to write both. Nothing else in the portal asks for the date.

What leases and deadlines go by is the database's clock, which all workers share. A day is always somebody's: rights end
with the day of their channel, money and models with the team's. A moment is shown in the zone of whoever reads it.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.utils import timezone

UTC = "UTC"
QUARTER = timedelta(minutes=15)
"""Every zone is whole quarters of an hour from UTC, so no day begins or ends within one."""
APART = timedelta(minutes=1)
"""How far the clocks of a portal's machines may lie apart."""


# Now


def now() -> datetime:
    """The time by the database's clock. An SQLite database lives on this machine and has no clock of its own."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def instant() -> datetime:
    """The time by this machine's clock, for whatever no other worker waits for."""
    return timezone.now()


def has_come(moment: datetime, longest: timedelta) -> bool:
    """Whether a moment is over that was set at most `longest` ahead: one still farther ahead came of a wrong clock."""
    at = instant()
    return not at < moment <= at + longest + APART


def come(field: str, longest: timedelta) -> Q:
    """Rows whose moment `has_come`."""
    at = instant()
    return Q(**{f"{field}__lte": at}) | Q(**{f"{field}__gt": at + longest + APART})


# Zones


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """The names of all zones, such as `America/Los_Angeles`."""
    return frozenset(zoneinfo.available_timezones())


def zone(name: str = "") -> ZoneInfo:
    """The zone of this name; the team's for none, and for one that this machine does not know."""
    return ZoneInfo(name if name in zones() else settings.TEAM_TIME_ZONE)


def check_zone(name: str) -> None:
    """A validator: the name is a zone's."""
    if name not in zones():
        raise ValidationError(f"“{name}” is not a time zone. Choose one from the list, such as America/Los_Angeles.")


# Days


def today(name: str = "") -> date:
    """The day that it is in a zone; the team's day without one."""
    return day_of(instant(), name)


def day_of(moment: datetime, name: str = "") -> date:
    """The day on which a moment fell in a zone; in the team's without one."""
    return moment.astimezone(zone(name)).date()


def days_elsewhere() -> Mapping[date, frozenset[str]]:
    """The one or two other days that it is somewhere now, each with the zones in which it is."""
    at = instant()
    begun = at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % QUARTER
    return _days_elsewhere(begun, settings.TEAM_TIME_ZONE)


@lru_cache(maxsize=4)
def _days_elsewhere(at: datetime, team: str) -> Mapping[date, frozenset[str]]:
    days: dict[date, set[str]] = {}
    for name in zones():
        days.setdefault(day_of(at, name), set()).add(name)
    days.pop(day_of(at, team))
    return {day: frozenset(names) for day, names in days.items()}


# Words


def written(when: date | datetime | None, name: str | None = None) -> str:
    """A day as “Nov 28, 2026”, a moment as “Nov 28, 2026, 9:14 AM PST” where its reader is, or in the zone named."""
    if when is None:
        return "no date"
    if not isinstance(when, datetime):
        return f"{short(when)}, {when.year}"
    local = timezone.localtime(when, None if name is None else zone(name))
    return f"{short(local)}, {local.year}, {hour(when, name)}"


def short(day: date) -> str:
    """A day of a year that is known: “Nov 28”."""
    return f"{day:%b} {day.day}"


def hour(moment: datetime | None, name: str | None = None) -> str:
    """A moment of a day that is known: “9:14 AM PST”."""
    if moment is None:
        return "no time"
    local = timezone.localtime(moment, None if name is None else zone(name))
    half = "AM" if local.hour < 12 else "PM"
    return f"{local.hour % 12 or 12}:{local.minute:02} {half} {_abbreviation(local)}"


def _abbreviation(local: datetime) -> str:
    """What people call the zone; how far it is from UTC where they have no name for it."""
    called = local.tzname() or ""
    return f"UTC{called}" if re.match(r"[+-]\d", called) else called

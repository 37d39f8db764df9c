"""What was spent, on what and with what result: the read side of money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from generation import catalogue, money
from generation.models import Budget, Job, JobState, LedgerEntry, Output, OutputState

TEAM = Q(budget__person=None, budget__listing=None)
"""Entries of the team's budget: every job has exactly one set of them, so sums over them count nothing twice."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one provider, person or listing cost in a month, and what came of it."""

    name: str
    spent: int
    jobs: int
    refused: int
    pictures: int
    kept: int

    @property
    def per_kept(self) -> int | None:
        """Micro-units for each picture that was kept; None while none was."""
        return self.spent // self.kept if self.kept else None


@dataclass(frozen=True, slots=True)
class Month:
    """The page of one month."""

    first: date
    budgets: tuple[Budget, ...]
    total: Row
    providers: tuple[Row, ...]
    people: tuple[Row, ...]
    listings: tuple[Row, ...]
    refusals: tuple[tuple[str, int], ...]
    unclear: int
    days: tuple[tuple[str, float, str], ...]

    @property
    def tables(self) -> tuple[tuple[str, tuple[Row, ...]], ...]:
        return (("By provider", self.providers), ("By person", self.people), ("By listing", self.listings))

    @property
    def kept_words(self) -> str:
        return f"{self.total.kept} kept"

    @property
    def refused_words(self) -> str:
        return f"{self.total.refused} refused"

    @property
    def before(self) -> date:
        return money.month_of(self.first - timedelta(days=1))

    @property
    def after(self) -> date | None:
        following = money.month_of(self.first + timedelta(days=32))
        return following if following <= money.month_of() else None


def month(first: date) -> Month:
    """What one month cost. Jobs count in the month in which they were started."""
    following = money.month_of(first + timedelta(days=32))
    jobs = Job.objects.filter(created_at__date__gte=first, created_at__date__lt=following)
    budgets = Budget.objects.filter(month=first).select_related("person", "listing")
    providers = [(key, catalogue.label(key)) for key in _distinct(jobs, "model__provider")]
    return Month(
        first=first,
        budgets=tuple(budgets),
        total=_row("All", jobs),
        providers=tuple(_row(name, jobs.filter(model__provider=key)) for key, name in providers),
        people=_people(jobs),
        listings=_listings(jobs),
        refusals=_refusals(jobs),
        unclear=jobs.filter(state=JobState.UNCLEAR).count(),
        days=tuple(_days(first)),
    )


def entries(first: date) -> QuerySet[LedgerEntry]:
    """The month's movements, newest first."""
    related = ("budget__person", "budget__listing", "job__model", "job__brief__asked_by", "job__brief__listing")
    moved = LedgerEntry.objects.filter(budget__month=first).exclude(reserved_micros=0, spent_micros=0)
    return moved.select_related(*related).order_by("-id")


def _row(name: str, jobs: QuerySet[Job]) -> Row:
    refused = Count("id", filter=Q(state=JobState.REFUSED))
    sums = jobs.aggregate(spent=Coalesce(Sum("settled_micros"), 0), jobs=Count("id"), refused=refused)
    outputs = Output.objects.filter(job__in=jobs.values("pk"))
    came = outputs.aggregate(pictures=Count("id"), kept=Count("id", filter=Q(state=OutputState.KEPT)))
    return Row(name, **sums, **came)


def _people(jobs: QuerySet[Job]) -> tuple[Row, ...]:
    asked = User.objects.filter(pk__in=jobs.values("brief__asked_by"))
    rows = [_row(user.get_full_name() or user.get_username(), jobs.filter(brief__asked_by=user)) for user in asked]
    return _dearest_first(rows)


def _listings(jobs: QuerySet[Job]) -> tuple[Row, ...]:
    groups = jobs.order_by().values_list("brief__listing", "brief__listing__reference").distinct()
    return _dearest_first([_row(name or "No listing", jobs.filter(brief__listing=pk)) for pk, name in groups])


def _dearest_first(rows: list[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.spent, -row.jobs)))


def _refusals(jobs: QuerySet[Job]) -> tuple[tuple[str, int], ...]:
    ended = jobs.filter(state__in=(JobState.REFUSED, JobState.FAILED)).order_by()
    kinds = ended.values_list("error_kind").annotate(count=Count("id")).order_by("-count")
    return tuple((kind.replace("_", " ") or "other", count) for kind, count in kinds)


def _days(first: date) -> Iterable[tuple[str, float, str]]:
    spent = (
        LedgerEntry.objects.filter(TEAM, budget__month=first)
        .values(day=F("at__date"))
        .annotate(micros=Sum("spent_micros"))
        .order_by("day")
    )
    for row in spent:
        if row["micros"]:
            amount = row["micros"] / 1_000_000
            yield f"{row['day']:%-d %b}", amount, f"${amount:.2f}"


def _distinct(jobs: QuerySet[Job], key: str) -> list[str]:
    return sorted(set(jobs.order_by().values_list(key, flat=True)))

"""What was spent, on what and with what result: the read side of money, in a number of queries that never grows.

A month is what its team budgets hold: every job has one set of entries there, so that sums over them count nothing
twice and are the ledger's own. A job that was sent again in a later month counts in both, with what each paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from statistics import median
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from assets.models.version import Status
from core import clock
from generation.catalogue import registry
from generation.models import Budget, Job, JobState, LedgerEntry, Output, OutputState
from generation.models.job import DOUBTFUL, ENDED
from generation.providers.errors import ErrorKind
from generation.spending import budgets as spending_budgets

TEAM = Q(budget__person=None, budget__listing=None, budget__campaign="")
MONTHS_SHOWN = 12
TO_SETTLE_SHOWN = 20
TIMED = 5_000
"""Jobs of a month, the newest, that say how long jobs take, those by hand among them left out: enough to tell, and the
same cost in a month of many."""
KEYS = {
    "by_provider": "model__provider",
    "by_model": "model__name",
    "by_person": "brief__asked_by",
    "by_display_name": "brief__asked_by__display_name",
    "by_username": "brief__asked_by__username",
    "by_listing": "brief__listing",
    "by_reference": "brief__listing__reference",
    "by_template": "brief__revision__template",
    "by_template_name": "brief__revision__template__name",
    "by_campaign": "brief__campaign",
}
"""What jobs are told apart by → where a job knows it from."""

MonthFigures = Mapping[str, Any]
Bars = list[tuple[str, float, str]]
"""As the charts take them: label, number, the number in words."""


@dataclass(slots=True)
class BreakdownRow:
    """What one provider, model, person, listing, template or campaign cost, and what came of it."""

    name: str
    spent: int = 0
    jobs: int = 0
    ended: int = 0
    refused: int = 0
    partial: int = 0
    pictures: int = 0
    kept: int = 0
    approved: int = 0
    wait: int | None = None
    """Seconds that half of its jobs took at most; None where people make the pictures, or none came."""
    long_wait: int | None = None
    """Seconds that nine in ten took at most."""

    @property
    def spent_units(self) -> Decimal:
        return Decimal(self.spent) / 1_000_000

    @property
    def per_kept(self) -> Decimal | None:
        """Whole units for each picture that was kept; None while none was."""
        return self.spent_units / self.kept if self.kept else None

    @property
    def per_approved(self) -> Decimal | None:
        """Whole units for each picture that stands approved today; None while none does."""
        return self.spent_units / self.approved if self.approved else None

    @property
    def acceptance(self) -> float | None:
        """The share of its pictures that was kept."""
        return self.kept / self.pictures if self.pictures else None

    @property
    def refusal(self) -> float | None:
        """The share of the jobs that ended which its provider refused."""
        return self.refused / self.ended if self.ended else None

    def add_jobs(self, state: str, count: int) -> None:
        self.jobs += count
        self.ended += count * (state in ENDED and state != JobState.CANCELED)
        self.refused += count * (state == JobState.REFUSED)
        self.partial += count * (state == JobState.PARTIAL)

    def add_outputs(self, state: str, status: str | None, count: int) -> None:
        self.pictures += count
        self.kept += count * (state == OutputState.KEPT)
        self.approved += count * (status == Status.APPROVED)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One way to look at a month: its rows, dearest first."""

    key: str
    label: str
    rows: tuple[BreakdownRow, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """The page of one month, in one currency."""

    first: date
    currency: str
    budgets: tuple[Budget, ...]
    total: BreakdownRow
    breakdowns: tuple[Breakdown, ...]
    errors: Bars
    days: Bars
    months: Bars
    partial: int
    """How often one model brought some of the pictures that a brief asked of it, and not all."""
    doubtful: tuple[Job, ...]
    """Jobs whose quote was booked, since what their provider says of the cost cannot be meant."""
    unclear: tuple[Job, ...]
    """Of whatever month: they count as spent until somebody settles them."""

    @property
    def team(self) -> Budget | None:
        return next((budget for budget in self.budgets if budget.is_team), None)

    @property
    def per_approved(self) -> Bars:
        """Providers whose pictures were approved, cheapest first."""
        rows = [(row.name, row.per_approved) for row in self.breakdowns[0].rows]
        known = sorted(((name, cost) for name, cost in rows if cost is not None), key=lambda pair: pair[1])
        return [(name, float(cost), self._each(cost)) for name, cost in known]

    @property
    def spent_words(self) -> str:
        return _amount(self.total.spent, self.currency)

    @property
    def of_limit(self) -> str:
        return f"of {_amount(self.team.limit_micros, self.currency)} for the team" if self.team else "without a budget"

    @property
    def came_words(self) -> str:
        return f"from {_count(self.total.jobs, 'job')}"

    @property
    def per_kept_words(self) -> str:
        return self._each(self.total.per_kept)

    @property
    def kept_words(self) -> str:
        return f"{self.total.kept} kept"

    @property
    def per_approved_words(self) -> str:
        return self._each(self.total.per_approved)

    @property
    def approved_words(self) -> str:
        return f"{self.total.approved} approved"

    @property
    def acceptance_words(self) -> str:
        return _share(self.total.acceptance)

    @property
    def refusal_words(self) -> str:
        return _share(self.total.refusal)

    @property
    def partial_words(self) -> str:
        if not self.partial:
            return ""
        return f"{_count(self.partial, 'answer')} came in part, with some pictures missing"

    def _each(self, cost: Decimal | None) -> str:
        return "–" if cost is None else _amount(round(cost * 1_000_000), self.currency)

    @property
    def timed_words(self) -> str:
        """Which jobs the times are of, where they are not of all."""
        return f"times of the newest {TIMED:,} jobs" if self.total.jobs > TIMED else ""

    @property
    def is_empty(self) -> bool:
        return not self.total.jobs

    @property
    def moved(self) -> bool:
        """Whether money was spent on any day, so that there is something to draw."""
        return any(number for _, number, _ in self.days)

    @property
    def before(self) -> date:
        return spending_budgets.month_of(self.first - timedelta(days=1))

    @property
    def after(self) -> date | None:
        following = next_month(self.first)
        return following if following <= spending_budgets.month_of() else None


Namer = Callable[[MonthFigures], tuple[object, str]]


BREAKDOWNS: tuple[tuple[str, str, Namer], ...] = (
    ("provider", "Providers", lambda key: (key["by_provider"], registry.label(key["by_provider"]))),
    ("model", "Models", lambda key: ((key["by_provider"], key["by_model"]), key["by_model"])),
    ("person", "People", lambda key: (key["by_person"], key["by_display_name"] or key["by_username"])),
    ("listing", "Listings", lambda key: (key["by_listing"], key["by_reference"] or "No listing")),
    ("template", "Templates", lambda key: (key["by_template"], key["by_template_name"] or "Custom prompt")),
    ("campaign", "Campaigns", lambda key: (key["by_campaign"], key["by_campaign"] or "No campaign")),
)
"""`(key, label, what a job's facts say it belongs to and how that is called)` of each way to look at a month."""


def month(first: date, currency: str = "USD") -> Month:
    """What one month cost and what came of it."""
    held = LedgerEntry.objects.filter(TEAM, budget__month=first, budget__currency=currency)
    jobs = Job.objects.filter(pk__in=held.order_by().values("job")).order_by()
    spent = list(held.order_by().values(**_keys("job__")).annotate(spent=Sum("spent_micros")))
    states = list(jobs.values("state", **_keys()).annotate(count=Count("id")))
    outputs = list(_outputs(jobs))
    waits = _waits(jobs)
    (total,) = _rows(lambda key: ("all", "All"), spent, states, outputs, waits)[:1] or (BreakdownRow("All"),)
    return Month(
        first=first,
        currency=currency,
        budgets=tuple(budget for budget in budgets(first) if budget.currency == currency),
        total=total,
        breakdowns=tuple(
            Breakdown(key, label, _rows(namer, spent, states, outputs, waits)) for key, label, namer in BREAKDOWNS
        ),
        errors=_errors(jobs),
        days=list(_days(first, held, currency)),
        months=_months(first, currency),
        partial=_partial(jobs),
        doubtful=tuple(doubtful()[:TO_SETTLE_SHOWN]),
        unclear=tuple(unclear()[:TO_SETTLE_SHOWN]),
    )


def unclear() -> QuerySet[Job]:
    """Jobs that nobody knows the outcome of, oldest first."""
    return _to_settle().filter(state=JobState.UNCLEAR)


def doubtful() -> QuerySet[Job]:
    """Jobs with a cost that somebody has to look at, oldest first."""
    return _to_settle().filter(cost_basis=DOUBTFUL).exclude(state=JobState.UNCLEAR)


def _to_settle() -> QuerySet[Job]:
    return Job.objects.lean().select_related("model", "brief__asked_by").order_by("finished_at", "id")


def entries(first: date, currency: str | None = None) -> QuerySet[LedgerEntry]:
    """The month's movements, newest first."""
    related = ("budget__person", "budget__listing", "job__model", "job__brief__asked_by", "job__brief__listing")
    moved = LedgerEntry.objects.filter(budget__month=first).exclude(reserved_micros=0, spent_micros=0)
    if currency is not None:
        moved = moved.filter(budget__currency=currency)
    return moved.select_related(*related).defer("job__raw").order_by("-id")


def budgets(first: date) -> list[Budget]:
    """The budgets of a month, the team's first; this month's before it is opened, too."""
    if first == spending_budgets.month_of():
        return spending_budgets.this_month()
    held = Budget.objects.filter(month=first).select_related("person", "listing").order_by("id")
    return sorted(held, key=lambda budget: not budget.is_team)


def currencies(first: date) -> list[str]:
    """Those in which the month has budgets."""
    return sorted({budget.currency for budget in budgets(first)})


def next_month(first: date) -> date:
    return spending_budgets.month_of(first + timedelta(days=32))


def _keys(prefix: str = "") -> dict[str, F]:
    return {name: F(prefix + path) for name, path in KEYS.items()}


def _outputs(jobs: QuerySet[Job]) -> Iterable[MonthFigures]:
    pictures = Output.objects.filter(job__in=jobs.values("pk")).order_by()
    return pictures.values("state", **_keys("job__"), status=F("version__status")).annotate(count=Count("id"))


def _rows(
    namer: Namer,
    spent: Iterable[MonthFigures],
    states: Iterable[MonthFigures],
    outputs: Iterable[MonthFigures],
    waits: Mapping[Any, Any],
) -> tuple[BreakdownRow, ...]:
    """Add up what belongs together, dearest first."""
    rows: dict[object, BreakdownRow] = {}
    times: dict[object, list[float]] = defaultdict(list)

    def row(facts: MonthFigures) -> BreakdownRow:
        key, name = namer(facts)
        return rows.setdefault(key, BreakdownRow(name))

    for facts in spent:
        row(facts).spent += facts["spent"]
    for facts in states:
        row(facts).add_jobs(facts["state"], facts["count"])
    for facts in outputs:
        row(facts).add_outputs(facts["state"], facts["status"], facts["count"])
    for known, seconds in waits.items():
        times[namer(dict(zip(KEYS, known, strict=True)))[0]].extend(seconds)
    for key, seconds in times.items():
        rows[key].wait, rows[key].long_wait = round(median(seconds)), round(_ninth_tenth(seconds))
    return tuple(sorted(rows.values(), key=lambda row: (-row.spent, -row.jobs, row.name)))


def _waits(jobs: QuerySet[Job]) -> dict[tuple[Any, ...], list[float]]:
    """Seconds from sending to the pictures, of the newest jobs that a provider finished by itself."""
    finished = jobs.filter(state__in=(JobState.DONE, JobState.PARTIAL), started_at__lte=F("finished_at"))
    waits: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    newest = finished.order_by("-finished_at", "id")[:TIMED]
    for *key, began, ended in newest.values_list(*KEYS.values(), "started_at", "finished_at").iterator():
        if not registry.is_by_hand(key[0]):
            waits[tuple(key)].append((ended - began).total_seconds())
    return waits


def _ninth_tenth(seconds: list[float]) -> float:
    return sorted(seconds)[ceil(len(seconds) * 0.9) - 1]


def _errors(jobs: QuerySet[Job]) -> Bars:
    ended = jobs.filter(state__in=(JobState.REFUSED, JobState.FAILED, JobState.UNCLEAR))
    kinds = ended.values_list("error_kind").annotate(count=Count("id")).order_by("-count", "error_kind")
    return [(_kind_label(kind), count, str(count)) for kind, count in kinds]


def _kind_label(kind: str) -> str:
    return ErrorKind(kind).label.lower() if kind else "other"


def _partial(jobs: QuerySet[Job]) -> int:
    came = Count("id", filter=Q(state__in=(JobState.DONE, JobState.PARTIAL)))
    lost = Count("id", filter=Q(state__in=(JobState.PARTIAL, JobState.REFUSED, JobState.FAILED, JobState.UNCLEAR)))
    pairs = jobs.values("brief", "model").annotate(came=came, lost=lost)
    return pairs.filter(came__gt=0, lost__gt=0).count()


def _days(first: date, held: QuerySet[LedgerEntry], currency: str) -> Iterator[tuple[str, float, str]]:
    """Every day of the month up to today."""
    sums = held.order_by().values_list(TruncDate("at", tzinfo=clock.zone())).annotate(micros=Sum("spent_micros"))
    spent: dict[date, int] = dict(sums)
    # What a later day corrects belongs to the month whose budget holds it, so it is shown on that month's last day.
    last = next_month(first) - timedelta(days=1)
    late = sum(micros for day, micros in spent.items() if day > last)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        micros = spent.get(day, 0) + (late if day == last else 0)
        yield f"{clock.short(day)}", max(micros, 0) / 1_000_000, _amount(micros, currency)


def _months(first: date, currency: str) -> Bars:
    """The months up to this one, from the first that has a budget."""
    team = Budget.objects.filter(spending_budgets.TEAM, currency=currency, month__lte=first)
    spent = dict(team.order_by("-month").values_list("month", "spent_micros")[:MONTHS_SHOWN])
    shown = [first]
    while len(shown) < MONTHS_SHOWN and spent and min(spent) < shown[-1]:
        shown.append(spending_budgets.month_of(shown[-1] - timedelta(days=1)))
    amounts = [(month, spent.get(month, 0)) for month in reversed(shown)]
    return [(f"{month:%b %y}", micros / 1_000_000, _amount(micros, currency)) for month, micros in amounts]


def _amount(micros: int, currency: str) -> str:
    amount = f"{abs(micros) / 1_000_000:,.2f}"
    return f"{'−' if micros < 0 else ''}{'$' if currency == 'USD' else currency + ' '}{amount}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"

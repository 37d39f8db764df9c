"""Money that is reserved before it is spent: budgets, and the ledger that says where it went.

Every movement is one conditional UPDATE of each budget a job falls under, in the order of their ids, and one ledger
entry beside it, in the caller's transaction. Amounts are micro-units of a currency (1 USD = 1,000,000).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F, Max, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from assets.models import Listing
from core import audit
from core.errors import Blocked, Finding
from core.models import User
from generation import alerts
from generation.models import Brief, Budget, EntryKind, Job, LedgerEntry

MANAGE = "generation.manage_money"
TEAM = Q(person=None, listing=None, campaign="")
"""The one budget of a month and currency that everything falls under."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one budget holds for one job: reserved, and spent."""

    budget_id: int
    reserved: int
    spent: int


def month_of(day: date | None = None) -> date:
    """The first day of the month."""
    return (day or timezone.localdate()).replace(day=1)


def this_month(currency: str = "USD") -> list[Budget]:
    """The month's budgets, the team's first. A look opens no month: until something does, they are as it will begin."""
    month = month_of()
    found = list(Budget.objects.filter(month=month).select_related("person", "listing").order_by("id"))
    if not any(budget.is_team and budget.currency == currency for budget in found):
        known = {budget.slot for budget in found}
        found += [budget for budget in _beginning(month, currency) if budget.slot not in known]
    return sorted(found, key=lambda budget: not budget.is_team)


def covering(person: User, listing: Listing | None, currency: str, campaign: str = "") -> list[Budget]:
    """This month's budgets that must hold what a person spends; a look, which opens no month."""
    found = list(_covering(person, listing, currency, campaign))
    if any(budget.is_team for budget in found):
        return found
    scopes = {
        (None, None, ""),
        (person.pk, None, ""),
        (None, listing.pk if listing else None, ""),
        (None, None, campaign),
    }
    looked = [budget for budget in this_month(currency) if budget.currency == currency]
    return [budget for budget in looked if (budget.person_id, budget.listing_id, budget.campaign) in scopes]


def budgets_for(person: User, listing: Listing | None, currency: str, campaign: str = "") -> list[Budget]:
    """This month's budgets that must hold what a person spends, in the order in which they are locked.

    The team's is made when a month begins, so that nothing is ever spent outside a budget.
    """
    budgets = _covering(person, listing, currency, campaign)
    found = list(budgets)
    if not any(budget.is_team for budget in found):
        _open_month(month_of(), currency)
        found = list(budgets.all())
    return found


def campaigns() -> list[str]:
    """Those that have a budget this month."""
    named = Budget.objects.filter(month=month_of()).exclude(campaign="")
    return sorted(set(named.values_list("campaign", flat=True)))


def reserve(job: Job, brief: Brief, micros: int) -> None:
    """Set the price aside in every budget that covers the job. Raises Blocked, which must end the transaction."""
    _check_transaction()
    for budget in budgets_for(brief.asked_by, brief.listing, job.currency, brief.campaign):
        holds = Q(limit_micros__gte=F("reserved_micros") + F("spent_micros") + micros)
        is_free = Q() if micros == 0 else holds
        changed = Budget.objects.filter(is_free, pk=budget.pk).update(reserved_micros=F("reserved_micros") + micros)
        if not changed:
            raise Blocked([_over(Budget.objects.get(pk=budget.pk), micros)])
        _enter(budget.pk, job, EntryKind.RESERVE, micros, 0, "")
        alerts.look(budget.pk)


def is_reserved(job: Job) -> bool:
    """Whether anything is set aside for the job."""
    return any(held.reserved for held in _held(job))


def settle(job: Job, micros: int, words: str = "") -> None:
    """Turn what is set aside for the job into what was really spent, even where that is more than was set aside."""
    for held in _held(job):
        if held.reserved or micros:
            _move(held.budget_id, job, EntryKind.SETTLE, -held.reserved, micros, words)


def release(job: Job, words: str = "") -> None:
    """Give back what is set aside for the job."""
    for held in _held(job):
        if held.reserved:
            _move(held.budget_id, job, EntryKind.RELEASE, -held.reserved, 0, words)


def correct(job: Job, micros: int, words: str) -> None:
    """Change what was booked as spent by this much, up or down, once it is known better."""
    for held in _held(job):
        if micros:
            _move(held.budget_id, job, EntryKind.CORRECT, 0, max(micros, -held.spent), words)


def check_manager(by: User) -> None:
    """Raise PermissionDenied for whoever does not manage money."""
    if not by.has_perm(MANAGE):
        raise PermissionDenied("Budgets, plans and unclear charges are for people who manage money.")


def open_budget(budget: Budget, by: User) -> Budget:
    """Open an unsaved budget of this month. Raises Blocked when its scope has one already."""
    check_manager(by)
    with transaction.atomic():
        _open_month(budget.month, budget.currency)
        if Budget.objects.filter(**_scope(budget), month=budget.month, currency=budget.currency).exists():
            raise Blocked([Finding("budget_exists", f"{budget.scope} has a budget for this month: change that one.")])
        budget.save(force_insert=True)
        audit.record(by, "budget.opened", budget, _said(budget), limit_micros=budget.limit_micros)
    return budget


def set_limit(budget: Budget, limit_micros: int, by: User, *, repeats: bool | None = None) -> Budget:
    """Change what may be spent. Lower than what is spent already is allowed: it only stops what comes."""
    check_manager(by)
    with transaction.atomic():
        budget = _opened(budget)
        more = {} if repeats is None else {"repeats": repeats}
        Budget.objects.filter(pk=budget.pk).update(limit_micros=limit_micros, **more)
        budget.refresh_from_db()
        alerts.look(budget.pk)
        audit.record(by, "budget.set", budget, _said(budget), limit_micros=limit_micros)
    return budget


def differences() -> list[str]:
    """Where a budget's figures are not the sums of its ledger entries, in sentences; empty when all adds up."""
    sums = {
        row["budget"]: (row["reserved"], row["spent"])
        for row in LedgerEntry.objects.values("budget")
        .annotate(reserved=Sum("reserved_micros"), spent=Sum("spent_micros"))
        .order_by()
    }
    problems = []
    for budget in Budget.objects.select_related("person", "listing"):
        row, entries = (budget.reserved_micros, budget.spent_micros), sums.get(budget.pk, (0, 0))
        if row != entries:
            said = f"the row says {row[0]} reserved and {row[1]} spent"
            problems.append(f"{budget}: {said}, its entries say {entries[0]} and {entries[1]}.")
    return problems


def _covering(person: User, listing: Listing | None, currency: str, campaign: str) -> QuerySet[Budget]:
    scope = TEAM | Q(person=person)
    if listing is not None:
        scope |= Q(listing=listing)
    if campaign:
        scope |= Q(campaign=campaign)
    return Budget.objects.filter(scope, month=month_of(), currency=currency).order_by("id")


def _beginning(month: date, currency: str) -> list[Budget]:
    """How a month begins: with the limits of the one before that repeat, and with the team's in any case."""
    earlier = Budget.objects.filter(month__lt=month, currency=currency)
    last = earlier.aggregate(month=Max("month"))["month"]
    repeating = earlier.filter(month=last, repeats=True).exclude(person__is_active=False)
    rows = [
        Budget(**_scope(budget), month=month, currency=currency, limit_micros=budget.limit_micros)
        for budget in repeating.select_related("person", "listing")
    ]
    if not any(row.is_team for row in rows):
        rows.append(Budget(month=month, currency=currency, limit_micros=settings.TEAM_BUDGET_USD * 1_000_000))
    return rows


def _open_month(month: date, currency: str) -> None:
    # The month may begin for two people at once: the second insert changes nothing and finds the first one's rows.
    Budget.objects.bulk_create(_beginning(month, currency), ignore_conflicts=True)


def _opened(budget: Budget) -> Budget:
    """The row of a budget that was looked at, maybe before its month was open."""
    if not budget._state.adding:
        return budget
    _open_month(budget.month, budget.currency)
    return Budget.objects.get(**_scope(budget), month=budget.month, currency=budget.currency)


def _scope(budget: Budget) -> dict[str, Any]:
    return {"person": budget.person, "listing": budget.listing, "campaign": budget.campaign}


def _said(budget: Budget) -> str:
    amount = f"{budget.limit_micros / 1_000_000:.2f} {budget.currency}"
    return f"{budget.scope} may spend {amount} in {budget.month:%B %Y}."


def _held(job: Job) -> list[Held]:
    """What the budgets of the job's last reservation hold for it. Those of an earlier month are closed to it."""
    entries = LedgerEntry.objects.filter(job=job)
    month = entries.filter(kind=EntryKind.RESERVE).order_by("-id").values("budget__month")[:1]
    rows = (
        entries.filter(budget__month=Subquery(month))
        .values("budget")
        .annotate(reserved=Sum("reserved_micros"), spent=Sum("spent_micros"))
        .order_by("budget")
    )
    return [Held(row["budget"], row["reserved"], row["spent"]) for row in rows]


def _move(budget_id: int, job: Job, kind: EntryKind, reserved: int, spent: int, words: str) -> None:
    _check_transaction()
    Budget.objects.filter(pk=budget_id).update(
        reserved_micros=F("reserved_micros") + reserved, spent_micros=F("spent_micros") + spent
    )
    _enter(budget_id, job, kind, reserved, spent, words)
    if reserved + spent > 0:
        alerts.look(budget_id)


def _enter(budget_id: int, job: Job, kind: EntryKind, reserved: int, spent: int, words: str) -> None:
    LedgerEntry.objects.create(
        budget_id=budget_id, job=job, kind=kind, reserved_micros=reserved, spent_micros=spent, words=words[:300]
    )


def _check_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("Money moves in the transaction of the change that it pays for.")


def _over(budget: Budget, micros: int) -> Finding:
    left = max(budget.left_micros, 0) / 1_000_000
    words = (
        f"{budget.scope} has {budget.currency} {left:.2f} left for {budget.month:%B %Y}, and this needs up to "
        f"{budget.currency} {micros / 1_000_000:.2f}. Nothing was sent. Choose fewer pictures, a lower quality or a "
        "cheaper model, or ask a manager to raise the budget."
    )
    return Finding("over_budget", words, field="models")

"""Money that is reserved before it is spent, and the ledger that says where it went. It knows ids and amounts.

Every movement is one conditional UPDATE of each budget a job falls under, in the order of their ids, and one ledger
entry beside it, in the caller's transaction. Amounts are micro-units of a currency (1 USD = 1,000,000).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, Subquery, Sum

from core.errors import Blocked, Finding
from generation.models import Budget, EntryKind, LedgerEntry
from generation.spending import alerts


@dataclass(frozen=True, slots=True)
class Held:
    """What one budget holds for one job: reserved, and spent."""

    budget_id: int
    reserved: int
    spent: int


def reserve(job_id: UUID, micros: int, *, covering: Iterable[Budget]) -> None:
    """Set the price aside in every budget that covers the job. Raises Blocked, which must end the transaction."""
    _check_transaction()
    for budget in covering:
        holds = Q(limit_micros__gte=F("reserved_micros") + F("spent_micros") + micros)
        is_free = Q() if micros == 0 else holds
        changed = Budget.objects.filter(is_free, pk=budget.pk).update(reserved_micros=F("reserved_micros") + micros)
        if not changed:
            raise Blocked([_over(Budget.objects.get(pk=budget.pk), micros)])
        _enter(budget.pk, job_id, EntryKind.RESERVE, micros, 0, "")
        alerts.look(budget.pk)


def settle(job_id: UUID, micros: int, words: str = "") -> bool:
    """Turn what is set aside for the job into what was really spent, even where that is more than was set aside.

    Returns whether anything was set aside; where nothing was, nothing moves.
    """
    held = _held(job_id)
    is_reserved = any(each.reserved for each in held)
    for each in held if is_reserved else ():
        if each.reserved or micros:
            _move(each.budget_id, job_id, EntryKind.SETTLE, -each.reserved, micros, words)
    return is_reserved


def give_back(job_id: UUID, words: str = "") -> bool:
    """Give back what is set aside for the job. Returns whether anything was."""
    reserved = [each for each in _held(job_id) if each.reserved]
    for each in reserved:
        _move(each.budget_id, job_id, EntryKind.GIVE_BACK, -each.reserved, 0, words)
    return bool(reserved)


def spent_on(job_id: UUID) -> int:
    """What can still be taken back of what the job cost: the least that any budget of its last reservation holds."""
    return min((held.spent for held in _held(job_id)), default=0)


def correct(job_id: UUID, micros: int, words: str) -> None:
    """Change what was booked as spent by this much, up or down, once it is known better."""
    for held in _held(job_id):
        if micros:
            _move(held.budget_id, job_id, EntryKind.CORRECT, 0, max(micros, -held.spent), words)


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


def _held(job_id: UUID) -> list[Held]:
    """What the budgets of the job's last reservation hold for it. Those of an earlier month are closed to it."""
    entries = LedgerEntry.objects.filter(job=job_id)
    month = entries.filter(kind=EntryKind.RESERVE).order_by("-id").values("budget__month")[:1]
    rows = (
        entries.filter(budget__month=Subquery(month))
        .values("budget")
        .annotate(reserved=Sum("reserved_micros"), spent=Sum("spent_micros"))
        .order_by("budget")
    )
    return [Held(row["budget"], row["reserved"], row["spent"]) for row in rows]


def _move(budget_id: int, job_id: UUID, kind: EntryKind, reserved: int, spent: int, words: str) -> None:
    _check_transaction()
    Budget.objects.filter(pk=budget_id).update(
        reserved_micros=F("reserved_micros") + reserved, spent_micros=F("spent_micros") + spent
    )
    _enter(budget_id, job_id, kind, reserved, spent, words)
    if reserved + spent > 0:
        alerts.look(budget_id)


def _enter(budget_id: int, job_id: UUID, kind: EntryKind, reserved: int, spent: int, words: str) -> None:
    LedgerEntry.objects.create(
        budget_id=budget_id, job_id=job_id, kind=kind, reserved_micros=reserved, spent_micros=spent, words=words[:300]
    )


def _check_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("Money moves in the transaction of the change that it pays for.")


def _over(budget: Budget, micros: int) -> Finding:
    left = max(budget.left_micros, 0) / 1_000_000
    words = (
        f"{budget.scope} has {budget.currency} {left:.2f} left for {budget.month:%B %Y}, and this needs up to "
        f"{budget.currency} {micros / 1_000_000:.2f}. Nothing was sent. Choose fewer pictures, a lower quality, or a "
        "cheaper model, or ask a manager to raise the budget."
    )
    return Finding("over_budget", words, field="models")

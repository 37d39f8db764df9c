"""Plans and free credits: what is paid to a provider besides prices, or given by it, and what is left of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import TruncDate

from core import audit, clock
from core.audit import Change
from core.models import User
from generation.catalogue import registry
from generation.models import LedgerEntry, Plan, PlanKind
from generation.spending import budgets


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plan or credit stands in a month. Micro-units of its currency."""

    plan: Plan
    label: str
    """Its provider's name."""
    costs: int
    """What the plan itself costs in the month."""
    used: int | None
    """How much of a credit was charged against it until the month's end; None for a plan."""

    @property
    def left(self) -> int | None:
        return None if self.used is None else self.plan.amount_micros - self.used

    @property
    def has_ended(self) -> bool:
        return self.plan.ends_on is not None and self.plan.ends_on < clock.today()


def in_month(first: date, currency: str = "USD") -> list[Standing]:
    """The plans and credits of one month."""
    last = budgets.month_of(first + timedelta(days=32)) - timedelta(days=1)
    plans = Plan.objects.filter(Q(ends_on=None) | Q(ends_on__gte=first), starts_on__lte=last, currency=currency)
    charged = _charged(currency, last) if any(plan.kind == PlanKind.CREDIT for plan in plans) else {}
    return [_standing(plan, charged) for plan in plans]


def add(plan: Plan, *, by: User) -> Plan:
    """Note an unsaved plan or credit."""
    budgets.check_manager(by)
    with transaction.atomic():
        plan.save(force_insert=True)
        audit.record(by, "plan.added", Change.made(plan), _said(plan, f"since {clock.written(plan.starts_on)}"))
    return plan


def end(plan: Plan, *, by: User) -> Plan:
    """Today is the last day of a plan or credit."""
    budgets.check_manager(by)
    with transaction.atomic():
        held = Plan.objects.select_for_update().get(pk=plan.pk)
        last = max(clock.today(), held.starts_on)
        change = audit.write(held, ends_on=last)
        if change:
            audit.record(by, "plan.ended", change, _said(held, f"until {clock.written(last)}"))
    return held


def _standing(plan: Plan, charged: dict[tuple[str, date], int]) -> Standing:
    label = registry.label(plan.provider)
    if plan.kind == PlanKind.MONTHLY:
        return Standing(plan, label, plan.amount_micros, None)
    ours = sum(
        micros
        for (provider, day), micros in charged.items()
        if provider == plan.provider and plan.starts_on <= day and (plan.ends_on is None or day <= plan.ends_on)
    )
    return Standing(plan, label, 0, min(max(ours, 0), plan.amount_micros))


def _charged(currency: str, last: date) -> dict[tuple[str, date], int]:
    """What each provider charged on each day, up to a last one."""
    team = {f"budget__{name}": value for name, value in (("person", None), ("listing", None), ("campaign", ""))}
    entries = LedgerEntry.objects.filter(**team, budget__currency=currency).order_by()
    of_day = entries.annotate(day=TruncDate("at", tzinfo=clock.zone())).filter(day__lte=last)
    sums = of_day.values("day", provider=F("job__model__provider")).annotate(micros=Sum("spent_micros"))
    return {(row["provider"], row["day"]): row["micros"] for row in sums}


def _said(plan: Plan, when: str) -> str:
    each = " a month" if plan.kind == PlanKind.MONTHLY else " of free credit"
    return f"{plan.name}, {plan.amount_micros / 1_000_000:.2f} {plan.currency}{each}, {when}."

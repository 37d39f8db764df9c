"""Budgets: how much a person, a listing, a campaign and the team may spend in a month."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from assets.models import Listing
from core import audit, clock
from core.audit import Change
from core.errors import Blocked, Finding
from core.models import User
from generation.models import Brief, Budget
from generation.spending import alerts

MANAGE = "generation.manage_money"


TEAM = Q(person=None, listing=None, campaign="")
"""The one budget of a month and currency that everything falls under."""


def month_of(day: date | None = None) -> date:
    """The first day of the month."""
    return (day or clock.today()).replace(day=1)


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
        open_month(month_of(), currency)
        found = list(budgets.all())
    return found


def covering_brief(brief: Brief, currency: str) -> list[Budget]:
    """This month's budgets that must hold what a brief costs, in the order in which they are locked."""
    return budgets_for(brief.asked_by, brief.listing, currency, brief.campaign)


def campaigns() -> list[str]:
    """Those that have a budget this month."""
    named = Budget.objects.filter(month=month_of()).exclude(campaign="")
    return sorted(set(named.values_list("campaign", flat=True)))


def check_manager(by: User) -> None:
    """Raise PermissionDenied for whoever does not manage money."""
    if not by.has_perm(MANAGE):
        raise PermissionDenied("You need the right to manage budgets.")


def open_budget(budget: Budget, *, by: User) -> Budget:
    """Open an unsaved budget of this month. Raises Blocked when its scope has one already."""
    check_manager(by)
    with transaction.atomic():
        open_month(budget.month, budget.currency)
        if Budget.objects.filter(**_scope(budget), month=budget.month, currency=budget.currency).exists():
            raise Blocked(
                [Finding("budget_exists", f"{budget.scope} already has a budget for this month. Change that one.")]
            )
        budget.save(force_insert=True)
        audit.record(by, "budget.opened", Change.made(budget, but=("reserved_micros", "spent_micros")), said(budget))
    return budget


def set_limit(budget: Budget, limit_micros: int, *, by: User, repeats: bool | None = None) -> Budget:
    """Change what may be spent. Lower than what is spent already is allowed: it only stops what comes."""
    check_manager(by)
    with transaction.atomic():
        held = Budget.objects.select_for_update().get(pk=_opened(budget).pk)
        more = {} if repeats is None else {"repeats": repeats}
        change = audit.write(held, limit_micros=limit_micros, **more)
        if change:
            alerts.look(held.pk)
            audit.record(by, "budget.set", change, said(held))
    return held


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


def open_month(month: date, currency: str) -> None:
    # The month may begin for two people at once: the second insert changes nothing and finds the first one's rows.
    Budget.objects.bulk_create(_beginning(month, currency), ignore_conflicts=True)


def _opened(budget: Budget) -> Budget:
    """The row of a budget that was looked at, maybe before its month was open."""
    if not budget._state.adding:
        return budget
    open_month(budget.month, budget.currency)
    return Budget.objects.get(**_scope(budget), month=budget.month, currency=budget.currency)


def _scope(budget: Budget) -> dict[str, Any]:
    return {"person": budget.person, "listing": budget.listing, "campaign": budget.campaign}


def said(budget: Budget) -> str:
    amount = f"{budget.limit_micros / 1_000_000:.2f} {budget.currency}"
    return f"{budget.scope} may spend {amount} in {budget.month:%B %Y}."

"""Budgets that run out: noted once for each level and limit, shown on the Overview, and mailed to who manages money."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from core import clock
from core.models import OutgoingMessage, User
from core.outbox import services as outbox
from core.outbox.topics import Topic
from generation.models import Budget, BudgetAlert

LEVELS = (50, 80, 100)
"""Percent of a limit that are spent or set aside."""
MANAGE = "generation.manage_money"


def look(budget_id: int) -> None:
    """Note the levels that a budget has reached. In the caller's transaction, which holds the budget's row."""
    budget = Budget.objects.get(pk=budget_id)
    reached = {level for level in LEVELS if budget.level >= level}
    if not reached:
        return
    known = budget.alerts.filter(limit_micros=budget.limit_micros).values_list("level", flat=True)
    if new := sorted(reached - set(known)):
        _note(budget, new)


def standing(month: date) -> list[BudgetAlert]:
    """The highest alert of each budget of a month that its limit has not been raised above since."""
    related = ("budget__person", "budget__listing")
    highest: dict[int, BudgetAlert] = {}
    for alert in BudgetAlert.objects.filter(budget__month=month).select_related(*related).order_by("level", "id"):
        if alert.holds:
            highest[alert.budget_id] = alert
    return sorted(highest.values(), key=lambda alert: -alert.level)


def _note(budget: Budget, levels: list[int]) -> None:
    """The highest of several that are reached at once speaks for the others."""
    *_, loudest = (
        BudgetAlert.objects.create(budget=budget, level=level, limit_micros=budget.limit_micros) for level in levels
    )
    outbox.write(TOPIC.name, loudest, _managers(), str(loudest))


def _managers() -> list[User]:
    everybody = get_user_model().objects.with_perm(MANAGE, backend="django.contrib.auth.backends.ModelBackend")
    return list(everybody.exclude(email="").filter(is_active=True, mail_budgets=True).distinct())


def _mail(message: OutgoingMessage) -> EmailMessage | None:
    """Nothing once the limit was raised or the month is over, or when its reader wants no mail or lost the right."""
    related = ("budget__person", "budget__listing")
    alert = BudgetAlert.objects.select_related(*related).filter(pk=message.subject_id).first()
    if alert is None or not alert.holds or alert.budget.month < clock.today().replace(day=1):
        return None
    if not message.to.mail_budgets or not message.to.has_perm(MANAGE):
        return None
    url = settings.SITE_URL + reverse("generation:spend")
    context = {"alert": alert, "budget": alert.budget, "url": url, "to": message.to}
    body = render_to_string("emails/budget.txt", context)
    return EmailMessage(_subject(alert), body.strip() + "\n", to=[message.to.email])


def _subject(alert: BudgetAlert) -> str:
    words = f"{alert.budget.scope}: {alert.level} % of the budget for {alert.budget.month:%B} used"
    return " ".join(words.split())


TOPIC = Topic("budget.alert", "Budget running out", _mail)

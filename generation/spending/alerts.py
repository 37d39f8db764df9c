"""Budgets that run out: noted once for each level and limit, shown on the Overview, and mailed to who manages money."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from core import clock, dispatch
from core.models import User
from generation.models import Budget, BudgetAlert

LEVELS = (50, 80, 100)
"""Percent of a limit that are spent or set aside."""
FORGOTTEN_AFTER = timedelta(seconds=30)
CALLED_AT_MOST = 5
MANAGE = "generation.manage_money"
MAIL = "generation.tasks.mail_alert"

logger = structlog.get_logger(__name__)


def look(budget_id: int) -> None:
    """Note the levels that a budget has reached. In the caller's transaction, which holds the budget's row."""
    budget = Budget.objects.get(pk=budget_id)
    reached = {level for level in LEVELS if budget.level >= level}
    if not reached:
        return
    known = budget.alerts.filter(limit_micros=budget.limit_micros).values_list("level", flat=True)
    if new := sorted(reached - set(known)):
        _note(budget, new)


def mail(alert_id: int) -> None:
    """Mail one alert to everybody who manages money and wants it. Claimed first, so that it is not mailed twice."""
    now = clock.now()
    if not BudgetAlert.objects.filter(pk=alert_id, mailed_at=None).update(mailed_at=now):
        return
    alert = BudgetAlert.objects.select_related("budget__person", "budget__listing").get(pk=alert_id)
    url = settings.SITE_URL + reverse("generation:spend")
    for person in _managers():
        body = render_to_string("emails/budget.txt", {"alert": alert, "budget": alert.budget, "url": url, "to": person})
        try:
            EmailMessage(_subject(alert), body.strip() + "\n", to=[person.email]).send()
        except OSError:  # no mail server: the Overview says the same
            logger.warning("alert.not_mailed", alert=alert.pk, exc_info=True)


def call_forgotten() -> None:
    """Mail what nobody mailed, since a message about it was lost."""
    lost = BudgetAlert.objects.filter(mailed_at=None, at__lt=clock.now() - FORGOTTEN_AFTER)
    for alert_id in lost.values_list("pk", flat=True)[:CALLED_AT_MOST]:
        dispatch.enqueue(MAIL, str(alert_id))


def standing(month: date) -> list[BudgetAlert]:
    """The highest alert of each budget of a month that its limit has not been raised above since."""
    related = ("budget__person", "budget__listing")
    highest: dict[int, BudgetAlert] = {}
    for alert in BudgetAlert.objects.filter(budget__month=month).select_related(*related).order_by("level", "id"):
        if alert.budget.level >= alert.level and alert.limit_micros == alert.budget.limit_micros:
            highest[alert.budget_id] = alert
    return sorted(highest.values(), key=lambda alert: -alert.level)


def _note(budget: Budget, levels: list[int]) -> None:
    """The highest of several that are reached at once speaks for the others."""
    *quiet, loud = (
        BudgetAlert.objects.create(budget=budget, level=level, limit_micros=budget.limit_micros) for level in levels
    )
    _hush(quiet)
    dispatch.enqueue(MAIL, str(loud.pk))


def _hush(quiet: Iterable[BudgetAlert]) -> None:
    BudgetAlert.objects.filter(pk__in=[alert.pk for alert in quiet]).update(mailed_at=clock.now())


def _managers() -> list[User]:
    everybody = get_user_model().objects.with_perm(MANAGE, backend="django.contrib.auth.backends.ModelBackend")
    return list(everybody.exclude(email="").filter(is_active=True, mail_budgets=True).distinct())


def _subject(alert: BudgetAlert) -> str:
    words = f"{alert.budget.scope}: {alert.level} % of the budget for {alert.budget.month:%B} used"
    return " ".join(words.split())

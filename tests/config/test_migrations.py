"""Migrations that carry rows over: what waited in the old place waits in the new one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from approvals.models import Choice, Decision, Review
from core.models import OutgoingMessage, User
from core.tasks import send_outbox
from generation.models import Budget, BudgetAlert
from generation.spending import budgets
from tests.approvals import factories as approvals
from tests.assets import factories

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]

BEFORE = [("approvals", "0001_initial"), ("generation", "0001_initial")]


def migrate(to: list[tuple[str, str]]) -> Any:
    """The models as they are after it."""
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    return executor.loader.project_state(to).apps


@pytest.fixture
def newest() -> Iterator[list[tuple[str, str]]]:
    """Where all migrations end, and where the next test finds the database."""
    ends = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield ends
    migrate(ends)


def an_old_mail(apps: Any, review: Review, to: User, **values: Any) -> datetime:
    written: datetime = (
        apps.get_model("approvals", "Mail").objects.create(review_id=review.pk, to_id=to.pk, **values).written_at
    )
    return written


def test_mail_that_waited_goes_to_the_outbox(newest: list[tuple[str, str]]) -> None:
    rita, max_, ada = factories.rita(), factories.max_(), factories.ada()
    waiting, returned = (approvals.review(approvals.ready(ada)) for _ in range(2))
    decision = approvals.decide(returned, Choice.CHANGES, "The lamp floats.")
    budget = Budget.objects.create(month=budgets.month_of(), limit_micros=100, spent_micros=100)
    OutgoingMessage.objects.all().delete()
    apps = migrate(BEFORE)
    written = an_old_mail(apps, waiting, rita, kind="in_review", attempts=2)
    an_old_mail(apps, waiting, max_, kind="in_review", state="sent", closed_at=timezone.now())
    an_old_mail(apps, returned, ada, kind="came_back", decision_id=decision.pk)
    alerts = apps.get_model("generation", "BudgetAlert").objects
    alerts.create(budget_id=budget.pk, level=80, limit_micros=100, mailed_at=timezone.now())
    owed = alerts.create(budget_id=budget.pk, level=100, limit_micros=100)
    migrate(newest)
    kept = OutgoingMessage.objects.order_by("id").values_list(
        "topic", "to__username", "subject_id", "state", "attempts"
    )
    assert list(kept) == [
        ("review.waiting", "rita", str(waiting.pk), "waiting", 2),
        ("review.waiting", "max", str(waiting.pk), "sent", 0),
        ("review.returned", "ada", str(decision.pk), "waiting", 0),
        ("budget.alert", "max", str(owed.pk), "waiting", 0),
    ]
    assert OutgoingMessage.objects.get(to=rita).written_at == written
    assert "approvals_mail" not in connection.introspection.table_names()
    assert (Decision.objects.count(), BudgetAlert.objects.count()) == (1, 2)
    send_outbox()
    assert sorted(message.to[0] for message in mail.outbox) == [
        "ada@example.com",
        "max@example.com",
        "rita@example.com",
    ]

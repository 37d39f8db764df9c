"""Budgets: whose they are, how they go on from month to month, and when they say that they run out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from unittest import mock

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from core import clock
from core.audit import history
from core.errors import Blocked
from core.models import OutgoingMessage, User
from core.tasks import send_outbox
from generation.jobs import execution, services
from generation.models import Budget, BudgetAlert, EntryKind, Job, LedgerEntry, Plan, PlanKind
from generation.providers import errors
from generation.spending import alerts, budgets, ledger, plans
from tests.assets import factories as library
from tests.generation import factories
from tests.generation.factories import DIME
from tests.generation.scripted import Scripted

pytestmark = pytest.mark.django_db

NOVEMBER = datetime(2026, 11, 23, 12, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 8, tzinfo=UTC)


def budget(limit: int = 10 * DIME, **scope: object) -> Budget:
    return Budget.objects.create(month=budgets.month_of(), limit_micros=limit, **scope)


def team(limit: int = 10 * DIME) -> Budget:
    return budget(limit)


def levels() -> list[tuple[str, int]]:
    return [(alert.budget.scope, alert.level) for alert in BudgetAlert.objects.order_by("id")]


# Whose


def test_a_campaigns_budget_holds_what_is_sent_for_it(ada: User) -> None:
    budget(DIME, campaign="Spring")
    factories.started(ada, campaign="Spring")
    with pytest.raises(Blocked, match=r"Spring has USD 0\.00 left"):
        factories.started(ada, campaign="Spring")
    assert Job.objects.count() == 1


def test_a_campaigns_budget_does_not_touch_other_briefs(ada: User) -> None:
    budget(0, campaign="Spring")
    factories.started(ada, campaign="Autumn")
    factories.started(ada)
    assert Job.objects.count() == 2


def test_a_budget_has_one_scope(ada: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        budget(person=ada, campaign="Spring")
    assert not Budget.objects.exists()


def test_max_opens_a_budget_and_the_log_says_so(ada: User, max_: User) -> None:
    opened = budgets.open_budget(Budget(month=budgets.month_of(), person=ada, limit_micros=DIME), by=max_)
    assert "Ada may spend 0.10 USD" in history(opened).get().words
    assert factories.left_for(ada) == DIME


def test_a_scope_has_one_budget_a_month(ada: User, max_: User) -> None:
    budget(DIME, person=ada)
    with pytest.raises(Blocked, match="Change that one"):
        budgets.open_budget(Budget(month=budgets.month_of(), person=ada, limit_micros=5), by=max_)
    assert Budget.objects.filter(person=ada).get().limit_micros == DIME


def test_only_who_manages_money_sets_it(ada: User, max_: User) -> None:
    held = team()
    credit = Plan(provider="scripted", name="Free", kind=PlanKind.CREDIT, amount_micros=DIME, starts_on=NOVEMBER.date())
    verbs = (
        lambda: budgets.open_budget(Budget(month=budgets.month_of(), person=ada, limit_micros=DIME), by=ada),
        lambda: budgets.set_limit(held, 99 * DIME, by=ada),
        lambda: plans.add(credit, by=ada),
        lambda: plans.end(plans.add(credit, by=max_), by=ada),
    )
    for verb in verbs:
        with pytest.raises(PermissionDenied):
            verb()
    assert Budget.objects.get().limit_micros == 10 * DIME
    assert Plan.objects.get().ends_on is None


# From month to month


def test_a_new_month_begins_with_the_limits_that_repeat(ada: User) -> None:
    listing = library.ListingFactory.create()
    with time_machine.travel(NOVEMBER):
        team(7 * DIME)
        budget(DIME, person=ada)
        budget(2 * DIME, listing=listing)
        budget(3 * DIME, campaign="Spring", repeats=False)
        factories.started(ada, listing=listing)
    with time_machine.travel(DECEMBER):
        looked_at = [(each.scope, each.limit_micros) for each in budgets.this_month()]
        assert not Budget.objects.filter(month=date(2026, 12, 1)).exists()
        assert factories.left_for(ada, listing) == DIME
    december = Budget.objects.filter(month=date(2026, 12, 1)).order_by("id")
    assert [(each.scope, each.limit_micros, each.used_micros) for each in december] == [
        ("The team", 7 * DIME, 0),
        ("Ada", DIME, 0),
        (str(listing), 2 * DIME, 0),
    ]
    assert looked_at == [(each.scope, each.limit_micros) for each in december]


def test_a_month_that_was_skipped_does_not_lose_the_limits(ada: User) -> None:
    with time_machine.travel(NOVEMBER):
        team(7 * DIME)
    with time_machine.travel(datetime(2027, 2, 3, tzinfo=UTC)):
        assert factories.left_for(ada) == 7 * DIME


def test_who_has_left_gets_no_budget_for_the_next_month(ada: User, max_: User) -> None:
    with time_machine.travel(NOVEMBER):
        team()
        budget(DIME, person=ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    with time_machine.travel(DECEMBER):
        factories.left_for(max_)
    assert not Budget.objects.filter(month=date(2026, 12, 1), person=ada).exists()


def test_a_job_sent_again_next_month_is_paid_from_that_month_alone(ada: User) -> None:
    with time_machine.travel(NOVEMBER):
        job = factories.queued(ada)
        Scripted.will(errors.Refused("No."))
        execution.send(job.pk)
    with time_machine.travel(DECEMBER):
        services.retry(job, by=ada)
        execution.send(job.pk)
    spent = {each.month.month: (each.reserved_micros, each.spent_micros) for each in Budget.objects.all()}
    assert (spent, ledger.differences()) == ({11: (0, 0), 12: (0, DIME)}, [])


# Running out


def test_each_level_is_noted_once(ada: User) -> None:
    team(10 * DIME)
    for _ in range(10):
        execution.send(factories.queued(ada).pk)
    assert levels() == [("The team", 50), ("The team", 80), ("The team", 100)]


def test_every_budget_that_a_job_falls_under_warns_for_itself(ada: User) -> None:
    team(100 * DIME)
    budget(2 * DIME, person=ada)
    factories.queued(ada)
    assert levels() == [("Ada", 50)]


def test_a_raised_limit_warns_again(ada: User, max_: User) -> None:
    held = team(2 * DIME)
    factories.queued(ada)
    budgets.set_limit(held, 4 * DIME, by=max_)
    factories.queued(ada)
    assert levels() == [("The team", 50), ("The team", 50)]


def test_a_refused_reservation_warns_of_nothing(ada: User) -> None:
    team(DIME // 2)
    with pytest.raises(Blocked):
        factories.queued(ada)
    assert levels() == []


def test_who_manages_money_is_mailed_once_after_the_commit(
    ada: User,
    max_: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    enqueued: list[tuple[str, str, float]],
) -> None:
    team(DIME)
    with django_capture_on_commit_callbacks(execute=True):
        factories.queued(ada)
        assert not enqueued
    assert [task for task, _, _ in enqueued if task == "send_outbox"] == ["send_outbox"]
    send_outbox()
    send_outbox()
    (sent,) = mail.outbox
    assert sent.to == [max_.email]
    assert sent.subject.startswith("The team: 100 % of the budget for")
    assert "$0.10" in sent.body
    assert "Brick house" not in sent.body


def test_the_highest_of_several_levels_speaks_for_all(ada: User, max_: User) -> None:
    team(DIME)
    factories.queued(ada)
    message = OutgoingMessage.objects.get()
    assert (message.topic, message.subject_id) == ("budget.alert", str(BudgetAlert.objects.get(level=100).pk))
    assert message.words == f"100 % of The team, {budgets.month_of():%B %Y}"


@pytest.mark.parametrize("failure", [ConnectionRefusedError("no server"), SMTPRecipientsRefused({})])
def test_mail_about_a_budget_survives_a_failure_and_is_sent_later(
    ada: User, max_: User, monkeypatch: pytest.MonkeyPatch, failure: OSError
) -> None:
    team(DIME)
    factories.queued(ada)
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", mock.Mock(side_effect=failure))
        send_outbox()
    assert mail.outbox == []
    with time_machine.travel(clock.instant() + timedelta(minutes=2)):
        send_outbox()
    assert [message.to for message in mail.outbox] == [[max_.email]]


def test_a_managers_address_that_is_refused_keeps_no_mail_from_the_others(
    ada: User, max_: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.user_permissions.add(Permission.objects.get(codename="manage_money"))
    send = EmailMessage.send

    def refuse_ada(message: EmailMessage, fail_silently: bool = False) -> int:
        if message.to == [ada.email]:
            raise SMTPRecipientsRefused({})
        return send(message, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", refuse_ada)
    team(DIME)
    factories.queued(ada)
    send_outbox()
    assert [message.to for message in mail.outbox] == [[max_.email]]


def test_somebody_who_left_is_not_mailed(ada: User, max_: User) -> None:
    ada.user_permissions.add(Permission.objects.get(codename="manage_money"))
    User.objects.filter(pk=max_.pk).update(is_active=False)
    team(DIME)
    factories.queued(ada)
    send_outbox()
    assert [message.to for message in mail.outbox] == [[ada.email]]


def test_who_wants_no_mail_about_budgets_gets_none(ada: User, max_: User) -> None:
    User.objects.filter(pk=max_.pk).update(mail_budgets=False)
    team(DIME)
    factories.queued(ada)
    send_outbox()
    assert mail.outbox == []


def test_mail_about_a_limit_that_was_raised_is_not_sent(ada: User, max_: User) -> None:
    held = team(DIME)
    factories.queued(ada)
    budgets.set_limit(held, 100 * DIME, by=max_)
    send_outbox()
    assert (mail.outbox, OutgoingMessage.objects.get().state) == ([], "needless")


def test_mail_about_a_month_that_is_over_is_not_sent(ada: User, max_: User) -> None:
    with time_machine.travel(NOVEMBER):
        team(DIME)
        factories.queued(ada)
    with time_machine.travel(DECEMBER):
        send_outbox()
    assert (mail.outbox, OutgoingMessage.objects.get().state) == ([], "needless")


def test_who_wants_no_mail_or_lost_the_right_by_now_is_sent_none(ada: User, max_: User) -> None:
    ada.user_permissions.add(Permission.objects.get(codename="manage_money"))
    team(DIME)
    factories.queued(ada)
    ada.user_permissions.clear()
    User.objects.filter(pk=max_.pk).update(mail_budgets=False)
    send_outbox()
    assert mail.outbox == []
    assert {message.state for message in OutgoingMessage.objects.all()} == {"needless"}


def test_a_month_begins_at_midnight_where_the_team_is(settings: Settings) -> None:
    settings.TEAM_TIME_ZONE = "America/Los_Angeles"
    with time_machine.travel(datetime(2026, 12, 1, 7, 59, tzinfo=UTC), tick=False):
        assert budgets.month_of() == date(2026, 11, 1)
    with time_machine.travel(datetime(2026, 12, 1, 8, tzinfo=UTC), tick=False):
        assert budgets.month_of() == date(2026, 12, 1)


def test_only_what_still_holds_is_shown(ada: User, max_: User) -> None:
    held = team(DIME)
    factories.queued(ada)
    assert [alert.level for alert in alerts.standing(held.month)] == [100]
    budgets.set_limit(held, 100 * DIME, by=max_)
    assert alerts.standing(held.month) == []


# Plans and credits


def charged(ada: User, micros: int) -> None:
    job = factories.queued(ada)
    (held,) = budgets.budgets_for(ada, None, "USD")
    LedgerEntry.objects.create(budget=held, job=job, kind=EntryKind.CORRECT, reserved_micros=0, spent_micros=micros)


def test_a_free_credit_says_what_is_left_of_it(ada: User, max_: User) -> None:
    today = date.today()
    credit = Plan(provider="scripted", kind=PlanKind.CREDIT, name="Trial", amount_micros=5 * DIME, starts_on=today)
    plans.add(credit, by=max_)
    charged(ada, 2 * DIME)
    (standing,) = plans.in_month(budgets.month_of())
    assert (standing.costs, standing.used, standing.left) == (0, 2 * DIME, 3 * DIME)


def test_a_credit_is_not_used_by_what_came_before_it_or_by_another_provider(ada: User) -> None:
    tomorrow = date.today() + timedelta(days=1)
    same = {"kind": PlanKind.CREDIT, "amount_micros": DIME}
    Plan.objects.create(provider="harmless", name="Other", starts_on=date.today(), **same)
    Plan.objects.create(provider="scripted", name="Later", starts_on=tomorrow, **same)
    charged(ada, DIME)
    month = budgets.month_of(tomorrow)
    assert {standing.plan.name: standing.used for standing in plans.in_month(month)} == {"Other": 0, "Later": 0}


@pytest.mark.parametrize(("days_left", "used"), [(1, DIME), (0, DIME), (-1, 0)])
def test_a_credit_is_used_through_its_last_day_and_not_after(ada: User, days_left: int, used: int) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        last = clock.today() + timedelta(days=days_left)
        dates = {"starts_on": date(2026, 10, 1), "ends_on": last}
        Plan.objects.create(provider="scripted", name="Trial", kind=PlanKind.CREDIT, amount_micros=5 * DIME, **dates)
        charged(ada, DIME)
        (standing,) = plans.in_month(budgets.month_of())
    assert standing.used == used


def test_a_monthly_plan_costs_its_amount_in_each_month_that_it_touches(max_: User) -> None:
    plan = Plan(
        provider="by-hand",
        kind=PlanKind.MONTHLY,
        name="Standard",
        amount_micros=30_000_000,
        starts_on=date(2026, 8, 15),
        ends_on=date(2026, 10, 1),
    )
    plans.add(plan, by=max_)
    months = [date(2026, month, 1) for month in (7, 8, 9, 10, 11)]
    assert [sum(each.costs for each in plans.in_month(month)) for month in months] == [0, *[30_000_000] * 3, 0]


def test_a_plan_ends_today_and_the_log_says_so(max_: User) -> None:
    plan = Plan(provider="by-hand", kind=PlanKind.MONTHLY, name="P", amount_micros=1, starts_on=date(2026, 1, 1))
    plans.end(plans.add(plan, by=max_), by=max_)
    plan.refresh_from_db()
    assert plan.ends_on == date.today()
    assert {entry.action for entry in history(plan)} == {"plan.added", "plan.ended"}

"""Money: what is reserved, settled and given back adds up, also when many want the last of it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core.audit import history
from core.errors import Blocked
from core.models import User
from generation.jobs import execution, services
from generation.models import Budget, Job, LedgerEntry
from generation.providers import errors
from generation.spending import budgets, ledger
from tests.assets import factories as library
from tests.generation import factories
from tests.generation.factories import DIME
from tests.generation.scripted import Scripted


@pytest.mark.django_db
def test_the_team_gets_a_budget_when_a_month_begins(ada: User) -> None:
    assert factories.left_for(ada) == 50_000_000


@pytest.mark.django_db
def test_the_first_budget_is_what_the_settings_say(ada: User, settings: pytest.FixtureRequest) -> None:
    settings.TEAM_BUDGET_USD = 5  # type: ignore[attr-defined]  # pytest-django's settings take anything
    assert factories.left_for(ada) == 5_000_000


@pytest.mark.django_db
def test_the_tightest_budget_says_what_is_left(ada: User) -> None:
    Budget.objects.create(month=budgets.month_of(), person=ada, limit_micros=DIME)
    assert factories.left_for(ada) == DIME


@pytest.mark.django_db
def test_another_persons_budget_does_not_count(ada: User, rita: User) -> None:
    Budget.objects.create(month=budgets.month_of(), person=rita, limit_micros=1)
    assert factories.left_for(ada) == 50_000_000


@pytest.mark.django_db
def test_a_charge_above_its_quote_is_booked_in_full(ada: User) -> None:
    job = factories.queued(ada)
    with transaction.atomic():
        ledger.settle(job.pk, 3 * DIME)
    assert Budget.objects.get().spent_micros == 3 * DIME


@pytest.mark.django_db
def test_a_free_job_goes_out_even_when_nothing_is_left(ada: User) -> None:
    factories.left_for(ada)
    Budget.objects.update(limit_micros=0)
    factories.started(ada, factories.ModelFactory.create(facts=factories.priced("0")))
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_limit_and_its_entry_in_the_log_are_set_together(max_: User) -> None:
    (budget,) = budgets.budgets_for(max_, None, "USD")
    assert budgets.set_limit(budget, DIME, by=max_).limit_micros == DIME
    assert history(budget).get().action == "budget.set"


@pytest.mark.django_db(transaction=True)
def test_money_does_not_move_outside_a_transaction(ada: User) -> None:
    job = factories.queued(ada)
    with pytest.raises(RuntimeError):
        ledger.settle(job.pk, DIME)
    assert Budget.objects.get().spent_micros == 0


@pytest.mark.django_db
def test_a_ledger_entry_cannot_be_changed(ada: User) -> None:
    factories.queued(ada)
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.update(spent_micros=1)
    assert LedgerEntry.objects.get().spent_micros == 0


@pytest.mark.django_db
def test_the_ledger_adds_up_after_every_kind_of_end(ada: User, max_: User) -> None:
    for answer in (errors.Refused("No."), errors.Unclear("Lost."), errors.Refused("No.", charged="yes"), None):
        job = factories.queued(ada)
        Scripted.will(*([answer] if answer else []))
        execution.send(job.pk)
    services.write_off(Job.objects.get(state="unclear"), by=max_)
    services.cancel(factories.queued(ada), by=ada)
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "adds up" in out.getvalue()


@pytest.mark.django_db
def test_a_budget_that_was_changed_by_hand_is_found(ada: User) -> None:
    factories.queued(ada)
    Budget.objects.update(spent_micros=7)
    with pytest.raises(CommandError, match="7 spent"):
        call_command("verify_ledger")


@pytest.mark.django_db
def test_a_job_is_settled_in_the_budgets_that_it_was_reserved_in(ada: User) -> None:
    listing = library.ListingFactory.create()
    Budget.objects.create(month=budgets.month_of(), listing=listing, limit_micros=10 * DIME)
    job = factories.queued(ada, listing=listing)
    execution.send(job.pk)
    assert list(Budget.objects.values_list("reserved_micros", "spent_micros")) == [(0, DIME), (0, DIME)]


@pytest.mark.django_db
def test_a_job_of_last_month_is_settled_in_last_months_budget(ada: User) -> None:
    job = factories.queued(ada)
    Budget.objects.update(month=budgets.month_of(budgets.month_of() - timedelta(days=1)))
    execution.send(job.pk)
    assert Budget.objects.get().spent_micros == DIME


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_the_last_of_a_budget_at_once_only_some_get_it(ada: User) -> None:
    factories.ModelFactory.create()
    factories.left_for(ada)
    Budget.objects.update(limit_micros=3 * DIME)

    def one(_: int) -> bool:
        try:
            brief = factories.started(User.objects.get(pk=ada.pk), factories.ModelFactory.create())
            execution.send(brief.jobs.get().pk)
        except Blocked:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=8) as pool:
        went = list(pool.map(one, range(16)))
    budget = Budget.objects.get()
    assert (sum(went), len(Scripted.sent), budget.reserved_micros, budget.spent_micros) == (3, 3, 0, 3 * DIME)
    assert ledger.differences() == []

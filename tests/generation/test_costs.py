"""What a provider says a job cost: believed within reason, doubted beyond it, and corrected by who manages money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import Blocked, InvalidTransition
from core.models import LogEntry, User
from generation.jobs import services, settlement
from generation.models import Budget, Job, JobState
from generation.providers import errors
from generation.providers.base import Finished, Money
from generation.spending import ledger
from tests.browsing import browser_of
from tests.generation.factories import DIME, pending, queued, sent, spent
from tests.generation.scripted import picture

pytestmark = pytest.mark.django_db

MOST = DIME * settlement.BELIEVED


def answer(cost: Money | None, basis: Any = "computed") -> Finished:
    return Finished(pictures=(picture(),), cost=cost, cost_basis=basis)


@pytest.mark.parametrize("micros", [1, DIME, MOST])
def test_what_can_be_meant_is_booked_as_it_is_told(ada: User, micros: int) -> None:
    job = sent(ada, answer(Money(micros)))
    assert (job.settled_micros, job.cost_basis, job.error_words, spent()) == (micros, "computed", "", (0, micros))


@pytest.mark.parametrize(
    "cost",
    [Money(MOST + 1), Money(32_005_000_000), Money(10**18 * 30), Money(10**40), Money(-1), Money(DIME, "EUR")],
    ids=str,
)
def test_what_cannot_be_meant_keeps_the_picture_books_the_quote_and_says_so(ada: User, cost: Money) -> None:
    job = sent(ada, answer(cost))
    assert (job.state, job.outputs.count()) == (JobState.DONE, 1)
    assert (job.settled_micros, job.cost_basis, spent()) == (DIME, "doubtful", (0, DIME))
    assert "cannot be right" in job.error_words


def test_a_usage_that_nobody_can_read_is_to_be_checked_too(ada: User) -> None:
    job = sent(ada, answer(None, "doubtful"))
    assert (job.state, job.settled_micros, job.cost_basis) == (JobState.DONE, DIME, "doubtful")
    assert "cannot be read" in job.error_words


def test_nothing_told_is_nothing_to_check(ada: User) -> None:
    job = sent(ada, answer(None, "unknown"))
    assert (job.settled_micros, job.cost_basis, job.error_words) == (DIME, "fixed", "")


def test_one_nonsense_figure_stops_nobody(ada: User) -> None:
    sent(ada, answer(Money(32_005_000_000)))
    assert sent(ada).state == JobState.DONE


def test_whoever_manages_money_sees_what_is_to_be_checked_and_corrects_it(ada: User, max_: User) -> None:
    job = sent(ada, answer(Money(32_005_000_000)))
    browser, address = browser_of(max_), reverse("generation:correct_cost", args=(job.pk,))
    spend = browser.get(reverse("generation:spend")).content.decode()
    assert "Costs to check" in spend
    assert address in spend
    brief = browser.get(job.brief.get_absolute_url()).content.decode()
    assert address in brief
    assert "to be checked" in brief
    assert "$32,005.00" in browser.get(address).content.decode()
    done = browser.post(address, {"amount": "0.0336", "reason": "Invoice of November"})
    assert (done.status_code, done["Location"]) == (302, job.brief.get_absolute_url())
    job.refresh_from_db()
    assert (job.settled_micros, job.cost_basis, spent()) == (33_600, "corrected", (0, 33_600))
    assert job.error_words.endswith("Checked: Invoice of November")
    assert "Costs to check" not in browser.get(reverse("generation:spend")).content.decode()
    entry = LogEntry.objects.filter(action="job.cost_corrected").latest("id")
    assert "Invoice of November" in entry.words
    assert not ledger.differences()


@pytest.mark.parametrize(
    "typed",
    [
        {"amount": "lots", "reason": "Invoice"},
        {"amount": "-1", "reason": "Invoice"},
        {"amount": "", "reason": "Invoice"},
        {"amount": "NaN", "reason": "Invoice"},
        {"amount": "500000", "reason": "Invoice"},
        {"amount": "1", "reason": " "},
    ],
)
def test_a_correction_that_cannot_be_booked_says_why_and_loses_nothing(
    ada: User, max_: User, typed: dict[str, str]
) -> None:
    job = sent(ada, answer(Money(10**12)))
    page = browser_of(max_).post(reverse("generation:correct_cost", args=(job.pk,)), typed)
    assert page.status_code == 422
    assert all(value.strip() in page.content.decode() for value in typed.values())
    assert spent() == (0, DIME)


def test_whoever_only_makes_pictures_corrects_nothing(ada: User) -> None:
    job = sent(ada)
    with pytest.raises(PermissionDenied):
        services.correct_cost(job, 0, by=ada, words="Free.")
    browser = browser_of(ada)
    assert browser.post(reverse("generation:correct_cost", args=(job.pk,)), {"amount": "0"}).status_code == 403
    assert "Correct the cost" not in browser.get(job.brief.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(queued, id="queued"),
        pytest.param(pending, id="waiting"),
        pytest.param(lambda ada: sent(ada, errors.Unclear("Lost.")), id="unclear"),
    ],
)
def test_what_is_not_over_has_no_cost_to_correct(ada: User, max_: User, made: Callable[[User], Job]) -> None:
    with pytest.raises(InvalidTransition):
        services.correct_cost(made(ada), 0, by=max_, words="Free.")


@pytest.mark.parametrize(("micros", "left"), [(0, 0), (DIME * 3, DIME * 3), (DIME, DIME)])
def test_a_correction_goes_either_way(ada: User, max_: User, micros: int, left: int) -> None:
    job = services.correct_cost(sent(ada), micros, by=max_, words="Invoice.")
    assert (job.settled_micros, spent()) == (micros, (0, left))
    services.correct_cost(job, DIME, by=max_, words="No, that one.")
    assert spent() == (0, DIME)


def test_a_failed_job_that_was_charged_after_all_can_be_booked(ada: User, max_: User) -> None:
    services.correct_cost(sent(ada, errors.Rejected("No.")), 5_000, by=max_, words="Invoice.")
    assert spent() == (0, 5_000)


def test_what_an_earlier_month_paid_stays_there(ada: User, max_: User) -> None:
    job = sent(ada)
    Job.objects.filter(pk=job.pk).update(settled_micros=DIME * 2)
    with pytest.raises(Blocked, match="earlier month"):
        services.correct_cost(job, 0, by=max_, words="Free.")
    assert Budget.objects.get(person=None).spent_micros == DIME


# What only the record needs is left where it is


@pytest.mark.parametrize("name", ["make", "history", "overview", "spend", "brief", "family", "compare"])
def test_no_page_loads_what_a_provider_said_at_length(ada: User, max_: User, name: str) -> None:
    job = sent(ada, answer(Money(10**12)))
    sent(ada, errors.Unclear("Lost."))
    addresses = {
        "make": reverse("generation:make"),
        "history": reverse("generation:history"),
        "overview": reverse("overview"),
        "spend": reverse("generation:spend"),
        "brief": job.brief.get_absolute_url(),
        "family": reverse("generation:family", args=(job.brief_id,)),
        "compare": reverse("generation:compare", args=(job.brief_id,)),
    }
    browser = browser_of(max_ if name == "spend" else ada)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(addresses[name]).status_code == 200
    read = [query["sql"] for query in queries]
    assert any('"generation_job"' in sql for sql in read)
    assert not [sql for sql in read if '"generation_job"."raw"' in sql]
    if name in ("make", "history"):
        assert not [sql for sql in read if '"generation_job"."parameters"' in sql]

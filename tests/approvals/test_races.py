"""Several people at the same instant, on PostgreSQL: one decision, one release, and events without gaps."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from approvals.models import Choice, Decision, Event, ListingSite, Release, Review
from approvals.releases import lifecycle
from approvals.reviews import dossier, services, settling
from approvals.sites import callers
from config import roles
from core.errors import InvalidTransition
from tests.approvals import factories
from tests.assets import factories as library_factories
from tests.share import WHOLE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; what each returned, or the refusal it met."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait(timeout=10)
        try:
            return call()
        except InvalidTransition as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def refused(results: list[Any]) -> int:
    return sum(isinstance(result, InvalidTransition) for result in results)


def test_two_reviewers_make_one_decision() -> None:
    rita = library_factories.rita()
    robin = library_factories.UserFactory.create(username="robin", role=roles.REVIEWERS)
    for _ in range(5 if WHOLE else 2):
        review = factories.review(factories.ready())
        decide = partial(services.decide, review, Choice.APPROVE, "", dossier.of_review(review).hash)
        results = at_once(partial(decide, by=rita), partial(decide, by=robin))
        assert (refused(results), Decision.objects.filter(review=review).count()) == (1, 1)


def test_two_workers_release_once() -> None:
    decision = factories.decide(factories.review(factories.ready()))
    at_once(*[lambda: settling.settle(decision)] * 4)
    assert (Release.objects.count(), Event.objects.count()) == (1, 1)


def test_undoing_and_settling_end_in_one_of_both(settings: Any) -> None:
    decision = factories.decide(factories.review(factories.ready()))
    at_once(lambda: services.undo(decision, by=decision.by), lambda: settling.settle(decision))
    review = Review.objects.get()
    assert (review.state, Release.objects.count()) in {("open", 0), ("approved", 1)}


def test_releases_at_the_same_time_leave_no_gap_in_the_events() -> None:
    channel = factories.channel()
    decisions = [factories.decide(factories.review(factories.ready(), channel)) for _ in range(3)]
    at_once(*(partial(settling.settle, one) for one in decisions))
    told = list(Event.objects.order_by("sequence").select_related("release"))
    assert [event.sequence for event in told] == [1, 2, 3]
    assert [event.release.released_at for event in told] == sorted(event.release.released_at for event in told)


def test_a_withdrawal_and_a_second_one_make_one() -> None:
    release = factories.released()
    rita = library_factories.rita()
    results = at_once(*[lambda: lifecycle.withdraw(release, "Sold.", by=rita)] * 3)
    assert (refused(results), Event.objects.filter(kind="withdrawn").count()) == (2, 1)


def test_a_limit_lets_through_exactly_so_many() -> None:
    key = factories.key()
    ListingSite.objects.update(requests_per_minute=10)
    found = at_once(*[lambda: callers.caller_with(key.text, minute=1)] * 30)
    assert sum(caller.is_within_limit for caller in found) == 10

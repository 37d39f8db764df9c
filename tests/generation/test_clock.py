"""A clock that ran two hours ahead once, and is right again, holds nothing up for two hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import clock, heartbeat
from core.models import Heartbeat, User
from generation.jobs import execution, reconciliation
from generation.models import Attempt, Job, JobState, ProviderState
from generation.providers import errors
from tests.generation import factories
from tests.generation.scripted import Scripted

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

AHEAD = timedelta(hours=2)


def test_a_lease_from_the_future_runs_out_soon(ada: User) -> None:
    job = factories.queued(ada)

    def die() -> Any:
        raise SystemExit

    Scripted.will(die)
    with pytest.raises(SystemExit):
        execution.send(job.pk)
    Job.objects.update(lease_until=clock.now() + AHEAD)
    reconciliation.reconcile()
    job.refresh_from_db()
    assert job.state == JobState.SENDING, "its worker may live, and has time to say so"
    assert job.lease_until is not None
    assert job.lease_until < clock.now() + timedelta(minutes=1)


def test_a_pause_from_the_future_ends_at_the_next_sweep(ada: User) -> None:
    job = factories.sent(ada, errors.Unavailable("Down."))
    assert job.state == JobState.QUEUED
    ahead = clock.now() + AHEAD
    Job.objects.update(not_before=ahead, enqueued_at=ahead)
    ProviderState.objects.update_or_create(pk="scripted", defaults={"open_until": ahead, "trips": 1})
    reconciliation.reconcile()
    execution.send(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_pause_that_a_provider_may_ask_for_is_kept(ada: User) -> None:
    job = factories.sent(ada, errors.RateLimited("Slow down.", retry_after=1500))
    before = job.not_before
    reconciliation.reconcile()
    job.refresh_from_db()
    assert job.not_before == before


def test_a_call_from_the_future_is_made_again(
    ada: User, enqueued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    job = factories.queued(ada)
    Job.objects.update(enqueued_at=clock.now() + AHEAD)
    with django_capture_on_commit_callbacks(execute=True):
        reconciliation.reconcile()
    assert enqueued == [("send_job", str(job.pk), 0.0)]


def test_attempts_from_the_future_fill_no_minute_of_today(ada: User) -> None:
    ProviderState.objects.update_or_create(pk="scripted", defaults={"per_minute": 1})
    factories.sent(ada)
    Attempt.objects.update(sent_at=clock.now() + AHEAD)
    assert factories.sent(ada).state == JobState.DONE


def test_a_beat_from_the_future_says_nothing_about_now() -> None:
    Heartbeat.objects.update_or_create(pk="worker", defaults={"at": clock.now() + AHEAD})
    assert heartbeat.pulse().is_silent
    heartbeat.beat()
    assert not heartbeat.pulse().is_silent

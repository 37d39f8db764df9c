"""Whose turn it is: limits that hold for many workers at once, and circuits that open and close by themselves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from core import clock
from core.models import User
from generation.jobs import circuit, execution, reconciliation, throttling
from generation.models import Attempt, Job, JobState, ProviderState
from generation.providers import errors
from generation.providers.base import Finished, Pending
from tests.generation import factories
from tests.generation.scripted import Scripted, picture

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

DOWN = errors.Unavailable("Down.")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

Nudged = list[tuple[str, str, float]]


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """A clock that only the test moves, for this process and for the database."""
    monkeypatch.setattr(clock, "now", timezone.now)
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def limited(**limits: int) -> None:
    ProviderState.objects.update_or_create(pk="scripted", defaults=limits)


def send(job: Job, *answers: object) -> Job:
    Scripted.answers[:] = answers  # type: ignore[assignment]  # answers and errors
    execution.send(job.pk)
    job.refresh_from_db()
    return job


def state() -> ProviderState:
    return ProviderState.objects.get(pk="scripted")


# At once


def test_no_more_jobs_go_out_than_a_provider_takes_at_once(ada: User) -> None:
    limited(at_once=1)
    first, second = factories.queued(ada), factories.queued(ada)
    send(first, Pending(handle="h", ask_again_in=1))
    assert (send(second).state, second.not_before, len(Scripted.sent)) == (JobState.QUEUED, None, 1)


def test_a_job_that_waits_for_a_place_is_called_when_one_comes_free(ada: User, enqueued: Nudged) -> None:
    limited(at_once=1)
    first, second = factories.queued(ada), factories.queued(ada)
    send(first, Pending(handle="h", ask_again_in=1))
    send(second)
    Job.objects.update(not_before=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(throttling, "enqueue", lambda task, job: enqueued.append((task, str(job.pk), 0)))
        execution.resume(first.pk)
    assert ("send_job", str(second.pk), 0) in enqueued


def test_a_full_provider_keeps_no_job_of_another_back(ada: User) -> None:
    limited(at_once=1)
    send(factories.queued(ada), Pending(handle="h", ask_again_in=1))
    other = factories.started(ada, factories.ModelFactory.create(provider="harmless")).jobs.get()
    assert send(other).state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_for_many_workers_at_once(ada: User) -> None:
    limited(at_once=3)
    jobs = [factories.queued(ada) for _ in range(8)]
    under_way, most, gate = [0], [0], threading.Lock()

    def slowly() -> Finished:
        with gate:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        threading.Event().wait(0.05)
        with gate:
            under_way[0] -= 1
        return Finished(pictures=(picture(str(uuid4())),))

    def work(job: Job) -> None:
        try:
            execution.send(job.pk)
        finally:
            connection.close()

    for _ in range(12):
        waiting = [job for job in jobs if Job.objects.get(pk=job.pk).state == JobState.QUEUED]
        Scripted.answers[:] = [slowly] * len(waiting)
        with ThreadPoolExecutor(8) as workers:
            list(workers.map(work, waiting))
    assert {job.state for job in Job.objects.all()} == {JobState.DONE}
    assert (most[0] <= 3, len(Scripted.sent)) == (True, 8)


# A minute


def test_a_minute_that_is_full_gives_each_job_a_moment_of_its_own(ada: User, noon: time_machine.Traveller) -> None:
    limited(per_minute=2)
    jobs = []
    for _ in range(5):
        jobs.append(factories.queued(ada))
        noon.shift(1)
    for job in jobs:
        send(job)
        noon.shift(1)
    assert [job.state for job in jobs] == [JobState.DONE] * 2 + [JobState.QUEUED] * 3
    first, second = Attempt.objects.order_by("sent_at").values_list("sent_at", flat=True)
    minute = timedelta(minutes=1)
    assert [job.not_before for job in jobs[2:]] == [first + minute, second + minute, first + 2 * minute]


def test_when_the_minute_is_over_the_next_job_goes_out(ada: User, noon: time_machine.Traveller) -> None:
    limited(per_minute=1)
    send(factories.queued(ada))
    job = send(factories.queued(ada))
    assert job.state == JobState.QUEUED
    noon.shift(60)
    assert send(job).state == JobState.DONE


# Resting


def test_a_provider_that_says_slow_down_is_left_alone_for_as_long(ada: User, noon: time_machine.Traveller) -> None:
    send(factories.queued(ada), errors.RateLimited("Slow down.", retry_after=90))
    waits = send(factories.queued(ada))
    assert (waits.state, waits.not_before, len(Scripted.sent)) == (JobState.QUEUED, NOON + timedelta(seconds=90), 1)


def test_three_outages_open_the_circuit_and_one_probe_closes_it(ada: User, noon: time_machine.Traveller) -> None:
    for _ in range(3):
        send(factories.queued(ada), DOWN)
    assert state().open_until == NOON + timedelta(seconds=30)
    noon.shift(31)
    assert send(factories.queued(ada)).state == JobState.DONE
    assert (state().open_until, state().failures, state().trips, state().probe) == (None, 0, 0, None)


def test_only_one_probe_is_under_way(ada: User, noon: time_machine.Traveller) -> None:
    ProviderState.objects.create(provider="scripted", open_until=NOON - timedelta(seconds=1), failures=3, trips=1)
    first, second = factories.queued(ada), factories.queued(ada)
    seen: list[str] = []

    def while_the_first_is_out() -> Finished:
        execution.send(second.pk)
        seen.append(Job.objects.get(pk=second.pk).state)
        return Finished(pictures=(picture(),))

    send(first, while_the_first_is_out)
    assert (seen, first.state, state().open_until) == ([JobState.QUEUED], JobState.DONE, None)


def test_a_rest_grows_each_time_and_has_an_end(ada: User, noon: time_machine.Traveller) -> None:
    rests = []
    for number in range(12):
        send(factories.queued(ada), DOWN)
        if number >= 2:
            rests.append((state().open_until or NOON) - timezone.now())
            noon.move_to(state().open_until or NOON)
    assert rests[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert rests[-1] == circuit.OUTAGE.longest


def test_an_empty_account_rests_its_provider_at_once_with_the_reason(ada: User, noon: time_machine.Traveller) -> None:
    send(factories.queued(ada), errors.OutOfMoney("No credit left."))
    assert (state().open_until, state().reason) == (NOON + timedelta(minutes=15), "No credit left.")


def test_an_answer_that_was_under_way_before_a_rest_does_not_end_it(ada: User, noon: time_machine.Traveller) -> None:
    job = factories.queued(ada)

    def meanwhile_the_account_runs_dry() -> Finished:
        send(factories.queued(ada), errors.OutOfMoney("Empty."))
        return Finished(pictures=(picture(),))

    send(job, meanwhile_the_account_runs_dry)
    assert (job.state, state().open_until) == (JobState.DONE, NOON + timedelta(minutes=15))


def test_trouble_of_those_under_way_does_not_make_a_rest_longer(ada: User, noon: time_machine.Traveller) -> None:
    for _ in range(3):
        send(factories.queued(ada), DOWN)
    circuit.record_outcome("scripted", uuid4(), DOWN, timezone.now())
    assert (state().open_until, state().trips) == (NOON + timedelta(seconds=30), 1)


def test_a_refusal_is_an_answer_and_closes_the_circuit(ada: User, noon: time_machine.Traveller) -> None:
    ProviderState.objects.create(provider="scripted", open_until=NOON, failures=3, trips=1)
    send(factories.queued(ada), errors.Refused("No."))
    assert state().open_until is None


def test_a_probe_whose_worker_died_lets_another_try(ada: User, noon: time_machine.Traveller) -> None:
    ProviderState.objects.create(provider="scripted", open_until=NOON, failures=3, trips=1)
    dead = factories.queued(ada)
    Job.objects.filter(pk=dead.pk).update(state=JobState.SENDING, lease=uuid4(), lease_until=NOON)
    ProviderState.objects.update(probe=Job.objects.get(pk=dead.pk).lease)
    noon.shift(1)
    assert send(factories.queued(ada)).state == JobState.QUEUED
    reconciliation.reconcile()
    assert send(factories.queued(ada)).state == JobState.DONE


def test_max_has_a_resting_provider_tried_at_once(ada: User, max_: User, noon: time_machine.Traveller) -> None:
    send(factories.queued(ada), errors.OutOfMoney("Empty."))
    waits = send(factories.queued(ada))
    circuit.reset("scripted", by=max_)
    assert send(waits).state == JobState.DONE
    assert state().open_until is None


def test_only_administrators_look_after_providers(ada: User, noon: time_machine.Traveller) -> None:
    send(factories.queued(ada), errors.OutOfMoney("Empty."))
    for verb in (lambda: circuit.reset("scripted", by=ada), lambda: throttling.set_limits("scripted", 5, None, by=ada)):
        with pytest.raises(PermissionDenied):
            verb()
    assert state().open_until is not None
    assert state().at_once is None


# Limits as data


def test_limits_are_loaded_once_and_stay_as_people_left_them(max_: User, tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text("[limits.scripted]\nat_once = 2\n[limits.harmless]\nper_minute = 9\n", encoding="utf-8")
    throttling.set_limits("scripted", 5, None, by=max_)
    assert throttling.load_limits(file) == 1
    assert [(row.pk, row.at_once, row.per_minute) for row in ProviderState.objects.order_by("pk")] == [
        ("harmless", None, 9),
        ("scripted", 5, None),
    ]


def test_the_limits_that_come_with_the_portal_can_be_read() -> None:
    assert throttling.load_limits() == ProviderState.objects.count() > 0


# How a job ends


def test_a_refusal_that_may_have_cost_money_is_still_a_refusal(ada: User) -> None:
    job = send(factories.queued(ada), errors.Refused("No.", charged="unknown"))
    assert (job.state, job.settled_micros, job.cost_basis) == (JobState.REFUSED, job.quote_micros, "unknown")


@pytest.mark.parametrize(
    ("error", "ends", "settled"),
    [
        (errors.BadAnswer("The workflow failed.", charged="no"), JobState.FAILED, 0),
        (errors.BadAnswer("Made and lost.", charged="yes"), JobState.FAILED, 100_000),
        (errors.Refused("No.", charged="unknown"), JobState.REFUSED, 100_000),
        (errors.BadAnswer("What?"), JobState.UNCLEAR, 100_000),
        (errors.Unauthorized("The key is gone."), JobState.UNCLEAR, 100_000),
    ],
)
def test_what_ends_a_job_while_its_provider_has_it(
    ada: User, error: errors.ProviderError, ends: JobState, settled: int
) -> None:
    job = send(factories.queued(ada), Pending(handle="h", ask_again_in=1))
    Job.objects.update(not_before=None)
    Scripted.answers[:] = [error]
    execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, job.settled_micros) == (ends, settled)

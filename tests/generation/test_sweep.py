"""Workers that die, are slow, or lose their messages: leases, and the sweep that finds what was forgotten."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.models import User
from generation.jobs import execution, leases, reconciliation
from generation.models import Job, JobState
from generation.providers import errors
from generation.providers.base import Finished, Money, Pending
from generation.providers.errors import ErrorKind
from tests.generation import factories
from tests.generation.factories import DIME, spent
from tests.generation.scripted import Answer, Scripted, picture

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def died(ada: User, provider: str = "scripted") -> Job:
    """A job whose worker was killed while it was sending."""
    job = factories.started(ada, factories.ModelFactory.create(provider=provider, model_id=provider)).jobs.get()

    def die() -> Finished:
        raise SystemExit

    Scripted.will(die)
    with pytest.raises(SystemExit):
        execution.send(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    return job


def test_a_job_whose_worker_died_becomes_unclear(ada: User) -> None:
    job = died(ada)
    reconciliation.reconcile()
    job.refresh_from_db()
    assert (job.state, len(Scripted.sent), spent()) == (JobState.UNCLEAR, 1, (0, DIME))


def test_a_job_whose_worker_died_is_sent_again_where_that_harms_nobody(ada: User) -> None:
    job = died(ada, "harmless")
    reconciliation.reconcile()
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, len(Scripted.sent)) == (JobState.DONE, 2)


def test_a_job_that_every_worker_died_of_fails_and_costs_nothing(ada: User) -> None:
    job = died(ada, "harmless")
    Job.objects.update(tries=reconciliation.MOST_DEATHS)
    reconciliation.reconcile()
    job.refresh_from_db()
    assert (job.state, job.error_kind, spent()) == (JobState.FAILED, ErrorKind.POISON, (0, 0))


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_only_slow_keeps_its_lease(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEAT", timedelta(milliseconds=20))
    job = factories.queued(ada)

    def slowly() -> Finished:
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        end = time.monotonic() + 5
        while Job.objects.get().lease_until < timezone.now() and time.monotonic() < end:  # type: ignore[operator] # held
            time.sleep(0.02)
        reconciliation.reconcile()
        return Finished(pictures=(picture(),))

    Scripted.will(slowly)
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_words) == (JobState.DONE, "")


def test_a_lease_that_holds_is_left_alone(ada: User) -> None:
    job = died(ada)
    Job.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    reconciliation.reconcile()
    job.refresh_from_db()
    assert job.state == JobState.SENDING


def test_an_answer_that_comes_after_the_lease_ran_out_still_counts(ada: User) -> None:
    job = factories.queued(ada)

    def slowly() -> Finished:
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        reconciliation.reconcile()
        return Finished(pictures=(picture(),), cost=Money(70_000))

    Scripted.will(slowly)
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), job.settled_micros, spent()) == (JobState.DONE, 1, 70_000, (0, 70_000))


@pytest.mark.parametrize(
    ("late", "state", "booked"),
    [
        (errors.Unclear("Cut off.", request_id="r-9"), JobState.UNCLEAR, DIME),
        (errors.Unavailable("Down.", request_id="r-9"), JobState.FAILED, 0),
        (errors.Refused("No.", request_id="r-9"), JobState.REFUSED, 0),
        (Pending(handle="h-9", ask_again_in=2, request_id="r-9"), JobState.WAITING, DIME),
    ],
)
def test_a_late_answer_without_a_picture_counts_too_and_sends_nothing_again(
    ada: User, late: Answer, state: JobState, booked: int
) -> None:
    job = factories.queued(ada)

    def slowly() -> Finished:
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        reconciliation.reconcile()
        if isinstance(late, Exception):
            raise late
        return late  # type: ignore[return-value] # the other shape of an answer

    Scripted.will(slowly)
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.request_id, job.settled_micros, spent()) == (state, "r-9", booked, (0, booked))


def test_a_late_answer_for_a_job_that_was_asked_about_too_long_tells_nothing_new(ada: User) -> None:
    job = factories.pending(ada)

    def slowly() -> Finished:
        Job.objects.update(deadline=timezone.now() - timedelta(minutes=5))
        reconciliation.reconcile()
        raise errors.Unavailable("Down.")

    Scripted.will(slowly)
    execution.resume(job.pk)
    job.refresh_from_db()
    overdue = (JobState.UNCLEAR, ErrorKind.UNCLEAR, "The provider did not finish in time.")
    assert ((job.state, job.error_kind, job.error_words), spent()) == (overdue, (0, DIME))


def test_an_answer_for_a_job_that_counts_as_poison_is_left_out(ada: User) -> None:
    model = factories.ModelFactory.create(provider="harmless", model_id="harmless")
    job = factories.started(ada, model).jobs.get()

    def slowly() -> Finished:
        past = timezone.now() - timedelta(seconds=1)
        Job.objects.update(lease_until=past, tries=reconciliation.MOST_DEATHS)
        reconciliation.reconcile()
        return Finished(pictures=(picture(),))

    Scripted.will(slowly)
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), spent()) == (JobState.FAILED, 0, (0, 0))


def test_a_forgotten_job_is_enqueued_once_and_not_again_at_once(
    ada: User, enqueued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    job = factories.queued(ada)
    Job.objects.update(enqueued_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        reconciliation.reconcile()
        reconciliation.reconcile()
    assert enqueued == [("send_job", str(job.pk), 0.0)]


def test_one_round_enqueues_only_so_many(
    ada: User, enqueued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    model = factories.ModelFactory.create(provider="harmless", facts=factories.priced("0", max_n=1))
    factories.started(ada, model, count=30)
    Job.objects.update(enqueued_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        reconciliation.reconcile()
    assert len(enqueued) == reconciliation.MOST_AT_ONCE

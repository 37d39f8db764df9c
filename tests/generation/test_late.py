"""What was paid for is kept: however long storing takes, whatever was settled meanwhile, and through an outage."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from core import clock, storage
from core.models import LogEntry, User
from generation.jobs import execution, leases, reconciliation, services, transitions
from generation.models import Attempt, Job, JobState
from generation.providers import errors
from generation.providers.base import Finished, Money, Picture
from generation.providers.errors import ErrorKind
from generation.spending import ledger
from tests.generation import factories
from tests.generation.factories import DIME, spent
from tests.generation.scripted import Scripted, picture

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two tries."""
    monkeypatch.setattr(leases, "LONGEST_PAUSE", 0)


def lapse() -> None:
    """What the sweep does to a job whose lease has run out."""
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1), deadline=timezone.now() - timedelta(hours=1))
    reconciliation.reconcile()


def written_off(job: Job, by: User) -> Callable[[], Any]:
    def settle() -> None:
        lapse()
        services.write_off(job, by=by)

    return settle


def marked_charged(job: Job, by: User) -> Callable[[], Any]:
    def settle() -> None:
        lapse()
        services.mark_charged(job, by=by)

    return settle


def after(
    step: Callable[[], Any], cost: Money | None = None, pictures: tuple[Picture, ...] = (picture("late"),)
) -> Callable[[], Finished]:
    """An answer with pictures that comes once something has happened to the job."""

    def answer() -> Finished:
        step()
        return Finished(pictures=pictures, cost=cost)

    return answer


@pytest.mark.django_db(transaction=True)
def test_a_job_keeps_its_lease_while_its_pictures_are_stored(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEAT", timedelta(milliseconds=20))
    job, put, renewed = factories.queued(ada), storage.put, threading.Event()
    asked = clock.now

    def now() -> Any:
        if threading.current_thread().name.startswith("lease of"):
            renewed.set()
        return asked()

    def slowly(data: bytes) -> str:
        monkeypatch.setattr(storage, "put", put)  # the smaller copy comes after the job
        renewed.clear()
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert renewed.wait(10), "the lease is not renewed while the picture is stored"
        assert wait_for(lambda: Job.objects.filter(lease_until__gt=timezone.now()).exists())
        reconciliation.reconcile()
        return put(data)

    monkeypatch.setattr(clock, "now", now)
    monkeypatch.setattr(storage, "put", slowly)
    Scripted.will(Finished(pictures=(picture(),)))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_words, job.outputs.count()) == (JobState.DONE, "", 1)
    assert not LogEntry.objects.filter(action="job.unclear", subjects__key=str(job.pk)).exists()


def wait_for(holds: Callable[[], bool]) -> bool:
    waited = threading.Event()
    return any(holds() or waited.wait(0.02) for _ in range(500)) and holds()


@pytest.mark.parametrize(("cost", "booked"), [(None, DIME), (Money(70_000), 70_000)])
def test_a_picture_that_comes_after_its_job_was_written_off_is_kept_and_booked(
    ada: User, max_: User, cost: Money | None, booked: int
) -> None:
    job = factories.queued(ada)
    Scripted.will(after(written_off(job, max_), cost))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), job.settled_micros, spent()) == (JobState.DONE, 1, booked, (0, booked))
    assert "after the job had been settled" in job.error_words
    assert ledger.differences() == []


def test_a_picture_that_comes_after_its_job_was_marked_as_charged_is_booked_once(ada: User, max_: User) -> None:
    job = factories.queued(ada)
    Scripted.will(after(marked_charged(job, max_), Money(70_000)))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), job.settled_micros, spent()) == (JobState.DONE, 1, 70_000, (0, 70_000))


def test_a_picture_that_comes_after_its_job_was_sent_again_stands_beside_the_new_one(ada: User, max_: User) -> None:
    job = factories.queued(ada)

    def again() -> None:
        written_off(job, max_)()
        services.retry(job, by=ada)

    Scripted.will(after(again))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), spent()) == (JobState.QUEUED, 1, (DIME, DIME))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), job.settled_micros, spent()) == (JobState.DONE, 2, 2 * DIME, (0, 2 * DIME))


def test_a_picture_that_a_provider_had_is_kept_after_its_job_was_written_off(ada: User, max_: User) -> None:
    job = factories.pending(ada)
    Scripted.will(after(written_off(job, max_)))
    execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), spent()) == (JobState.DONE, 1, (0, DIME))


def test_files_that_come_late_and_cannot_be_shown_are_kept_as_well(ada: User, max_: User) -> None:
    job = factories.queued(ada)
    Scripted.will(after(written_off(job, max_), pictures=(Picture(b"no picture"),)))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), spent()) == (JobState.FAILED, 0, (0, DIME))
    assert [storage.read(each) for each in job.unshown] == [b"no picture"]
    assert "after the job had been settled. What came cannot be shown" in job.error_words


def test_files_that_cannot_be_shown_stand_beside_what_a_job_under_way_again_will_bring(ada: User, max_: User) -> None:
    job = factories.queued(ada)

    def again() -> None:
        written_off(job, max_)()
        services.retry(job, by=ada)

    Scripted.will(after(again, pictures=(picture("late"), Picture(b"no picture"))))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count()) == (JobState.QUEUED, 1)
    assert [storage.read(each) for each in job.unshown] == [b"no picture"]


def test_the_same_request_is_not_kept_twice(ada: User, max_: User) -> None:
    job = factories.queued(ada)
    Scripted.will(after(written_off(job, max_)))
    execution.send(job.pk)
    attempt = Attempt.objects.get(job=job)
    assert attempt.ended_at is not None
    assert (job.outputs.count(), spent()) == (1, (0, DIME))


@pytest.mark.parametrize("late", [errors.Refused("No."), errors.Unclear("Cut off."), errors.Unavailable("Down.")])
def test_a_late_answer_without_a_picture_changes_nothing_that_was_settled(
    ada: User, max_: User, late: Exception
) -> None:
    job = factories.queued(ada)

    def settled() -> Finished:
        marked_charged(job, max_)()
        raise late

    Scripted.will(settled)
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.FAILED, (0, DIME))


def test_an_outage_of_the_store_loses_no_picture(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job, put, asked = factories.queued(ada), storage.put, []

    def down_at_first(data: bytes) -> str:
        asked.append(data)
        if len(asked) < 4:
            raise storage.Unavailable("No answer.")
        return put(data)

    monkeypatch.setattr(storage, "put", down_at_first)
    Scripted.will(Finished(pictures=(picture(),)))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), len(Scripted.sent)) == (JobState.DONE, 1, 1)


def test_a_store_that_stays_away_leaves_the_job_unclear_in_words(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job = factories.queued(ada)

    def down(data: bytes) -> str:
        raise storage.Unavailable("No answer.")

    monkeypatch.setattr(storage, "put", down)
    Scripted.will(Finished(pictures=(picture(),)))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_kind, spent()) == (JobState.UNCLEAR, ErrorKind.UNCLEAR, (0, DIME))
    assert "the store did not take them" in job.error_words


@pytest.mark.django_db(transaction=True)
def test_an_outage_of_the_database_after_the_answer_loses_no_picture(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, lock, asked = factories.queued(ada), transitions.lock, []

    def away_at_first(*args: Any, **kwargs: Any) -> Job | None:
        asked.append(args)
        if 1 < len(asked) < 4:  # the first is the taking of the job
            raise OperationalError("the server closed the connection")
        return lock(*args, **kwargs)

    monkeypatch.setattr("generation.jobs.execution.lock", away_at_first)
    Scripted.will(Finished(pictures=(picture(),)))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), len(Scripted.sent)) == (JobState.DONE, 1, 1)


def test_a_reference_that_cannot_be_read_now_is_sent_later_and_is_nobodys_fault(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = factories.queued(ada)

    def down(*args: Any) -> Any:
        raise storage.Unavailable("No answer.")

    monkeypatch.setattr("generation.briefs.references.with_bytes", down)
    Scripted.will()
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, len(Scripted.sent), spent()) == (JobState.QUEUED, 0, (DIME, 0))

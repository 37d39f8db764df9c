"""Stopping a job that its provider has: it is asked to stop, and what it then says is how the job ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from core.errors import InvalidTransition
from core.models import LogEntry, User
from generation.catalogue import loading
from generation.jobs import execution, reconciliation, services
from generation.models import GenerationModel, Job, JobState
from generation.providers import errors
from generation.providers.base import Capabilities, Pending
from generation.providers.errors import ErrorKind
from generation.spending import ledger
from tests.generation import factories
from tests.generation.providers.test_through_runs import entry
from tests.generation.scripted import Scripted
from tests.standins import stand_ins
from tests.standins.server import StandIn

BUSY = Pending(handle="theirs", ask_again_in=60)


class Stoppable(Scripted):
    """One that can be asked to stop."""

    key = "stoppable"
    label = "Stoppable"
    capabilities = Capabilities(several=True, resumable=True, cancellable=True)
    told: list[str] = []  # noqa: RUF012 - shared by its instances

    def cancel(self, handle: str) -> None:
        self.told.append(handle)


@pytest.fixture
def waiting(ada: User, settings: Settings) -> Job:
    """A job that its provider has, to be asked about in a minute."""
    adapter = f"{__name__}.Stoppable"
    settings.IMAGE_PROVIDERS = {**settings.IMAGE_PROVIDERS, "stoppable": {"adapter": adapter, "options": {}}}
    Stoppable.told.clear()
    job = factories.started(ada, factories.ModelFactory.create(provider="stoppable")).jobs.get()
    Scripted.will(BUSY)
    execution.send(job.pk)
    job.refresh_from_db()
    return job


def asked(job: Job) -> Job:
    execution.resume(job.pk)
    job.refresh_from_db()
    return job


def test_its_provider_is_told_by_a_worker_and_not_by_the_page(
    waiting: Job, ada: User, enqueued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.cancel(waiting, by=ada)
    assert Stoppable.told == []
    assert enqueued[-1] == ("resume_job", str(waiting.pk), 0.0)
    assert LogEntry.objects.filter(action="job.stopping").count() == 1


def test_one_that_is_stopped_for_nothing_gives_its_money_back(waiting: Job, ada: User) -> None:
    services.cancel(waiting, by=ada)
    Scripted.answers[:] = [errors.Stopped("Stopped.", charged="no")]
    job = asked(waiting)
    assert (Stoppable.told, job.state, job.settled_micros) == (["theirs"], JobState.CANCELED, 0)
    assert ledger.differences() == []


def test_one_that_is_stopped_and_charged_is_canceled_and_paid(waiting: Job, ada: User) -> None:
    services.cancel(waiting, by=ada)
    Scripted.answers[:] = [errors.Stopped("Stopped.", charged="yes")]
    job = asked(waiting)
    assert (job.state, job.settled_micros) == (JobState.CANCELED, job.quote_micros)


def test_when_nobody_knows_what_stopping_cost_a_person_settles_it(waiting: Job, ada: User, max_: User) -> None:
    services.cancel(waiting, by=ada)
    Scripted.answers[:] = [errors.Stopped("Stopped.")]
    job = asked(waiting)
    assert (job.state, job.error_kind, job.settled_micros) == (
        JobState.UNCLEAR,
        ErrorKind.STOPPED,
        job.quote_micros,
    )
    assert services.write_off(job, by=max_).settled_micros == 0


def test_one_that_was_done_already_comes_and_is_paid(waiting: Job, ada: User) -> None:
    services.cancel(waiting, by=ada)
    job = asked(waiting)
    assert (job.state, job.outputs.count(), job.settled_micros) == (JobState.DONE, 1, job.quote_micros)


def test_one_that_goes_on_is_told_again_and_still_waits(waiting: Job, ada: User) -> None:
    services.cancel(waiting, by=ada)
    Scripted.answers[:] = [BUSY, BUSY]
    asked(waiting)
    Job.objects.update(not_before=None)
    assert (asked(waiting).state, Stoppable.told) == (JobState.WAITING, ["theirs", "theirs"])


def test_a_stop_that_fails_is_no_harm(waiting: Job, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Stoppable, handle: str) -> None:
        raise errors.Unavailable("Not now.")

    monkeypatch.setattr(Stoppable, "cancel", fail)
    services.cancel(waiting, by=ada)
    assert asked(waiting).state == JobState.DONE


def test_a_stop_whose_message_was_lost_is_found_by_the_sweep(
    waiting: Job, ada: User, enqueued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    services.cancel(waiting, by=ada)
    Job.objects.update(enqueued_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        reconciliation.reconcile()
    assert ("resume_job", str(waiting.pk), 0.0) in enqueued


def test_a_second_wish_to_stop_changes_nothing(waiting: Job, ada: User) -> None:
    services.cancel(waiting, by=ada)
    before = Job.objects.values().get()
    with pytest.raises(InvalidTransition, match="already"):
        services.cancel(waiting, by=ada)
    assert Job.objects.values().get() == before


def test_a_provider_that_cannot_stop_is_not_asked_to(ada: User) -> None:
    job = factories.queued(ada)
    Scripted.will(BUSY)
    execution.send(job.pk)
    before = Job.objects.values().get()
    with pytest.raises(InvalidTransition, match="cannot be stopped"):
        services.cancel(job, by=ada)
    assert Job.objects.values().get() == before


def test_a_stopped_job_that_is_sent_again_is_not_stopped_again(waiting: Job, ada: User) -> None:
    services.cancel(waiting, by=ada)
    Scripted.answers[:] = [errors.Stopped("Stopped.", charged="no")]
    job = services.retry(asked(waiting), by=ada)
    assert (job.state, job.stop_asked_at) == (JobState.QUEUED, None)


def test_the_page_offers_it_once_and_says_what_happens(waiting: Job, ada: User) -> None:
    client = Client()
    client.force_login(ada)
    address = reverse("generation:job", args=(waiting.pk, "cancel"))
    assert address in client.get(waiting.brief.get_absolute_url()).content.decode()
    page = client.post(address, follow=True).content.decode()
    assert "was asked to stop" in page
    assert "Nothing was charged" not in page
    assert address not in page


# Over real HTTP


def stopped(settings: Settings, by: User, key: str, *, after: int) -> tuple[Job, StandIn]:
    """A job that somebody stops after its provider was asked so often how far it is."""
    with stand_ins()[key]() as there:
        settings.ALLOW_LOOPBACK_PROVIDERS = True
        settings.IMAGE_PROVIDERS = {key: entry(key, there.url)}
        loading.load_models()
        job = factories.started(by, GenerationModel.objects.get(provider=key, model_id=there.model_id)).jobs.get()
        execution.send(job.pk)
        for _ in range(after):
            Job.objects.update(not_before=None)
            execution.resume(job.pk)
        services.cancel(job, by=by)
        for _ in range(3):  # a graphics card stops after its current step
            Job.objects.update(not_before=None)
            execution.resume(job.pk)
    job.refresh_from_db()
    return job, there


@pytest.mark.parametrize(
    ("key", "after", "state", "billed"),
    [
        ("replicate", 0, JobState.CANCELED, 0),
        ("replicate", 1, JobState.UNCLEAR, 1),
        ("replicate", 2, JobState.DONE, 1),
        ("openai-responses", 0, JobState.UNCLEAR, 1),
        ("openai-responses", 2, JobState.DONE, 1),
        ("comfyui", 0, JobState.CANCELED, 0),
    ],
)
def test_the_outcome_is_what_the_provider_says(
    settings: Settings, ada: User, key: str, after: int, state: JobState, billed: int
) -> None:
    job, there = stopped(settings, ada, key, after=after)
    assert (job.state, bool(job.settled_micros)) == (state, bool(billed))
    assert there.billed == billed or key == "comfyui"  # which counts what is drawn and costs nothing
    assert ledger.differences() == []

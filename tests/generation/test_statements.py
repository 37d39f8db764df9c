"""What a job asks of the database: every statement is a journey to a server, and most of them wait under a lock."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import User
from generation.jobs import execution
from generation.models import Job, JobState
from generation.providers.base import Finished, Pending
from tests.generation import factories
from tests.generation.scripted import Scripted, picture

pytestmark = pytest.mark.django_db(transaction=True)


def statements(job: Job, *steps: tuple[str, Finished | Pending]) -> list[str]:
    """What the database was asked while a worker took these steps, the beginnings and ends of transactions among it."""
    asked = []
    for step, answer in steps:
        Scripted.will(answer)
        Job.objects.filter(pk=job.pk).update(not_before=None)
        with CaptureQueriesContext(connection) as captured:
            getattr(execution, step)(job.pk)
        asked += [query["sql"].split(" ", 1)[0].rstrip(";") for query in captured.captured_queries]
    return asked


def answered() -> Finished:
    return Finished(pictures=(picture(),))


def test_a_job_that_is_answered_takes_two_transactions_and_few_statements(ada: User) -> None:
    job = factories.queued(ada)
    asked = statements(job, ("send", answered()))
    job.refresh_from_db()
    assert (job.state, asked.count("BEGIN")) == (JobState.DONE, 2)
    assert len(asked) <= 26


def test_a_job_that_is_asked_about_takes_two_transactions_more(ada: User) -> None:
    job = factories.queued(ada)
    asked = statements(job, ("send", Pending(handle="h", ask_again_in=2)), ("resume", answered()))
    job.refresh_from_db()
    assert (job.state, asked.count("BEGIN")) == (JobState.DONE, 4)
    assert len(asked) <= 39


def test_asking_in_vain_writes_the_job_twice_and_nothing_else_but_its_attempt(ada: User) -> None:
    job = factories.pending(ada)
    asked = statements(job, ("resume", Pending(handle="h-1", ask_again_in=2)))
    job.refresh_from_db()
    assert (job.state, asked.count("BEGIN"), asked.count("UPDATE")) == (JobState.WAITING, 2, 3)
    assert job.enqueued_at == job.not_before

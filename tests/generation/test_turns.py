"""Whose turn it is: jobs that find no place are called when there is one, and not over and over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.models import User

from generation import runs
from generation.models import Job, JobState, ProviderState
from generation.providers.base import Pending
from tests.generation import factories
from tests.generation.scripted import Scripted

pytestmark = pytest.mark.django_db

Committing = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Committing) -> Callable[[], AbstractContextManager[Any]]:
    """Within the block, what waits for a commit happens when the block ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_job_that_finds_no_place_is_called_when_one_is_free(
    ada: User, nudged: list[Any], committing: Callable[[], AbstractContextManager[Any]]
) -> None:
    ProviderState.objects.create(pk="scripted", at_once=1)
    first, second = factories.queued(ada), factories.queued(ada)
    Scripted.will(Pending(handle="there", ask_again_in=1.0))
    runs.send(first.pk)
    runs.send(second.pk)
    Job.objects.filter(pk=first.pk).update(not_before=None)
    with committing():
        runs.resume(first.pk)
    assert Job.objects.get(pk=second.pk).state == JobState.QUEUED
    assert nudged == [("send_job", str(second.pk), 0.0)]


def test_a_job_whose_call_is_under_way_is_not_called_again(
    ada: User, nudged: list[Any], committing: Callable[[], AbstractContextManager[Any]]
) -> None:
    ProviderState.objects.create(pk="scripted", at_once=20)
    jobs = [factories.queued(ada) for _ in range(6)]
    with committing():
        runs.send(jobs[0].pk)
        runs.send(jobs[1].pk)
    assert nudged == []

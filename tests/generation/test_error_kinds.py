"""Kinds of errors: one list, which errors and stored rows share."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from core.models import User
from generation.models import Attempt, Job
from generation.providers.base import AnswerKind
from generation.providers.errors import ErrorKind, ProviderError
from tests.generation import factories


def test_every_error_has_a_kind_of_its_own() -> None:
    errors: list[type[ProviderError]] = [ProviderError, *ProviderError.__subclasses__()]
    kinds = [error.kind for error in errors]
    assert len(kinds) == len(set(kinds)) >= 12


def test_a_job_may_hold_every_kind_of_error_and_an_attempt_what_came_too() -> None:
    kinds = [value for value, _ in Job._meta.get_field("error_kind").choices or ()]
    outcomes = [value for value, _ in Attempt._meta.get_field("outcome").choices or ()]
    assert (kinds, outcomes) == ([*ErrorKind], [*AnswerKind, *ErrorKind])


@pytest.mark.django_db
def test_a_job_that_was_overdue_before_has_a_kind_that_there_is(ada: User) -> None:
    job, other = factories.queued(ada), factories.queued(ada)
    Job.objects.filter(pk=job.pk).update(error_kind="pending")
    Job.objects.filter(pk=other.pk).update(error_kind=ErrorKind.LOST)
    import_module("generation.migrations.0003_error_kinds").name_overdue_jobs(apps, connection.schema_editor())
    kinds = {each.pk: each.error_kind for each in Job.objects.all()}
    assert kinds == {job.pk: ErrorKind.UNCLEAR, other.pk: ErrorKind.LOST}

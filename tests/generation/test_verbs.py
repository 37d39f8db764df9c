"""What people do with a job: cancel it, send it again, ask about it, settle it; and which moves there are."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from core.errors import Blocked, InvalidTransition
from core.models import User
from generation.jobs import execution, services, transitions
from generation.jobs.transitions import MOVES, check_move
from generation.models import GenerationModel, Job, JobState
from generation.providers import errors
from generation.providers.base import Finished, Money
from tests.generation import factories
from tests.generation.factories import DIME, pending, sent, spent
from tests.generation.scripted import Scripted, picture

pytestmark = pytest.mark.django_db


def test_cancelling_gives_the_money_back(ada: User) -> None:
    job = services.cancel(factories.queued(ada), by=ada)
    assert (job.state, spent()) == (JobState.CANCELED, (0, 0))


def test_a_job_that_is_done_cannot_be_canceled(ada: User) -> None:
    job = sent(ada)
    with pytest.raises(InvalidTransition):
        services.cancel(job, by=ada)
    assert spent() == (0, DIME)


def test_a_failed_job_can_be_sent_again_at_todays_price(ada: User) -> None:
    job = sent(ada, errors.Rejected("No."))
    GenerationModel.objects.update(facts=factories.priced("0.20"))
    again = services.retry(job, by=ada)
    assert (again.state, again.quote_micros, spent()) == (JobState.QUEUED, 2 * DIME, (2 * DIME, 0))


def test_a_failed_job_whose_models_facts_cannot_be_read_is_not_sent_again(ada: User) -> None:
    job = sent(ada, errors.Rejected("No."))
    GenerationModel.objects.update(facts={"price": {"kind": "by the yard"}})
    with pytest.raises(Blocked, match="cannot be read"):
        services.retry(job, by=ada)
    assert spent() == (0, 0)


def test_an_unclear_job_cannot_simply_be_sent_again(ada: User) -> None:
    job = sent(ada, errors.Unclear("Lost."))
    with pytest.raises(InvalidTransition):
        services.retry(job, by=ada)
    assert spent() == (0, DIME)


def test_a_job_that_is_being_sent_is_not_sent_a_second_time(ada: User) -> None:
    job = sent(ada, errors.Rejected("No."))
    services.retry(job, by=ada)

    def meanwhile() -> Finished:
        with pytest.raises(InvalidTransition):
            services.retry(job, by=ada)
        return Finished(pictures=(picture(),))

    Scripted.will(meanwhile)
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), spent()) == (JobState.DONE, 1, (0, DIME))


def test_a_job_that_is_sent_again_is_never_asked_about_by_its_old_handle(ada: User) -> None:
    job = pending(ada)
    Scripted.will(errors.Refused("Not this."))
    execution.resume(job.pk)
    job = services.retry(job, by=ada)
    assert (job.handle, job.request_id, job.deadline) == ("", "", None)


def test_a_job_that_is_being_sent_cannot_be_asked_about(ada: User) -> None:
    job = factories.queued(ada)

    def meanwhile() -> Finished:
        Job.objects.update(handle="of-before")
        with pytest.raises(InvalidTransition):
            services.resume_unclear(job, by=ada)
        return Finished(pictures=(picture(),))

    Scripted.will(meanwhile)
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count()) == (JobState.DONE, 1)


def test_writing_off_gives_back_what_was_booked(ada: User, max_: User) -> None:
    job = services.write_off(sent(ada, errors.Unclear("Lost.")), by=max_)
    assert (job.state, job.settled_micros, spent()) == (JobState.FAILED, 0, (0, 0))


def test_marking_as_charged_keeps_what_was_booked(ada: User, max_: User) -> None:
    job = services.mark_charged(sent(ada, errors.Unclear("Lost.")), by=max_)
    assert (job.state, job.settled_micros, spent()) == (JobState.FAILED, DIME, (0, DIME))


def test_only_who_manages_money_settles_an_unclear_job(ada: User) -> None:
    job = sent(ada, errors.Unclear("Lost."))
    with pytest.raises(PermissionDenied):
        services.write_off(job, by=ada)
    assert spent() == (0, DIME)


def test_an_unclear_job_with_a_handle_can_be_asked_about_and_its_cost_is_corrected(ada: User) -> None:
    job = pending(ada)
    Scripted.will(errors.BadAnswer("What?"), Finished(pictures=(picture(),), cost=Money(60_000)))
    execution.resume(job.pk)
    services.resume_unclear(job, by=ada)
    execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, job.settled_micros, spent()) == (JobState.DONE, 60_000, (0, 60_000))


def test_an_unclear_job_without_a_handle_cannot_be_asked_about(ada: User) -> None:
    job = sent(ada, errors.Unclear("Lost."))
    with pytest.raises(InvalidTransition, match="own records"):
        services.resume_unclear(job, by=ada)


# The table of moves


@pytest.mark.parametrize("before", JobState)
@pytest.mark.parametrize("after", JobState)
def test_only_listed_moves_are_possible(before: JobState, after: JobState) -> None:
    if (before, after) in MOVES:
        check_move(before, after)
    else:
        with pytest.raises(InvalidTransition):
            check_move(before, after)


def test_a_state_is_not_changed_past_the_table(ada: User) -> None:
    job = factories.queued(ada)
    with pytest.raises(ValueError, match="move"):
        transitions.save(job, state=JobState.DONE)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_what_the_log_is_to_hold_of_a_job_is_no_secret_and_not_long(ada: User) -> None:
    change = transitions.move(factories.queued(ada), JobState.SENDING, handle="secret", raw={"long": 1}, tries=1)
    assert (change.before, change.after) == ({"state": JobState.QUEUED}, {"state": JobState.SENDING})

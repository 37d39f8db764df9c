"""Sending a job and asking about it: each answer a provider may give, and what it does to state and money."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.models import User
from generation.jobs import execution, reconciliation, services
from generation.models import GenerationModel, Job, JobState, Output, ProviderState
from generation.providers import errors
from generation.providers.base import Finished, Money, Pending, Picture, Refusal
from tests.generation import factories
from tests.generation.factories import DIME, pending, sent, spent
from tests.generation.scripted import Scripted, flat_png, picture, png

pytestmark = pytest.mark.django_db


def test_a_picture_that_comes_back_is_stored_as_it_came(ada: User) -> None:
    job = sent(ada, Finished(pictures=(picture("x"),), cost=Money(90_000), cost_basis="reported"))
    output = job.outputs.get()
    assert (job.state, output.size, spent()) == (JobState.DONE, len(png("x")), (0, 90_000))


def test_an_answer_that_no_database_can_hold_is_kept_as_far_as_it_goes(ada: User) -> None:
    job = sent(ada, Finished(pictures=(picture(),), raw={"loss": float("nan"), "log": "a\x00b\ud800"}))
    assert (job.state, job.raw) == (JobState.DONE, {"loss": "nan", "log": "ab"})


def test_an_attempt_is_written_before_the_provider_is_asked(ada: User) -> None:
    seen: list[tuple[str, int]] = []

    def look() -> Finished:
        job = Job.objects.get()
        seen.append((job.state, job.attempts.count()))
        return Finished(pictures=(picture(),))

    sent(ada, look)
    assert seen == [(JobState.SENDING, 1)]


def test_sending_twice_asks_once(ada: User) -> None:
    job = sent(ada)
    execution.send(job.pk)
    assert len(Scripted.sent) == 1


def test_a_second_worker_leaves_a_job_that_is_under_way(ada: User) -> None:
    job = factories.queued(ada)

    def meanwhile() -> Finished:
        execution.send(job.pk)
        return Finished(pictures=(picture(),))

    Scripted.will(meanwhile)
    execution.send(job.pk)
    assert len(Scripted.sent) == 1


def test_fewer_pictures_than_asked_are_shown_as_such(ada: User) -> None:
    answer = Finished(pictures=(picture(),), refusals=(Refusal("Too much sky."),))
    job = sent(ada, answer, count=2)
    assert (job.state, job.error_kind) == (JobState.PARTIAL, "")
    assert "Too much sky" in job.error_words


def test_a_flat_picture_is_flagged(ada: User) -> None:
    job = sent(ada, Finished(pictures=(Picture(flat_png()),)))
    assert job.outputs.get().flags == ["flat"]


def test_a_picture_in_another_shape_is_flagged(ada: User) -> None:
    job = sent(ada, Finished(pictures=(picture("x", (64, 64)),)))
    assert job.outputs.get().flags == ["shape"]


def test_bytes_that_are_no_picture_fail_the_job_and_are_paid(ada: User) -> None:
    job = sent(ada, Finished(pictures=(Picture(b"<html>"),), cost=Money(DIME)))
    assert (job.state, job.error_kind, Output.objects.count()) == (JobState.FAILED, errors.ErrorKind.BAD_ANSWER, 0)
    assert spent() == (0, DIME)


def test_a_refusal_ends_the_job_and_gives_the_money_back(ada: User) -> None:
    job = sent(ada, errors.Refused("Not this."))
    assert (job.state, job.error_words, spent()) == (JobState.REFUSED, "Not this.", (0, 0))


def test_a_refusal_that_was_charged_is_paid(ada: User) -> None:
    job = sent(ada, errors.Refused("Drawn, then declined.", charged="yes"))
    assert (job.state, spent(), job.settled_micros) == (JobState.REFUSED, (0, DIME), DIME)


def test_a_rejected_request_fails_without_cost(ada: User) -> None:
    job = sent(ada, errors.Rejected("Size is wrong.", field="size"))
    assert (job.state, spent()) == (JobState.FAILED, (0, 0))


def test_too_fast_waits_as_long_as_it_was_told(ada: User) -> None:
    before = timezone.now()
    job = sent(ada, errors.RateLimited("Slow down.", retry_after=90))
    assert job.not_before is not None
    assert (job.state, spent()) == (JobState.QUEUED, (DIME, 0))
    assert timedelta(seconds=89) < job.not_before - before < timedelta(seconds=125)


@pytest.mark.parametrize("told", [-5, 1_796_073_311_000_000, 9e17, float("inf"), float("nan")])
@pytest.mark.parametrize("error", [errors.RateLimited, errors.Unavailable])
def test_a_pause_that_is_none_breaks_nothing(ada: User, error: type[errors.ProviderError], told: float) -> None:
    job = sent(ada, error("Slow down.", retry_after=told, charged="no"))
    assert (job.state, job.attempts.get().outcome, spent()) == (JobState.QUEUED, error.kind, (DIME, 0))
    assert job.not_before is not None
    assert job.not_before - timezone.now() < timedelta(hours=1)


def test_a_job_is_not_sent_before_its_time(ada: User) -> None:
    job = sent(ada, errors.RateLimited("Slow down.", retry_after=90))
    execution.send(job.pk)
    assert len(Scripted.sent) == 1


def test_trying_again_has_an_end(ada: User) -> None:
    job = factories.queued(ada)
    Scripted.will(*[errors.RateLimited("Slow down.", retry_after=0)] * 20)
    for _ in range(20):
        Job.objects.filter(pk=job.pk).update(not_before=None)
        execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, len(Scripted.sent), spent()) == (JobState.FAILED, 6, (0, 0))


def test_a_lost_answer_is_unclear_and_counts_as_spent(ada: User) -> None:
    job = sent(ada, errors.Unclear("No answer."))
    assert (job.state, spent(), job.cost_basis) == (JobState.UNCLEAR, (0, DIME), "unknown")


def test_a_lost_answer_is_never_sent_again_by_itself(ada: User) -> None:
    job = sent(ada, errors.Unclear("No answer."))
    reconciliation.reconcile()
    execution.send(job.pk)
    assert len(Scripted.sent) == 1


def test_trouble_that_may_have_cost_money_is_not_repeated(ada: User) -> None:
    job = sent(ada, errors.Unavailable("500", charged="unknown"))
    assert (job.state, spent()) == (JobState.UNCLEAR, (0, DIME))


def test_an_adapter_that_breaks_leaves_the_outcome_unclear(ada: User) -> None:
    job = sent(ada, RuntimeError("boom"))
    assert (job.state, "boom" in job.error_words) == (JobState.UNCLEAR, False)


@pytest.mark.parametrize("error", [errors.Unauthorized("Key?"), errors.OutOfMoney("Empty.")])
def test_an_account_that_does_not_work_rests_its_provider(ada: User, error: errors.ProviderError) -> None:
    job = sent(ada, error)
    state = ProviderState.objects.get(pk="scripted")
    assert (job.state, state.reason, spent()) == (JobState.FAILED, error.words, (0, 0))


def test_a_resting_provider_is_not_asked_and_the_job_waits(ada: User) -> None:
    until = timezone.now() + timedelta(minutes=5)
    ProviderState.objects.create(provider="scripted", open_until=until, reason="Empty.")
    job = sent(ada)
    assert (job.state, job.not_before, Scripted.sent) == (JobState.QUEUED, until, [])


def test_one_resting_provider_does_not_stop_another(ada: User) -> None:
    ProviderState.objects.create(provider="scripted", open_until=timezone.now() + timedelta(minutes=5))
    job = factories.started(ada, factories.ModelFactory.create(provider="harmless")).jobs.get()
    execution.send(job.pk)
    assert Job.objects.get().state == JobState.DONE


def test_a_provider_that_is_down_three_times_rests_and_a_success_wakes_it(ada: User) -> None:
    for _ in range(3):
        sent(ada, errors.Unavailable("Down."))
    assert ProviderState.objects.get().open_until is not None
    ProviderState.objects.update(open_until=None)
    sent(ada)
    assert ProviderState.objects.get().failures == 0


def test_a_model_that_ended_while_a_job_waited_fails_it_without_asking(ada: User) -> None:
    job = factories.queued(ada)
    GenerationModel.objects.update(ends_on=date(2026, 1, 1))
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, Scripted.sent, spent()) == (JobState.FAILED, [], (0, 0))


# Waiting


def test_a_pending_job_keeps_its_handle_and_its_reservation(ada: User) -> None:
    job = pending(ada)
    assert (job.state, job.handle, spent()) == (JobState.WAITING, "h-1", (DIME, 0))


def test_asking_again_brings_the_picture(ada: User) -> None:
    job = pending(ada)
    Scripted.will(Finished(pictures=(picture(),), cost=Money(DIME)))
    execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, Scripted.asked, spent()) == (JobState.DONE, ["h-1"], (0, DIME))


@pytest.mark.parametrize(
    "answer",
    [
        Pending(handle="h-1", ask_again_in=2),
        errors.Unavailable("Down."),
        errors.RateLimited("Slow.", retry_after=1),
    ],
)
def test_while_a_provider_has_the_job_trouble_only_means_asking_later(ada: User, answer: Any) -> None:
    job = pending(ada)
    Scripted.will(answer)
    execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.WAITING, (DIME, 0))


def not_begun() -> errors.RateLimited:
    """A provider's word that it took a job and never began it."""
    error = errors.RateLimited("Too many at once.", charged="no")
    error.ends_job = True
    return error


def test_a_job_that_was_not_begun_after_all_is_sent_again(ada: User) -> None:
    job = pending(ada)
    Scripted.will(not_begun())
    execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, job.handle, spent()) == (JobState.QUEUED, "", (DIME, 0))
    ProviderState.objects.update(open_until=None)
    Job.objects.filter(pk=job.pk).update(not_before=None)
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.DONE, (0, DIME))


def test_a_job_that_is_never_begun_is_given_up_without_cost(ada: User) -> None:
    job = pending(ada)
    Job.objects.filter(pk=job.pk).update(tries=execution.MOST_TRIES)
    Scripted.will(not_begun())
    execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.FAILED, (0, 0))


def test_a_job_that_a_person_wants_stopped_is_not_sent_again(ada: User) -> None:
    job = pending(ada)
    Job.objects.filter(pk=job.pk).update(stop_asked_at=timezone.now())
    Scripted.will(not_begun())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scripted, "cancel", lambda self, handle: None)
        execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.CANCELED, (0, 0))


def test_what_a_blocked_provider_said_is_kept_and_it_can_be_asked_again(ada: User) -> None:
    job = pending(ada)
    Scripted.will(errors.BlockedAddress("Elsewhere.", request_id="r-1", raw={"status": "Ready"}))
    execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, job.raw, job.handle) == (JobState.UNCLEAR, {"status": "Ready"}, "h-1")
    services.resume_unclear(job, by=ada)
    Scripted.will(Finished(pictures=(picture(),), cost=Money(DIME)))
    execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.DONE, (0, DIME))


def test_a_job_that_the_provider_lost_is_unclear(ada: User) -> None:
    job = pending(ada)
    Scripted.will(errors.BadAnswer("Never heard of it."))
    execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.UNCLEAR, (0, DIME))


def test_a_job_whose_deadline_passed_is_unclear(ada: User) -> None:
    job = pending(ada)
    Job.objects.update(deadline=timezone.now() - timedelta(minutes=2))
    reconciliation.reconcile()
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.UNCLEAR, (0, DIME))

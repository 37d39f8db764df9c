"""Starting, sending and settling jobs: each verb, each answer a provider may give, and each refusal."""

from __future__ import annotations

import io
import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from PIL import ExifTags, Image

from assets.lifecycle import Blocked, InvalidTransition
from assets.pictures import Unreadable
from generation import leases, money, runs
from generation.lifecycle import MOVES, check_move
from generation.models import Brief, Budget, GenerationModel, Job, JobState, Output, ProviderState
from generation.providers import errors
from generation.providers.base import Finished, Money, Pending, Picture, Refusal
from tests.assets import factories as library
from tests.generation import factories
from tests.generation.scripted import Scripted, flat_png, picture, png

pytestmark = pytest.mark.django_db

DIME = 100_000


def spent() -> tuple[int, int]:
    """Reserved and spent of the team's budget."""
    budget = Budget.objects.get(person=None, listing=None)
    return budget.reserved_micros, budget.spent_micros


def sent(by: User, *answers: Any, **more: Any) -> Job:
    """A job that was sent once, with this answer."""
    job = factories.queued(by, **more)
    Scripted.will(*answers)
    runs.send(job.pk)
    job.refresh_from_db()
    return job


# Starting


def test_starting_queues_a_job_with_its_price_reserved(ada: User, nudged: list[Any]) -> None:
    job = factories.queued(ada, count=2)
    assert (job.state, job.quote_micros, spent()) == (JobState.QUEUED, 2 * DIME, (2 * DIME, 0))


def test_starting_tells_a_worker_once_the_rows_stand(
    ada: User, nudged: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = factories.queued(ada)
    assert nudged == [("send_job", str(job.pk), 0.0)]


def test_a_stranger_starts_nothing(nils: User) -> None:
    with pytest.raises(PermissionDenied):
        factories.started(nils)
    assert not Brief.objects.exists()


def test_a_brief_goes_to_several_models_at_once(ada: User) -> None:
    models = [factories.ModelFactory.create(model_id=name) for name in ("one", "two", "three")]
    assert factories.started(ada, *models).jobs.count() == 3


def test_a_model_that_draws_one_at_a_time_gets_several_requests_with_seeds_of_their_own(ada: User) -> None:
    model = factories.ModelFactory.create(provider="harmless", facts=factories.priced("0", max_n=1))
    brief = factories.started(ada, model, count=3, seed=7)
    for job in brief.jobs.all():
        runs.send(job.pk)
    assert sorted(spec.seed for spec, _ in Scripted.sent if spec.seed is not None) == [7, 8, 9]


def test_a_model_past_its_end_is_refused_with_its_successor_named(ada: User) -> None:
    factories.ModelFactory.create(model_id="newer", name="Newer")
    old = factories.ModelFactory.create(model_id="old", ends_on=timezone.localdate(), successor="newer")
    with pytest.raises(Blocked, match="Choose Newer instead"):
        factories.started(ada, old)
    assert not Brief.objects.exists()


def test_a_model_whose_facts_cannot_be_read_stops_the_brief(ada: User) -> None:
    broken = factories.ModelFactory.create(facts={"price": {"kind": "by the yard"}})
    with pytest.raises(Blocked, match="cannot be read"):
        factories.started(ada, broken)
    assert not Brief.objects.exists()


def test_a_forbidden_word_stops_the_brief(ada: User) -> None:
    with pytest.raises(Blocked, match="who should or should not live there"):
        factories.started(ada, prompt="A flat, perfect for families.")
    assert not Brief.objects.exists()


def test_an_option_nobody_agreed_to_drop_stops_the_brief(ada: User) -> None:
    with pytest.raises(Blocked, match="cannot carry the seed"):
        factories.started(ada, seed=7)
    assert not Brief.objects.exists()


def test_an_option_that_was_dropped_with_a_word_is_recorded_and_not_sent(ada: User) -> None:
    model = factories.ModelFactory.create()
    brief = runs.start(factories.unsent(seed=7), [model], by=ada, drop={model.pk: ["seed"]})
    runs.send(brief.jobs.get().pk)
    assert (brief.jobs.get().dropped, Scripted.sent[0][0].seed) == (["seed"], None)


def test_a_budget_that_does_not_hold_the_price_stops_everything(ada: User) -> None:
    factories.queued(ada)
    Budget.objects.update(limit_micros=2 * DIME)
    models = [factories.ModelFactory.create(model_id=name) for name in ("one", "two")]
    with pytest.raises(Blocked, match="Nothing was sent"):
        factories.started(ada, *models)
    assert (Brief.objects.count(), Job.objects.count(), spent()) == (1, 1, (DIME, 0))


def test_every_budget_that_covers_a_job_must_hold_it(ada: User) -> None:
    listing = library.ListingFactory.create()
    Budget.objects.create(month=money.month_of(), listing=listing, limit_micros=DIME // 2)
    with pytest.raises(Blocked, match="14 Harbour Street"):
        factories.started(ada, listing=listing)
    assert spent_nothing()


def spent_nothing() -> bool:
    return not Budget.objects.exclude(reserved_micros=0, spent_micros=0).exists()


def test_the_terms_of_the_day_are_pinned_on_the_job(ada: User) -> None:
    terms = library.TermsFactory.create(key="scripted")
    assert factories.queued(ada).terms == terms


# Sending


def test_a_picture_that_comes_back_is_stored_as_it_came(ada: User) -> None:
    job = sent(ada, Finished(pictures=(picture("x"),), cost=Money(90_000), cost_basis="reported"))
    output = job.outputs.get()
    assert (job.state, output.size, spent()) == (JobState.DONE, len(png("x")), (0, 90_000))


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
    runs.send(job.pk)
    assert len(Scripted.sent) == 1


def test_a_second_worker_leaves_a_job_that_is_under_way(ada: User) -> None:
    job = factories.queued(ada)

    def meanwhile() -> Finished:
        runs.send(job.pk)
        return Finished(pictures=(picture(),))

    Scripted.will(meanwhile)
    runs.send(job.pk)
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
    assert (job.state, job.error_kind, Output.objects.count()) == (JobState.FAILED, "bad_answer", 0)
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


def test_a_job_is_not_sent_before_its_time(ada: User) -> None:
    job = sent(ada, errors.RateLimited("Slow down.", retry_after=90))
    runs.send(job.pk)
    assert len(Scripted.sent) == 1


def test_trying_again_has_an_end(ada: User) -> None:
    job = factories.queued(ada)
    Scripted.will(*[errors.RateLimited("Slow down.", retry_after=0)] * 20)
    for _ in range(20):
        Job.objects.filter(pk=job.pk).update(not_before=None)
        runs.send(job.pk)
    job.refresh_from_db()
    assert (job.state, len(Scripted.sent), spent()) == (JobState.FAILED, 6, (0, 0))


def test_a_lost_answer_is_unclear_and_counts_as_spent(ada: User) -> None:
    job = sent(ada, errors.Unclear("No answer."))
    assert (job.state, spent(), job.cost_basis) == (JobState.UNCLEAR, (0, DIME), "unknown")


def test_a_lost_answer_is_never_sent_again_by_itself(ada: User) -> None:
    job = sent(ada, errors.Unclear("No answer."))
    runs.sweep()
    runs.send(job.pk)
    assert len(Scripted.sent) == 1


def test_trouble_that_may_have_cost_money_is_not_repeated(ada: User) -> None:
    job = sent(ada, errors.Unavailable("500", charged="unknown"))
    assert (job.state, spent()) == (JobState.UNCLEAR, (0, DIME))


def test_an_adapter_that_breaks_leaves_the_outcome_unclear(ada: User) -> None:
    job = sent(ada, RuntimeError("boom"))
    assert (job.state, "boom" in job.error_words) == (JobState.UNCLEAR, False)


@pytest.mark.parametrize("error", [errors.Unauthorised("Key?"), errors.OutOfMoney("Empty.")])
def test_an_account_that_does_not_work_rests_its_provider(ada: User, error: errors.ProviderError) -> None:
    job = sent(ada, error)
    state = ProviderState.objects.get(pk="scripted")
    assert (job.state, state.reason, spent()) == (JobState.FAILED, error.words, (0, 0))


def test_a_resting_provider_is_not_asked_and_the_job_waits(ada: User) -> None:
    until = timezone.now() + timedelta(minutes=5)
    ProviderState.objects.create(provider="scripted", resting_until=until, reason="Empty.")
    job = sent(ada)
    assert (job.state, job.not_before, Scripted.sent) == (JobState.QUEUED, until, [])


def test_one_resting_provider_does_not_stop_another(ada: User) -> None:
    ProviderState.objects.create(provider="scripted", resting_until=timezone.now() + timedelta(minutes=5))
    job = factories.started(ada, factories.ModelFactory.create(provider="harmless")).jobs.get()
    runs.send(job.pk)
    assert Job.objects.get().state == JobState.DONE


def test_a_provider_that_is_down_three_times_rests_and_a_success_wakes_it(ada: User) -> None:
    for _ in range(3):
        sent(ada, errors.Unavailable("Down."))
    assert ProviderState.objects.get().resting_until is not None
    ProviderState.objects.update(resting_until=None)
    sent(ada)
    assert ProviderState.objects.get().failures == 0


def test_a_model_that_ended_while_a_job_waited_fails_it_without_asking(ada: User) -> None:
    job = factories.queued(ada)
    GenerationModel.objects.update(ends_on=date(2026, 1, 1))
    runs.send(job.pk)
    job.refresh_from_db()
    assert (job.state, Scripted.sent, spent()) == (JobState.FAILED, [], (0, 0))


# Waiting


def pending(ada: User) -> Job:
    job = sent(ada, Pending(handle="h-1", ask_again_in=2, request_id="r-1"))
    Job.objects.filter(pk=job.pk).update(not_before=None)
    return job


def test_a_pending_job_keeps_its_handle_and_its_reservation(ada: User) -> None:
    job = pending(ada)
    assert (job.state, job.handle, spent()) == (JobState.WAITING, "h-1", (DIME, 0))


def test_asking_again_brings_the_picture(ada: User) -> None:
    job = pending(ada)
    Scripted.will(Finished(pictures=(picture(),), cost=Money(DIME)))
    runs.resume(job.pk)
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
    runs.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.WAITING, (DIME, 0))


def test_a_job_that_the_provider_lost_is_unclear(ada: User) -> None:
    job = pending(ada)
    Scripted.will(errors.BadAnswer("Never heard of it."))
    runs.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.UNCLEAR, (0, DIME))


def test_a_job_whose_deadline_passed_is_unclear(ada: User) -> None:
    job = pending(ada)
    Job.objects.update(deadline=timezone.now() - timedelta(minutes=2))
    runs.sweep()
    job.refresh_from_db()
    assert (job.state, spent()) == (JobState.UNCLEAR, (0, DIME))


# By hand


def handed(ada: User) -> Job:
    job = factories.by_hand(ada)
    runs.send(job.pk)
    job.refresh_from_db()
    return job


def test_a_hand_off_waits_for_a_person(ada: User) -> None:
    assert handed(ada).state == JobState.HAND


def test_bringing_the_picture_ends_a_hand_off(ada: User) -> None:
    job = runs.hand_in(handed(ada), [png("a")], by=ada)
    assert (job.state, job.outputs.count()) == (JobState.DONE, 1)


def test_a_file_from_a_camera_is_remarked_on(ada: User) -> None:
    taken = Image.Exif()
    taken[ExifTags.Base.Make], taken[ExifTags.Base.Model] = "Kamera", "K1"
    photograph = io.BytesIO()
    Image.open(io.BytesIO(png("a"))).convert("RGB").save(photograph, "JPEG", exif=taken)
    job = runs.hand_in(handed(ada), [photograph.getvalue()], by=ada)
    assert "camera" in job.outputs.get().flags


def test_what_a_person_says_goes_with_the_picture(ada: User) -> None:
    job = runs.hand_in(handed(ada), [png("a")], by=ada, told={"plan": "Pro"})
    version = runs.keep(job.outputs.get(), by=ada)
    assert version.provenance.parameters["told"] == {"plan": "Pro"}


def test_bringing_something_else_changes_nothing(ada: User) -> None:
    job = handed(ada)
    with pytest.raises(Unreadable):
        runs.hand_in(job, [png("a"), b"%PDF"], by=ada)
    job.refresh_from_db()
    assert (job.state, Output.objects.count()) == (JobState.HAND, 0)


def test_pictures_cannot_be_brought_to_a_job_that_a_provider_runs(ada: User) -> None:
    job = sent(ada)
    with pytest.raises(InvalidTransition):
        runs.hand_in(job, [png("a")], by=ada)
    assert job.outputs.count() == 1


# What people do with jobs


def test_cancelling_gives_the_money_back(ada: User) -> None:
    job = runs.cancel(factories.queued(ada), by=ada)
    assert (job.state, spent()) == (JobState.CANCELLED, (0, 0))


def test_a_job_that_is_done_cannot_be_cancelled(ada: User) -> None:
    job = sent(ada)
    with pytest.raises(InvalidTransition):
        runs.cancel(job, by=ada)
    assert spent() == (0, DIME)


def test_a_failed_job_can_be_sent_again_at_todays_price(ada: User) -> None:
    job = sent(ada, errors.Rejected("No."))
    GenerationModel.objects.update(facts=factories.priced("0.20"))
    again = runs.retry(job, by=ada)
    assert (again.state, again.quote_micros, spent()) == (JobState.QUEUED, 2 * DIME, (2 * DIME, 0))


def test_a_failed_job_whose_models_facts_cannot_be_read_is_not_sent_again(ada: User) -> None:
    job = sent(ada, errors.Rejected("No."))
    GenerationModel.objects.update(facts={"price": {"kind": "by the yard"}})
    with pytest.raises(Blocked, match="cannot be read"):
        runs.retry(job, by=ada)
    assert spent() == (0, 0)


def test_an_unclear_job_cannot_simply_be_sent_again(ada: User) -> None:
    job = sent(ada, errors.Unclear("Lost."))
    with pytest.raises(InvalidTransition):
        runs.retry(job, by=ada)
    assert spent() == (0, DIME)


def test_a_job_that_is_being_sent_is_not_sent_a_second_time(ada: User) -> None:
    job = sent(ada, errors.Rejected("No."))
    runs.retry(job, by=ada)

    def meanwhile() -> Finished:
        with pytest.raises(InvalidTransition):
            runs.retry(job, by=ada)
        return Finished(pictures=(picture(),))

    Scripted.will(meanwhile)
    runs.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), spent()) == (JobState.DONE, 1, (0, DIME))


def test_a_job_that_is_sent_again_is_never_asked_about_by_its_old_handle(ada: User) -> None:
    job = pending(ada)
    Scripted.will(errors.Refused("Not this."))
    runs.resume(job.pk)
    job = runs.retry(job, by=ada)
    assert (job.handle, job.request_id, job.deadline) == ("", "", None)


def test_a_job_that_is_being_sent_cannot_be_asked_about(ada: User) -> None:
    job = factories.queued(ada)

    def meanwhile() -> Finished:
        Job.objects.update(handle="of-before")
        with pytest.raises(InvalidTransition):
            runs.resume_unclear(job, by=ada)
        return Finished(pictures=(picture(),))

    Scripted.will(meanwhile)
    runs.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count()) == (JobState.DONE, 1)


def test_writing_off_gives_back_what_was_booked(ada: User, max_: User) -> None:
    job = runs.write_off(sent(ada, errors.Unclear("Lost.")), by=max_)
    assert (job.state, job.settled_micros, spent()) == (JobState.FAILED, 0, (0, 0))


def test_marking_as_charged_keeps_what_was_booked(ada: User, max_: User) -> None:
    job = runs.mark_charged(sent(ada, errors.Unclear("Lost.")), by=max_)
    assert (job.state, job.settled_micros, spent()) == (JobState.FAILED, DIME, (0, DIME))


def test_only_who_manages_money_settles_an_unclear_job(ada: User) -> None:
    job = sent(ada, errors.Unclear("Lost."))
    with pytest.raises(PermissionDenied):
        runs.write_off(job, by=ada)
    assert spent() == (0, DIME)


def test_an_unclear_job_with_a_handle_can_be_asked_about_and_its_cost_is_corrected(ada: User) -> None:
    job = pending(ada)
    Scripted.will(errors.BadAnswer("What?"), Finished(pictures=(picture(),), cost=Money(60_000)))
    runs.resume(job.pk)
    runs.resume_unclear(job, by=ada)
    runs.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, job.settled_micros, spent()) == (JobState.DONE, 60_000, (0, 60_000))


def test_an_unclear_job_without_a_handle_cannot_be_asked_about(ada: User) -> None:
    job = sent(ada, errors.Unclear("Lost."))
    with pytest.raises(InvalidTransition, match="own records"):
        runs.resume_unclear(job, by=ada)


# Leases and the sweep


def died(ada: User, provider: str = "scripted") -> Job:
    """A job whose worker was killed while it was sending."""
    job = factories.started(ada, factories.ModelFactory.create(provider=provider, model_id=provider)).jobs.get()

    def die() -> Finished:
        raise SystemExit

    Scripted.will(die)
    with pytest.raises(SystemExit):
        runs.send(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    return job


def test_a_job_whose_worker_died_becomes_unclear(ada: User) -> None:
    job = died(ada)
    runs.sweep()
    job.refresh_from_db()
    assert (job.state, len(Scripted.sent), spent()) == (JobState.UNCLEAR, 1, (0, DIME))


def test_a_job_whose_worker_died_is_sent_again_where_that_harms_nobody(ada: User) -> None:
    job = died(ada, "harmless")
    runs.sweep()
    runs.send(job.pk)
    job.refresh_from_db()
    assert (job.state, len(Scripted.sent)) == (JobState.DONE, 2)


def test_a_job_that_every_worker_died_of_fails_and_costs_nothing(ada: User) -> None:
    job = died(ada, "harmless")
    Job.objects.update(tries=runs.MOST_DEATHS)
    runs.sweep()
    job.refresh_from_db()
    assert (job.state, job.error_kind, spent()) == (JobState.FAILED, "deadly", (0, 0))


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_only_slow_keeps_its_lease(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEAT", timedelta(milliseconds=20))
    job = factories.queued(ada)

    def slowly() -> Finished:
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        end = time.monotonic() + 5
        while Job.objects.get().lease_until < timezone.now() and time.monotonic() < end:  # type: ignore[operator]
            time.sleep(0.02)
        runs.sweep()
        return Finished(pictures=(picture(),))

    Scripted.will(slowly)
    runs.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_words) == (JobState.DONE, "")


def test_a_lease_that_holds_is_left_alone(ada: User) -> None:
    job = died(ada)
    Job.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    runs.sweep()
    job.refresh_from_db()
    assert job.state == JobState.SENDING


def test_an_answer_that_comes_after_the_lease_ran_out_still_counts(ada: User) -> None:
    job = factories.queued(ada)

    def slowly() -> Finished:
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        runs.sweep()
        return Finished(pictures=(picture(),), cost=Money(70_000))

    Scripted.will(slowly)
    runs.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), job.settled_micros, spent()) == (JobState.DONE, 1, 70_000, (0, 70_000))


def test_an_answer_for_a_job_that_was_settled_meanwhile_is_left_out(ada: User, max_: User) -> None:
    job = factories.queued(ada)

    def slowly() -> Finished:
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        runs.sweep()
        runs.write_off(job, by=max_)
        return Finished(pictures=(picture(),))

    Scripted.will(slowly)
    runs.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), spent()) == (JobState.FAILED, 0, (0, 0))


def test_a_forgotten_job_is_nudged_once_and_not_again_at_once(
    ada: User, nudged: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    job = factories.queued(ada)
    Job.objects.update(nudged_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        runs.sweep()
        runs.sweep()
    assert nudged == [("send_job", str(job.pk), 0.0)]


def test_one_sweep_nudges_only_so_many(ada: User, nudged: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    model = factories.ModelFactory.create(provider="harmless", facts=factories.priced("0", max_n=1))
    factories.started(ada, model, count=30)
    Job.objects.update(nudged_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        runs.sweep()
    assert len(nudged) == runs.SWEEP_AT_MOST


# The table of moves


@pytest.mark.parametrize("before", JobState)
@pytest.mark.parametrize("after", JobState)
def test_only_listed_moves_are_possible(before: JobState, after: JobState) -> None:
    if (before, after) in MOVES:
        check_move(before, after)
    else:
        with pytest.raises(InvalidTransition):
            check_move(before, after)

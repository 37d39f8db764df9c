"""The writer of generation: briefs are started here, and jobs and outputs change their state here.

The verbs of people are in this module. Its other two thirds are `sending` (a worker takes a job, asks, keeps the
answer) and `keeping` (what becomes of an output); both are called through here. Each verb locks the row, checks right
and state, writes the fields it changes and adds its log entry last; files and network are outside the transactions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from assets.imaging.inspection import Unreadable
from assets.rights import terms
from core import audit, clock
from core.errors import Blocked, Finding, InvalidTransition
from core.models import User
from generation import catalogue, composing, money, references
from generation.judging import judge
from generation.keeping import discard, keep, undiscard
from generation.lifecycle import RETRIABLE, check_move
from generation.models import Brief, BriefKind, BriefReference, GenerationModel, Job, JobState
from generation.nudges import nudge
from generation.providers.base import ImageSpec, Picture, Provider, Quote
from generation.receiving import add_outputs, receive
from generation.references import Source
from generation.sending import OUTCOME_FIELDS, deadly, locked, resume, send, unclear

__all__ = [
    "cancel",
    "discard",
    "hand_in",
    "judge",
    "keep",
    "mark_charged",
    "resume",
    "resume_unclear",
    "retry",
    "send",
    "start",
    "sweep",
    "undiscard",
    "write_off",
]

MAKE = "generation.make_images"
MOST_MODELS = 9
MOST_SOURCES = 8
NEEDS_A_PICTURE = (BriefKind.VARY, BriefKind.EDIT, BriefKind.REFERENCE)
SWEEP_AT_MOST = 20
"""Rows of each kind that one sweep looks at: a sweep that queued everything would outrun the workers."""
NUDGE_AGAIN = timedelta(seconds=30)
MOST_DEATHS = 3
"""Workers that may die while they send a job before the job itself counts as what kills them."""
ASK_AGAIN_FOR = timedelta(minutes=10)


# Starting


def start(
    brief: Brief,
    models: Sequence[GenerationModel],
    *,
    by: User,
    drop: Mapping[int, Sequence[str]] | None = None,
    sources: Sequence[Source] = (),
    mask: bytes | None = None,
) -> Brief:
    """Freeze an unsaved brief and queue its jobs, with the price of all of them reserved; all of it or nothing.

    `drop` says, by model row, which options the asker agreed to send without. `sources` go along as references; of the
    first one, `mask` says where it may change. Raises Blocked for a forbidden word, a
    warning nobody acknowledged, a model that has ended, an option nobody agreed to drop, or a budget too small.
    """
    _check(by, "You may look at briefs, but not start them.")
    _refuse_forbidden(brief)
    models = list(dict.fromkeys(models))  # named twice is meant, and paid for, once
    if not 1 <= len(models) <= MOST_MODELS:
        raise Blocked([Finding("models", f"Choose between one and {MOST_MODELS} models.", field="models")])
    _check_refinement(brief, sources, mask)
    sent = references.prepare(sources, mask)
    jobs = [job for model in models for job in _planned(brief, model, list((drop or {}).get(model.pk, ())), sent)]
    brief.asked_by, brief.parent = by, brief.parent or next((source.brief for source in sources if source.brief), None)
    brief.root = (brief.parent.root or brief.parent) if brief.parent else None
    with transaction.atomic():
        brief.save(force_insert=True)
        for row in sent:
            row.brief = brief
        BriefReference.objects.bulk_create(sent)
        Job.objects.bulk_create(jobs)
        for job in jobs:
            money.reserve(job, brief, job.quote_micros)
            nudge("send_job", job)
        names = ", ".join(model.name for model in models)
        quoted = sum(job.quote_micros for job in jobs)
        audit.record(by, "brief.started", brief, f"“{brief.title}” was sent to {names}.", quoted_micros=quoted)
    return brief


def _check_refinement(brief: Brief, sources: Sequence[Source], mask: bytes | None) -> None:
    if bool(sources) != (brief.kind in NEEDS_A_PICTURE):
        raise Blocked([Finding("source", "Choose the picture to go on from.", field="source")])
    if len(sources) > MOST_SOURCES:
        raise Blocked([Finding("source", f"At most {MOST_SOURCES} pictures can go along.", field="source")])
    if mask is not None and brief.kind != BriefKind.EDIT:
        raise Blocked([Finding("mask", "Only an edit has a mask.", field="mask")])


def _planned(brief: Brief, model: GenerationModel, agreed: list[str], sent: Sequence[BriefReference]) -> list[Job]:
    """The jobs that one model needs for the brief: one for each request."""
    catalogue.check_offered(model)
    maker, spec = catalogue.provider(model.provider), catalogue.spec_for(brief, model, sent=sent)
    if lost := [name for name in catalogue.lost_options(spec, maker) if name not in agreed]:
        what = ", ".join(catalogue.OPTION_WORDS[name] for name in lost)
        words = f"{model.name} cannot carry {what}. Agree to send without, or leave the model out."
        raise Blocked([Finding("option_lost", words, field="models")])
    agreed_terms = terms.current_terms(model.terms_key)
    plain = catalogue.without(spec, agreed)
    if problem := catalogue.lacking(plain):
        raise Blocked([Finding("needs_a_picture", f"{model.name} cannot take this. {problem}", field="models")])
    dropped = [name for name in agreed if name in catalogue.lost_options(spec, maker)]
    same: dict[str, Any] = {"brief": brief, "model": model, "terms": agreed_terms, "dropped": dropped}
    calls = catalogue.calls_for(plain, maker)
    return [Job(**same, **_price(plain, maker, count), count=count, offset=offset) for count, offset in calls]


def _price(spec: ImageSpec, maker: Provider, count: int) -> dict[str, Any]:
    quote: Quote = maker.quote(replace(spec, count=count))
    return {"quote_micros": quote.amount.micros, "currency": quote.amount.currency, "quote_basis": quote.basis}


def _refuse_forbidden(brief: Brief) -> None:
    """Raise Blocked for words that are not sent, and for those that nobody has said are meant."""
    if missing := [hit.finding for hit in composing.hits(brief) if not composing.is_acknowledged(brief, hit)]:
        raise Blocked(missing)


# What people do with a job


def cancel(job: Job, *, by: User) -> Job:
    """Stop a job that has not been sent, or that waits for a person; its reservation is given back.

    One that its provider has is only asked to stop: how it ended, and what it cost, is what the provider then says.
    """
    _check(by, "You may look at jobs, but not stop them.")
    with transaction.atomic():
        held = _held(job)
        if held.state == JobState.WAITING:
            return _ask_to_stop(held, by)
        check_move(held.state, JobState.CANCELLED)
        money.release(held, "Cancelled.")
        _write(held, state=JobState.CANCELLED, finished_at=clock.now(), lease=None, not_before=None)
        audit.record(by, "job.cancelled", held, f"{held} was cancelled; nothing was charged.")
    return held


def _ask_to_stop(held: Job, by: User) -> Job:
    label = catalogue.label(held.model.provider)
    if not catalogue.is_cancellable(held.model.provider):
        raise InvalidTransition(
            f"{label} has the job already and cannot be stopped from here. "
            "Its pictures can be discarded when they come."
        )
    if held.stop_asked_at is not None:
        raise InvalidTransition(f"{label} is being asked to stop already. Wait for what it says.")
    _write(held, stop_asked_at=clock.now(), not_before=None)
    nudge("resume_job", held)
    audit.record(by, "job.stopping", held, f"{held}: {label} is asked to stop.")
    return held


def retry(job: Job, *, by: User) -> Job:
    """Send a job that was refused, failed or was cancelled once more, at today's price."""
    _check(by, "You may look at jobs, but not send them.")
    with transaction.atomic():
        held = _held(job)
        _check_state(held, *RETRIABLE)
        catalogue.check_offered(held.model)
        price = _price(catalogue.spec_of(held), catalogue.provider(held.model.provider), held.count)
        money.reserve(held, held.brief, price["quote_micros"])
        _write(
            held,
            **price,
            state=JobState.QUEUED,
            tries=0,
            error_kind="",
            error_words="",
            handle="",  # what the provider had was the last request's: nobody may ask it about this one
            request_id="",
            stop_asked_at=None,
            lease=None,
            not_before=None,
            deadline=None,
            finished_at=None,
        )
        nudge("send_job", held)
        audit.record(by, "job.retried", held, f"{held} is sent again.")
    return held


def resume_unclear(job: Job, *, by: User) -> Job:
    """Ask the provider what became of an unclear job. Asking costs nothing; it needs the provider's handle."""
    _check(by, "You may look at jobs, but not resume them.")
    with transaction.atomic():
        held = _held(job)
        _check_state(held, JobState.UNCLEAR)
        if not held.handle:
            raise InvalidTransition(
                "The answer was lost before the provider told us how to ask for it. Look in its own records, then say "
                "whether it was charged."
            )
        now = clock.now()
        held.lease = held.lease_until = held.not_before = held.finished_at = held.stop_asked_at = None
        held.state, held.error_kind, held.error_words = JobState.WAITING, "", ""
        held.deadline = now + ASK_AGAIN_FOR
        held.save(update_fields=[*OUTCOME_FIELDS, "lease", "deadline", "stop_asked_at"])
        nudge("resume_job", held)
        audit.record(by, "job.resumed", held, f"{held}: the provider is asked again.")
    return held


def write_off(job: Job, *, by: User, words: str = "") -> Job:
    """Settle an unclear job as not charged: what was booked for it is given back."""
    return _settle_unclear(job, by, charged=False, words=words or "Nothing was charged, as the provider's records say.")


def mark_charged(job: Job, *, by: User, words: str = "") -> Job:
    """Settle an unclear job as charged: what was booked for it stays."""
    return _settle_unclear(job, by, charged=True, words=words or "It was charged, as the provider's records say.")


def _settle_unclear(job: Job, by: User, *, charged: bool, words: str) -> Job:
    money.check_manager(by)
    with transaction.atomic():
        held = _held(job)
        _check_state(held, JobState.UNCLEAR)
        if not charged:
            money.correct(held, -held.quote_micros, words)
            held.settled_micros = (held.settled_micros or 0) - held.quote_micros
        basis = "reported" if charged else held.cost_basis
        kept = f"{held.error_words} {words}".strip()
        settled = held.settled_micros
        _write(held, state=JobState.FAILED, error_words=kept, cost_basis=basis, lease=None, settled_micros=settled)
        verb = "job.marked_charged" if charged else "job.written_off"
        audit.record(by, verb, held, f"{held}: {words}", cost_micros=held.settled_micros)
    return held


def hand_in(job: Job, files: Sequence[bytes], *, by: User, told: Mapping[str, str] | None = None) -> Job:
    """Bring the pictures that a person made elsewhere for a hand-off job; more may follow. Raises Unreadable.

    `told` is what the person answered to the provider's `asks`; it goes into the provenance of what is kept.
    """
    _check(by, "You may look at jobs, but not bring pictures.")
    received = receive([Picture(data) for data in files], catalogue.spec_of(job))
    if problem := next((each.problem for each in received if each.facts is None), ""):
        raise Unreadable(problem)
    with transaction.atomic():
        held = _held(job)
        if not catalogue.is_by_hand(held.model.provider) or held.state not in (JobState.HAND, JobState.DONE):
            raise InvalidTransition("This job is not waiting for somebody to bring pictures.")
        add_outputs(held, received)
        if told:
            held.parameters = {**held.parameters, "told": dict(told)}
            held.save(update_fields=["parameters"])
        if held.state == JobState.HAND:
            money.settle(held, held.quote_micros)
            held.settled_micros, held.cost_basis = held.quote_micros, held.quote_basis
            held.state, held.finished_at = JobState.DONE, clock.now()
            held.save(update_fields=["state", "finished_at", "settled_micros", "cost_basis"])
        audit.record(by, "job.handed_in", held, f"{len(received)} brought in for {held}.")
    return held


# The clock


def sweep() -> None:
    """Pick up what nobody else did: leases that ran out, deadlines that passed, nudges that were lost. Bounded."""
    for job_id in _ids(Job.objects.filter(state=JobState.SENDING, lease_until__lt=clock.now())):
        _lapse(job_id)
    for job_id in _ids(Job.objects.filter(state=JobState.WAITING, deadline__lt=clock.now() - NUDGE_AGAIN)):
        _miss(job_id)
    _nudge_again("send_job", JobState.QUEUED)
    _nudge_again("resume_job", JobState.WAITING)


def _lapse(job_id: UUID) -> None:
    """A worker died while it was sending: only where sending again harms nobody does it happen by itself."""
    with transaction.atomic():
        job, now = locked(job_id), clock.now()
        if job is None or job.state != JobState.SENDING or job.lease_until is None or job.lease_until >= now:
            return
        try:
            harmless = catalogue.provider(job.model.provider).capabilities.repeat_is_harmless
        except catalogue.NotConfigured:
            harmless = False
        if not harmless:
            unclear(job, now, kind="lost", words="The worker stopped while the request was under way.")
        elif job.tries < MOST_DEATHS:
            _write(job, state=JobState.QUEUED, lease=None, lease_until=None, not_before=None)
            nudge("send_job", job)
        else:
            deadly(job, now)


def _miss(job_id: UUID) -> None:
    with transaction.atomic():
        job, now = locked(job_id), clock.now()
        if job is not None and job.state == JobState.WAITING and job.deadline and job.deadline < now:
            unclear(job, now, kind="unclear", words="The provider did not finish in time.")


def _nudge_again(task: str, state: JobState) -> None:
    now = clock.now()
    due = Job.objects.filter(state=state).due(now)
    forgotten = due.filter(Q(nudged_at=None) | Q(nudged_at__lt=now - NUDGE_AGAIN)).order_by("nudged_at", "created_at")
    for job in forgotten[:SWEEP_AT_MOST]:
        nudge(task, job)


def _ids(jobs: QuerySet[Job]) -> list[UUID]:
    return list(jobs.values_list("pk", flat=True)[:SWEEP_AT_MOST])


# Shared steps


def _check(by: User, words: str) -> None:
    if not by.has_perm(MAKE):
        raise PermissionDenied(words)


def _check_state(job: Job, *wanted: JobState) -> None:
    """What people may do is narrower than the moves: only a worker sends again what is being sent."""
    if job.state not in wanted:
        raise InvalidTransition(f"This job is “{job.get_state_display().lower()}” by now. Look at the page again.")


def _held(job: Job) -> Job:
    held = locked(job.pk)
    if held is None:
        raise Job.DoesNotExist  # jobs are never deleted
    return held


def _write(job: Job, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(job, name, value)
    job.save(update_fields=list(changes))

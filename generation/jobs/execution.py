"""The worker's half of a job: taking it, asking its provider once, and keeping what came of it.

Three steps, and the network is only in the middle one: (1) in a transaction, the job becomes `sending` with a lease and
an Attempt row; (2) the provider is asked and its pictures are stored, outside any transaction, while the lease is
renewed; (3) in a second transaction, the rows. Smaller copies for pages come after all that. Whoever dies between 1
and 3 leaves a job that says so: once its lease has run out it is `unclear`, counted as paid, and only a person sends it
again.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction

from core import clock, storage
from core.errors import Blocked
from generation.briefs import references
from generation.catalogue import offers, registry
from generation.catalogue.model_specs import BadFacts
from generation.jobs import circuit, late, requests, throttling
from generation.jobs.dispatch import call as call_worker
from generation.jobs.ingest import Received, add_outputs, keep_previews, receive
from generation.jobs.leases import LEASE, kept_alive, patiently
from generation.jobs.settlement import OVERDUE, end, not_sent, pay, refund, told_cost, unclear
from generation.jobs.transitions import lock, move, save
from generation.models import Attempt, Job, JobState
from generation.providers.base import Finished, ImageSpec, Pending, Provider
from generation.providers.egress.redaction import redact
from generation.providers.errors import BadAnswer, ErrorKind, ProviderError, Refused, Stopped, Unavailable, Unclear

PATIENCE = timedelta(hours=1)
"""How long a provider may keep a job before its outcome counts as unclear."""
MOST_TRIES = 6
LONGEST_PAUSE = timedelta(minutes=30)


Outcome = Finished | Pending | ProviderError
After = Callable[["Job", Outcome, datetime], None]
AWAITED = (JobState.SENDING, JobState.WAITING, JobState.UNCLEAR)
"""States in which an answer to the request that holds the job still decides what becomes of it."""
NO_DATABASE = (OperationalError, InterfaceError)
NOT_STORED = Unclear("The pictures came, but the store did not take them. They may have been charged.")

logger = structlog.get_logger(__name__)


class NotAtHand(Unavailable):
    """The portal's own store did not give the pictures that go along, so the provider was not asked at all."""


@dataclass(frozen=True, slots=True)
class LeasedJob:
    """A job that this worker holds, and whom to ask."""

    job: Job
    lease: uuid.UUID
    spec: ImageSpec
    provider: Provider

    @property
    def is_harmless(self) -> bool:
        """Whether asking its provider twice costs nothing."""
        return self.provider.capabilities.repeat_is_harmless

    def loaded(self) -> ImageSpec:
        """The wish with the bytes of the pictures that go along. Raises Rejected when one is damaged, or NotAtHand."""
        try:
            return references.with_bytes(self.spec, self.job.brief)
        except storage.Unavailable as error:
            raise NotAtHand("The pictures that go along could not be read. Nothing was sent.") from error

    def resume(self) -> Finished | Pending:
        """How far the provider is; one that is to stop is told so first, and what it then answers is what counts."""
        if self.job.stop_asked_at is not None:
            try:
                self.provider.cancel(self.job.handle)
            except ProviderError as error:  # it may be done already, which asking tells
                logger.warning("provider.not_stopped", provider=self.provider.key, why=error.words)
        return self.provider.resume(self.job.handle)


# The doors


def send(job_id: uuid.UUID) -> None:
    """Send a queued job to its provider. Does nothing when it is not queued, not due, or taken by another worker."""
    leased = _take(job_id)
    if leased is not None:
        _go_through(leased, lambda: leased.provider.start(leased.loaded(), attempt=leased.lease), _after_sending)


def resume(job_id: uuid.UUID) -> None:
    """Ask a provider how far a waiting job is. Asking costs nothing, so it may happen any number of times."""
    leased = _take_waiting(job_id)
    if leased is not None:
        _go_through(leased, leased.resume, _after_asking)


def _go_through(leased: LeasedJob, call: Callable[[], Finished | Pending], after: After) -> None:
    """Ask, store, note: the job is held until its pictures are stored, however long either takes."""
    with kept_alive(leased.job.pk, leased.lease):
        outcome = _ask(leased, call)
        received = _stored(leased, outcome)
    if received is None:
        outcome, received = NOT_STORED, []
    patiently(partial(_keep_outcome, leased, outcome, received, after), NO_DATABASE)
    keep_previews(leased.job, received)


# Step 1: taking


def _take(job_id: uuid.UUID) -> LeasedJob | None:
    with transaction.atomic():
        job, now = lock(job_id), clock.now()
        if job is None or job.state != JobState.QUEUED or (job.not_before and job.not_before > now):
            return None
        try:
            offers.check_offered(job.model)
            provider, spec = registry.provider(job.model.provider), requests.spec_of(job)
        except (Blocked, BadFacts, ValueError, LookupError) as problem:
            not_sent(job, now, str(problem))
            return None
        lease = uuid.uuid4()
        try:
            throttling.acquire(job, lease, now)
        except throttling.MustWait as wait:
            if wait.until is not None:
                save(job, not_before=wait.until)
            else:  # its call has come and was in vain: the next free place may call it again
                save(job, enqueued_at=now - throttling.UNDER_WAY)
            return None
        Attempt.objects.create(id=lease, job=job, number=job.attempts.count() + 1, sent_at=now)
        move(
            job,
            JobState.SENDING,
            lease=lease,
            lease_until=now + LEASE,
            started_at=now,
            tries=job.tries + 1,
            error_kind="",
            error_words="",
        )
        return LeasedJob(job, lease, spec, provider)


def _take_waiting(job_id: uuid.UUID) -> LeasedJob | None:
    with transaction.atomic():
        job, now = lock(job_id), clock.now()
        if job is None or job.state != JobState.WAITING or (job.not_before and job.not_before > now):
            return None
        if job.lease_until and job.lease_until > now:
            return None
        try:
            provider, spec = registry.provider(job.model.provider), requests.spec_of(job)
        except (BadFacts, ValueError, LookupError) as problem:
            unclear(job, now, kind=ErrorKind.NOT_ASKED, words=str(problem))
            return None
        lease = uuid.uuid4()
        save(job, lease=lease, lease_until=now + LEASE)
        return LeasedJob(job, lease, spec, provider)


# Step 2: asking


def _ask(leased: LeasedJob, call: Callable[[], Finished | Pending]) -> Outcome:
    try:
        return call()
    except ProviderError as error:
        return error
    except Exception:  # an adapter's own mistake: the request may well have gone out
        logger.exception("provider.failed", provider=leased.provider.key)
        return Unclear("Something went wrong while the request was under way; it may have been charged.")


# Step 3: keeping what came


def _stored(leased: LeasedJob, outcome: Outcome) -> list[Received] | None:
    """What came, with its bytes in the store; None when that took nothing for as long as the job can be held."""
    if not isinstance(outcome, Finished):
        return []
    try:
        return patiently(partial(receive, outcome.pictures, leased.spec, leased.provider), storage.Unavailable)
    except storage.Unavailable:
        logger.exception("job.not_stored", job=str(leased.job.pk))
        return None


def _keep_outcome(leased: LeasedJob, outcome: Outcome, received: list[Received], after: After) -> None:
    """The rows, once the bytes are stored. Of an answer that its job no longer waits for, what was paid is kept."""
    with transaction.atomic():
        job, now = lock(leased.job.pk, known=leased.job), clock.now()
        if job is None or job.lease != leased.lease or job.state not in AWAITED:
            _keep_late(leased, job, outcome, received, now)
            return
        Attempt.objects.filter(pk=leased.lease).update(
            ended_at=now, outcome=outcome.kind, words=str(outcome)[:500] if _is_error(outcome) else ""
        )
        error = outcome if isinstance(outcome, ProviderError) else None
        was_asked = not isinstance(error, NotAtHand)
        woke = was_asked and circuit.record_outcome(job.model.provider, leased.lease, error, now)
        if isinstance(outcome, Finished):
            _finish(job, outcome, received, now)
        else:
            after(job, outcome, now)
    throttling.wake(job.model.provider, now, woke=woke)  # outside, since it touches jobs that other workers may hold


def _keep_late(leased: LeasedJob, job: Job | None, outcome: Outcome, received: list[Received], now: datetime) -> None:
    """Files that were paid for. One that may be asked again without harm was, so its first answer is left out."""
    logger.warning("job.answer_came_too_late", job=str(leased.job.pk))
    if job is None or not isinstance(outcome, Finished) or not received or leased.is_harmless:
        return
    if late.is_open(job, leased.lease, leased.job.handle):
        Attempt.objects.filter(pk=leased.lease).update(ended_at=now, outcome=outcome.kind)
        cost, basis, doubt = told_cost(leased.job, outcome)
        told = _told(leased.job, outcome) | {"cost_basis": basis}
        late.keep(job, leased.lease, received, cost, now, doubt=doubt, unshown=_unshown(job, received), **told)


def _finish(job: Job, answer: Finished, received: list[Received], now: datetime) -> None:
    good = [each for each in received if each.facts is not None]
    micros, basis, doubt = told_cost(job, answer)
    told = _told(job, answer) | {"settled_micros": pay(job, micros), "cost_basis": basis}
    add_outputs(job, good)
    problems = [each.problem for each in received if each.facts is None]
    problems += [f"One picture was declined: {refusal.words}" for refusal in answer.refusals]
    state, kind = _end_of(job, answer, len(good))
    if kind is not None and not problems:
        problems = ["The provider answered without a picture."]
    words = " ".join(filter(None, [*problems, doubt]))
    end(job, state, now, kind=kind, words=words, unshown=_unshown(job, received), **told)


def _unshown(job: Job, received: list[Received]) -> list[str]:
    """The files of a job that cannot be shown, with those that came now."""
    return [*job.unshown, *(each.unshown for each in received if each.unshown)]


def _end_of(job: Job, answer: Finished, good: int) -> tuple[JobState, ErrorKind | None]:
    if good:
        return (JobState.DONE if good >= job.count else JobState.PARTIAL), None
    return (JobState.REFUSED, Refused.kind) if answer.refusals else (JobState.FAILED, BadAnswer.kind)


def _told(job: Job, answer: Finished) -> dict[str, Any]:
    """What an answer says of its job."""
    return {
        "model_reported": answer.model_reported[:120],
        "request_id": answer.request_id[:200],
        "revised_prompt": answer.revised_prompt,
        "seed": "" if answer.seed is None else str(answer.seed),
        "parameters": dict(answer.parameters_sent or job.parameters),
        "in_effect": dict(answer.parameters_in_effect),
        "warnings": list(answer.warnings),
        "raw": _raw(answer.raw),
    }


def _after_sending(job: Job, outcome: Outcome, now: datetime) -> None:
    if isinstance(outcome, Pending):
        _hand_over(job, outcome, now)
    elif isinstance(outcome, ProviderError):
        if outcome.charged == "unknown" and not isinstance(outcome, Refused):
            unclear(job, now, kind=outcome.kind, words=outcome.words, **_noted(job, outcome))
        elif _may_send_again(job, outcome):
            _send_again(job, outcome, now)
        else:
            _give_up(job, outcome, now)


def _after_asking(job: Job, outcome: Outcome, now: datetime) -> None:
    """While a provider has the job, only its word about the job ends it; all else is asked again until the deadline."""
    if isinstance(outcome, ProviderError) and _is_about_the_job(outcome):
        if outcome.ends_job and _may_send_again(job, outcome):
            _send_again(job, outcome, now)
        else:
            _give_up(job, outcome, now)
        return
    is_final = isinstance(outcome, ProviderError) and not outcome.may_resend
    if is_final or (job.deadline and job.deadline <= now):
        kind, words = (outcome.kind, outcome.words) if isinstance(outcome, ProviderError) else OVERDUE
        noted = _noted(job, outcome) if isinstance(outcome, ProviderError) else {}
        unclear(job, now, kind=kind, words=words, **noted)
        return
    wait = pause(outcome, 1) if isinstance(outcome, ProviderError) else seconds(_ask_again(outcome))
    handle = outcome.handle if isinstance(outcome, Pending) else job.handle
    save(job, lease=None, lease_until=None, handle=handle, **_due(now + wait))
    call_worker("resume_job", job, wait)


def _hand_over(job: Job, pending: Pending, now: datetime) -> None:
    """The provider goes on by itself, or a person must: remember how to ask, and when."""
    facts: dict[str, Any] = {
        "handle": pending.handle,
        "request_id": pending.request_id[:200],
        "parameters": dict(pending.parameters_sent),
        "lease_until": None,
    }
    if pending.ask_again_in is None:
        move(job, JobState.HAND, not_before=None, **facts)
        return
    wait = seconds(pending.ask_again_in)
    move(job, JobState.WAITING, deadline=now + PATIENCE, **_due(now + wait), **facts)
    call_worker("resume_job", job, wait)


def _may_send_again(job: Job, error: ProviderError) -> bool:
    """One that was given up as unclear meanwhile, or that a person wants stopped, is sent again by a person alone."""
    is_free = error.may_resend and error.charged == "no"
    is_wanted = job.state in (JobState.SENDING, JobState.WAITING) and job.stop_asked_at is None
    return is_free and is_wanted and job.tries < MOST_TRIES


def _send_again(job: Job, error: ProviderError, now: datetime) -> None:
    wait = pause(error, job.tries)
    why = {"error_kind": error.kind, "error_words": error.words, **_noted(job, error)}
    none: dict[str, Any] = {"lease": None, "lease_until": None, "handle": "", "deadline": None}
    move(job, JobState.QUEUED, **_due(now + wait), **none, **why)
    call_worker("send_job", job, wait)


def _give_up(job: Job, error: ProviderError, now: datetime) -> None:
    noted = _noted(job, error)
    if error.charged == "no":
        noted["settled_micros"] = refund(job, error.words)
    else:
        noted |= {"settled_micros": pay(job, job.quote_micros), "cost_basis": "unknown"}
    end(job, _ending(job, error), now, kind=error.kind, words=error.words, **noted)


def _ending(job: Job, error: ProviderError) -> JobState:
    """A provider that forgets what it has stopped says only that it does not know the job, and charged nothing."""
    if isinstance(error, Refused):
        return JobState.REFUSED
    was_stopped = isinstance(error, Stopped) or (job.stop_asked_at is not None and error.charged == "no")
    return JobState.CANCELED if was_stopped and job.state == JobState.WAITING else JobState.FAILED


# Shared steps


def pause(error: ProviderError, tries: int) -> timedelta:
    """How long to wait before asking again: as told, or longer each time, never all at once."""
    wait = error.retry_after if error.retry_after is not None else min(2.0**tries, 120.0)
    return seconds(wait * (1 + random.random() / 4))  # noqa: S311 - only spreads the load


def seconds(amount: float) -> timedelta:
    """A pause of so many seconds, within reason: a provider may say any number."""
    return timedelta(seconds=min(max(0.2, amount), LONGEST_PAUSE.total_seconds()))


def _due(moment: datetime) -> dict[str, datetime]:
    """What a job says when a worker is told to look at it then."""
    return {"not_before": moment, "enqueued_at": moment}


def _noted(job: Job, error: ProviderError) -> dict[str, Any]:
    """What an error says of its job."""
    return {"request_id": error.request_id[:200] or job.request_id, "raw": _raw(error.raw)}


def _raw(answer: Any) -> dict[str, Any]:
    """The answer as it may be stored: adapters take their keys out, and this takes out what looks like one."""
    clean = redact(answer)
    return clean if isinstance(clean, dict) else ({} if clean is None else {"answer": clean})


def _is_error(outcome: Outcome) -> bool:
    return isinstance(outcome, ProviderError)


def _is_about_the_job(error: ProviderError) -> bool:
    """Whether an error that came while asking says how the job ended. What it usually costs is about the asking, so
    apart from a refusal only one that tells what was charged does."""
    is_told = error.charge_is_told and error.charged != "unknown"
    return error.ends_job or isinstance(error, Refused) or (is_told and not error.may_resend)


def _ask_again(outcome: Outcome) -> float:
    return (outcome.ask_again_in or 5.0) if isinstance(outcome, Pending) else 5.0

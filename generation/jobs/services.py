"""What people do with a job: stop it, send it again, settle it, and bring pictures for it.

Each verb locks the row, checks right and state, writes the fields it changes and adds its log entry last; files and
network are outside the transactions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction

from core import audit, clock
from core.audit import Change
from core.errors import Blocked, Finding, InvalidTransition
from core.models import User
from generation.briefs.pricing import price_of
from generation.briefs.sending_photographs import Photographs
from generation.catalogue import offers, registry
from generation.jobs import requests
from generation.jobs.dispatch import enqueue
from generation.jobs.ingest import add_outputs, look_at
from generation.jobs.transitions import check_right, check_state, hold, move, save
from generation.models import Job, JobState
from generation.models.job import DOUBTFUL, ENDED, RETRIABLE
from generation.providers.base import Picture
from generation.spending import budgets, ledger

SETTLED = tuple(state for state in ENDED if state != JobState.UNCLEAR)
"""Ends with a cost that is booked; one that is unclear is settled first."""
MOST_MICROS = 100_000 * 1_000_000
ASK_AGAIN_FOR = timedelta(minutes=10)
NOT_AWAITED = "This job is not waiting for anybody to upload its result."


def cancel(job: Job, *, by: User) -> Job:
    """Stop a job that has not been sent, or that waits for a person; its reservation is given back.

    One that its provider has is only asked to stop: how it ended, and what it cost, is what the provider then says.
    """
    check_right(by, "You can view jobs, but not stop them.")
    with transaction.atomic():
        held = hold(job)
        if held.state == JobState.WAITING:
            return _ask_to_stop(held, by)
        change = move(held, JobState.CANCELED, finished_at=clock.now(), lease=None, not_before=None)
        ledger.give_back(held.pk, "Canceled.")
        audit.record(by, "job.canceled", change, f"{held} was canceled; nothing was charged.")
    return held


def _ask_to_stop(held: Job, by: User) -> Job:
    label = registry.label(held.model.provider)
    if not registry.is_cancellable(held.model.provider):
        raise InvalidTransition(
            f"{label} has the job already and cannot be stopped from here. "
            "Its pictures can be discarded when they come."
        )
    if held.stop_asked_at is not None:
        raise InvalidTransition(f"{label} was already asked to stop. Wait for its answer.")
    change = save(held, stop_asked_at=clock.now(), not_before=None)
    enqueue("resume_job", held)
    audit.record(by, "job.stopping", change, f"{held}: {label} is asked to stop.")
    return held


def retry(job: Job, *, by: User) -> Job:
    """Send a job that was refused, failed or was canceled once more, at today's price."""
    check_right(by, "You can view jobs, but not send them.")
    with transaction.atomic():
        held = hold(job)
        check_state(held, *RETRIABLE)
        offers.check_offered(held.model)
        provider, spec = registry.provider(held.model.provider), requests.spec_of(held)
        Photographs(held.brief, held.brief.references.all()).check(held.model, provider, spec)
        price = price_of(spec, provider, held.count)
        covering = budgets.covering_brief(held.brief, held.currency)
        ledger.reserve(held.pk, price["quote_micros"], covering=covering)
        change = move(
            held,
            JobState.QUEUED,
            **price,
            sent_again_by=by,
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
        enqueue("send_job", held)
        audit.record(by, "job.retried", change, f"{held} is sent again.")
    return held


def resume_unclear(job: Job, *, by: User) -> Job:
    """Ask the provider what became of an unclear job. Asking costs nothing; it needs the provider's handle."""
    check_right(by, "You can view jobs, but not resume them.")
    with transaction.atomic():
        held = hold(job)
        check_state(held, JobState.UNCLEAR)
        if not held.handle:
            raise InvalidTransition(
                "The answer was lost before the provider told us how to ask for it. Look in its own records, then say "
                "whether it was charged."
            )
        change = move(
            held,
            JobState.WAITING,
            error_kind="",
            error_words="",
            stop_asked_at=None,
            lease=None,
            lease_until=None,
            not_before=None,
            deadline=clock.now() + ASK_AGAIN_FOR,
            finished_at=None,
        )
        enqueue("resume_job", held)
        audit.record(by, "job.resumed", change, f"{held}: the provider is asked again.")
    return held


def write_off(job: Job, *, by: User, words: str = "") -> Job:
    """Settle an unclear job as not charged: what was booked for it is given back."""
    return _settle_unclear(job, by, charged=False, words=words or "Nothing was charged, as the provider's records say.")


def mark_charged(job: Job, *, by: User, words: str = "") -> Job:
    """Settle an unclear job as charged: what was booked for it stays."""
    return _settle_unclear(job, by, charged=True, words=words or "It was charged, as the provider's records say.")


def _settle_unclear(job: Job, by: User, *, charged: bool, words: str) -> Job:
    budgets.check_manager(by)
    with transaction.atomic():
        held = hold(job)
        check_state(held, JobState.UNCLEAR)
        settled, basis = held.settled_micros or 0, "reported" if charged else held.cost_basis
        if not charged:
            ledger.correct(held.pk, -held.quote_micros, words)
            settled -= held.quote_micros
        kept = f"{held.error_words} {words}".strip()
        # A picture may still come. What is booked for the request stays in its lease; without one nothing is.
        lease = held.lease if charged else None
        change = move(held, JobState.FAILED, error_words=kept, cost_basis=basis, settled_micros=settled, lease=lease)
        verb = "job.marked_charged" if charged else "job.written_off"
        audit.record(by, verb, change, f"{held}: {words}", cost_micros=settled)
    return held


def correct_cost(job: Job, micros: int, *, by: User, words: str) -> Job:
    """Change what a job that is over is booked at, with the reason. Raises Blocked for what cannot be booked."""
    budgets.check_manager(by)
    with transaction.atomic():
        held = hold(job)
        check_state(held, *SETTLED)
        more = micros - (held.settled_micros or 0)
        if not 0 <= micros <= MOST_MICROS:
            raise Blocked([Finding("cost", "Write an amount from 0 to 100,000.", field="amount")])
        if -more > ledger.spent_on(held.pk):
            words = "Part of this was charged in an earlier month, which is closed. Write an amount that includes it."
            raise Blocked([Finding("cost", words, field="amount")])
        ledger.correct(held.pk, more, words)
        checked = f"{held.error_words} Checked: {words}" if held.cost_basis == DOUBTFUL else held.error_words
        change = save(held, settled_micros=micros, cost_basis="corrected", error_words=checked)
        audit.record(by, "job.cost_corrected", change, f"{held}: {words}", cost_micros=micros)
    return held


def hand_in(job: Job, files: Sequence[bytes], *, by: User, told: Mapping[str, str] | None = None) -> Job:
    """Bring the pictures that a person made elsewhere for a hand-off job; more may follow. Raises Unreadable.

    `told` is what the person answered to the provider's `asks`; it goes into the provenance of these pictures.
    """
    check_right(by, "You can view jobs, but not upload their results.")
    if not registry.is_by_hand(job.model.provider):
        raise InvalidTransition(NOT_AWAITED)
    provider, spec = registry.provider(job.model.provider), requests.spec_of(job)
    received = look_at([Picture(data) for data in files], spec, provider)
    with transaction.atomic():
        held = hold(job)
        if held.state not in (JobState.HAND, JobState.DONE):
            raise InvalidTransition(NOT_AWAITED)
        made = add_outputs(held, received, brought_by=by, told=dict(told or {}))
        change = _brought(held) if held.state == JobState.HAND else save(held)
        words = f"{len(received)} uploaded for {held}."
        answers = {"told": dict(told)} if told else {}
        audit.record(by, "job.handed_in", [change, *map(Change, made)], words, **answers)
    return held


def _brought(held: Job) -> Change[Job]:
    """The first pictures end the job, and its price is due."""
    ledger.settle(held.pk, held.quote_micros)
    paid = {"settled_micros": held.quote_micros, "cost_basis": held.quote_basis}
    return move(held, JobState.DONE, finished_at=clock.now(), **paid)

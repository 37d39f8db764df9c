"""How a job ends, and what is booked for it then."""

from __future__ import annotations

from datetime import datetime

from core import audit
from generation.jobs.transitions import check_move
from generation.models import Job, JobState
from generation.providers.errors import ErrorKind
from generation.spending import ledger

OUTCOME_FIELDS = (
    *("state", "error_kind", "error_words", "finished_at", "lease_until", "not_before", "settled_micros"),
    *("cost_basis", "model_reported", "request_id", "revised_prompt", "seed", "parameters", "in_effect", "raw"),
)


OVERDUE = (ErrorKind.UNCLEAR, "The provider did not finish in time.")
"""Why a job that waits past its deadline is unclear."""


def unclear(job: Job, now: datetime, *, kind: ErrorKind, words: str) -> None:
    """Sent, and nobody knows what came of it: book the price as spent until a person settles it."""
    pay(job, job.quote_micros)
    job.cost_basis = "unknown"
    end(job, JobState.UNCLEAR, now, kind=kind, words=words)


def not_sent(job: Job, now: datetime, words: str) -> None:
    """End a job that cannot be sent; its reservation is given back."""
    refund(job, words)
    end(job, JobState.FAILED, now, kind=ErrorKind.NOT_SENT, words=words)


def poison(job: Job, now: datetime) -> None:
    """Every worker that took the job died: end it before it takes more of them. Asking harmed nobody, so it is free."""
    words = "Each worker that took this job stopped. Ask an administrator to look into the worker's log."
    refund(job, words)
    end(job, JobState.FAILED, now, kind=ErrorKind.POISON, words=words)


def pay(job: Job, micros: int) -> None:
    """Book what a request cost. Where its quote is booked already, since it was unclear, only the difference moves."""
    if ledger.is_reserved(job.pk):
        ledger.settle(job.pk, micros)
        change = micros
    else:
        change = micros - (job.quote_micros if job.settled_micros is not None else 0)
        ledger.correct(job.pk, change, "Known better by now.")
    job.settled_micros = (job.settled_micros or 0) + change


def refund(job: Job, words: str) -> None:
    if ledger.is_reserved(job.pk):
        ledger.give_back(job.pk, words)
        job.settled_micros = job.settled_micros or 0
    else:
        pay(job, 0)


def end(job: Job, state: JobState, now: datetime, *, kind: ErrorKind | None, words: str) -> None:
    check_move(job.state, state)
    job.state, job.error_kind, job.error_words, job.finished_at = state, kind or "", words, now
    job.lease_until = job.not_before = None
    job.save(update_fields=OUTCOME_FIELDS)
    said = f"{job}: {state.label.lower()}." + (f" {words}" if words else "")
    audit.record(None, f"job.{state.value}", job, said, cost_micros=job.settled_micros, currency=job.currency)

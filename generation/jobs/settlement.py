"""How a job ends, and what is booked for it then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import audit, money
from generation.jobs.transitions import move, save
from generation.models import Job, JobState
from generation.models.job import DOUBTFUL
from generation.providers.base import Finished
from generation.providers.errors import ErrorKind
from generation.spending import ledger

BELIEVED = 4
"""Times the quote up to which a provider's word on the cost is booked as it is.

Quotes err upwards, and what makes an honest bill dearer (a picture sent along that counts more than was guessed, a
quality chosen by the service) stays within this. What lies beyond is a slip in units or a broken meter: booking it
would stop everybody's sending, so the quote is booked and a person looks.
"""
OVERDUE = (ErrorKind.UNCLEAR, "The provider did not finish in time.")
"""Why a job that waits past its deadline is unclear."""


def unclear(job: Job, now: datetime, *, kind: ErrorKind, words: str, **changes: Any) -> None:
    """Sent, and nobody knows what came of it: book the price as spent until a person settles it."""
    if job.state == JobState.UNCLEAR:  # a late answer that tells nothing new
        save(job, **changes)
    else:
        paid = {"settled_micros": pay(job, job.quote_micros), "cost_basis": "unknown"}
        end(job, JobState.UNCLEAR, now, kind=kind, words=words, **paid, **changes)


def not_sent(job: Job, now: datetime, words: str) -> None:
    """End a job that cannot be sent; its reservation is given back."""
    end(job, JobState.FAILED, now, kind=ErrorKind.NOT_SENT, words=words, settled_micros=refund(job, words))


def poison(job: Job, now: datetime) -> None:
    """Every worker that took the job died: end it before it takes more of them. Asking harmed nobody, so it is free.

    The last of them may only have been slow, so its lease ends too: what it still brings is left out.
    """
    words = "Each worker that took this job stopped. Ask an administrator to look into the worker's log."
    free = refund(job, words)
    end(job, JobState.FAILED, now, kind=ErrorKind.POISON, words=words, settled_micros=free, lease=None)


def told_cost(job: Job, answer: Finished) -> tuple[int, str, str]:
    """What to book for an answer, where that is from, and in words what is wrong with what its provider says of it."""
    told = answer.cost
    booked = f"The quote of {money.written(job.quote_micros, job.currency)} was booked. A budget manager checks it."
    if not told:
        if answer.cost_basis != DOUBTFUL:
            return job.quote_micros, job.quote_basis, ""
        return job.quote_micros, DOUBTFUL, f"What the provider says of the cost cannot be read. {booked}"
    if told.currency == job.currency and 0 <= told.micros <= job.quote_micros * BELIEVED:
        return told.micros, answer.cost_basis, ""
    said = money.written(told.micros, told.currency)
    return job.quote_micros, DOUBTFUL, f"The provider's answer puts the cost at {said}, which cannot be right. {booked}"


def pay(job: Job, micros: int) -> int:
    """Book what a request cost, and return what the job has cost by then.

    Where its quote is booked already, since it was unclear, only the difference moves.
    """
    if ledger.settle(job.pk, micros):
        change = micros
    else:
        change = micros - (job.quote_micros if job.settled_micros is not None else 0)
        ledger.correct(job.pk, change, "Known better by now.")
    return (job.settled_micros or 0) + change


def refund(job: Job, words: str) -> int:
    """Book that a request was free, and return what the job has cost by then."""
    if ledger.give_back(job.pk, words):
        return job.settled_micros or 0
    return pay(job, 0)


def end(job: Job, state: JobState, now: datetime, *, kind: ErrorKind | None, words: str, **changes: Any) -> None:
    """Move a job to its end, with what changes beside it, and say so in the log."""
    why = {"error_kind": kind or "", "error_words": words}
    change = move(job, state, **why, finished_at=now, lease_until=None, not_before=None, **changes)
    said = f"{job}: {state.label.lower()}." + (f" {words}" if words else "")
    audit.record(None, f"job.{state.value}", change, said, cost_micros=job.settled_micros, currency=job.currency)

"""Pictures that come after a person has settled their job, or sent it again: they were paid for, so they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core import audit
from generation.jobs.ingest import Received, add_outputs
from generation.jobs.settlement import end
from generation.jobs.transitions import save
from generation.models import Attempt, Job, JobState
from generation.models.job import RETRIABLE
from generation.spending import ledger

WORDS = "The picture came after the job had been settled."


def is_open(job: Job, request: UUID, handle: str) -> bool:
    """Whether nobody has noted yet what came of a request: the sending itself, or an asking by the same handle."""
    if Attempt.objects.filter(pk=request, job=job, ended_at=None).exists():
        return True
    return job.state == JobState.FAILED and handle != "" and job.handle == handle


def keep(
    job: Job,
    request: UUID,
    received: Sequence[Received],
    cost: int,
    now: datetime,
    *,
    unshown: list[str],
    doubt: str = "",
    **told: Any,
) -> None:
    """Note pictures of a request that its locked job no longer waits for, and book what they cost, in micro-units.

    A job that has ended is done by them. One that is under way anew goes on; they stand beside what that will bring.
    Where none of them can be shown, a job that has ended stays so; `unshown` names all its files that cannot be.
    Whoever marked a request as charged has booked its quote and left it in the job's lease: that is not booked twice.
    `doubt` says what is wrong with what its provider tells of the cost.
    """
    good = [each for each in received if each.facts is not None]
    add_outputs(job, good)
    more = cost - (job.quote_micros if job.lease == request else 0)
    ledger.correct(job.pk, more, WORDS)
    settled = (job.settled_micros or 0) + more
    known: dict[str, Any] = {"settled_micros": settled, "unshown": unshown}
    words = " ".join(filter(None, [WORDS, *(each.problem for each in received), doubt]))
    if job.state in RETRIABLE:
        known |= {**told, "lease": None}
        if good:
            state = JobState.DONE if len(good) >= job.count else JobState.PARTIAL
            end(job, state, now, kind=None, words=words, **known)
            return
        known |= {"error_words": words, "handle": ""}  # without it nobody keeps the same answer once more
    change = save(job, **known)
    audit.record(None, "job.late_pictures", change, f"{job}: {WORDS}", pictures=len(good), cost_micros=settled)

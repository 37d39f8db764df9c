"""The life of a job: which state may follow which, the one writer of it, and the steps that every change shares."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied

from core import audit
from core.audit import Change
from core.errors import InvalidTransition
from core.models import User
from generation.models import Job, JobState
from generation.models.job import RETRIABLE

_S = JobState
MAKE = "generation.make_images"
LOGGED = frozenset(
    {
        *("state", "quote_micros", "quote_basis", "currency", "settled_micros", "cost_basis"),
        *("error_kind", "error_words", "stop_asked_at", "finished_at"),
    }
)
"""The fields whose values the log holds. The others are long or the worker's own, and a handle may hold a secret."""

MOVES: frozenset[tuple[JobState, JobState]] = frozenset(
    {
        *((_S.QUEUED, after) for after in (_S.SENDING, _S.FAILED, _S.CANCELED)),
        *(
            (_S.SENDING, after)
            for after in (_S.QUEUED, _S.WAITING, _S.HAND, _S.DONE, _S.PARTIAL, _S.REFUSED, _S.FAILED, _S.UNCLEAR)
        ),
        *((_S.WAITING, after) for after in (_S.DONE, _S.PARTIAL, _S.REFUSED, _S.FAILED, _S.UNCLEAR, _S.CANCELED)),
        (_S.WAITING, _S.QUEUED),  # its provider did not begin it after all, and took nothing
        *((_S.HAND, after) for after in (_S.DONE, _S.CANCELED)),
        # An answer may still come after a job was given up as unclear; a person may also ask again, or settle it.
        *((_S.UNCLEAR, after) for after in (_S.DONE, _S.PARTIAL, _S.REFUSED, _S.WAITING, _S.FAILED)),
        # Or after a person has settled it. Whoever sends it once more may still get what the first request made.
        *((before, after) for before in RETRIABLE for after in (_S.QUEUED, _S.DONE, _S.PARTIAL)),
    }
)


def check_move(current: str, wanted: JobState) -> None:
    """Raise InvalidTransition unless a job may go from `current` to `wanted`."""
    if (JobState(current), wanted) not in MOVES:
        now, then = JobState(current).label.lower(), wanted.label.lower()
        raise InvalidTransition(f"This job is “{now}”, so it cannot become “{then}”. Look at the page again.")


def lock(job_id: uuid.UUID, known: Job | None = None) -> Job | None:
    """The job as it is now, held until the transaction ends.

    Its brief never changes: it is taken from the job as it was `known`, which spares the dearest query of all.
    """
    held = Job.objects.select_for_update(of=("self",)).filter(pk=job_id).order_by()  # ordering one row costs as much
    if known is None:
        held = held.select_related("brief__revision", "brief__listing", "brief__asked_by", "model")
    job = next(iter(held), None)
    if job is not None and known is not None:
        job.brief, job.model = known.brief, known.model
    return job


def move(job: Job, state: JobState, **changes: Any) -> Change[Job]:
    """Change the state of a locked job, with what changes beside it: nothing else writes a state.

    Returns what the log is to hold of it. Raises InvalidTransition.
    """
    check_move(job.state, state)
    return _write(job, state=state, **changes)


def save(job: Job, **changes: Any) -> Change[Job]:
    """Write these fields of a locked job, and no others. Returns what the log is to hold of it."""
    if "state" in changes:
        raise ValueError("A job's state is changed by `move`, which looks at the table.")
    return _write(job, **changes)


def check_right(by: User, words: str) -> None:
    """Raise PermissionDenied, with these words, for whoever may not make pictures."""
    if not by.has_perm(MAKE):
        raise PermissionDenied(words)


def check_state(job: Job, *wanted: JobState) -> None:
    """What people may do is narrower than the moves: only a worker sends again what is being sent."""
    if job.state not in wanted:
        raise InvalidTransition(f"This job is “{job.get_state_display().lower()}” by now. Look at the page again.")


def hold(job: Job) -> Job:
    """The job of a person's wish, locked."""
    held = lock(job.pk)
    if held is None:
        raise Job.DoesNotExist  # jobs are never deleted
    return held


def _write(job: Job, **changes: Any) -> Change[Job]:
    change = audit.write(job, **changes)
    before, after = ({name: each[name] for name in each if name in LOGGED} for each in (change.before, change.after))
    return Change(job, before, after)

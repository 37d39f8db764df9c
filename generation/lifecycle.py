"""The life of a job: which state may follow which."""

from __future__ import annotations

from core.errors import InvalidTransition
from generation.models.job import JobState

_S = JobState

MOVES: frozenset[tuple[JobState, JobState]] = frozenset(
    {
        *((_S.QUEUED, after) for after in (_S.SENDING, _S.FAILED, _S.CANCELLED)),
        *(
            (_S.SENDING, after)
            for after in (_S.QUEUED, _S.WAITING, _S.HAND, _S.DONE, _S.PARTIAL, _S.REFUSED, _S.FAILED, _S.UNCLEAR)
        ),
        *((_S.WAITING, after) for after in (_S.DONE, _S.PARTIAL, _S.REFUSED, _S.FAILED, _S.UNCLEAR, _S.CANCELLED)),
        *((_S.HAND, after) for after in (_S.DONE, _S.CANCELLED)),
        # An answer may still come after a job was given up as unclear; a person may also ask again, or settle it.
        *((_S.UNCLEAR, after) for after in (_S.DONE, _S.PARTIAL, _S.REFUSED, _S.WAITING, _S.FAILED)),
        *((before, _S.QUEUED) for before in (_S.REFUSED, _S.FAILED, _S.CANCELLED)),
    }
)

RUNNING = (_S.QUEUED, _S.SENDING, _S.WAITING)
"""States in which something is still going to happen by itself."""
RETRIABLE = (_S.REFUSED, _S.FAILED, _S.CANCELLED)
"""Ends that a person may answer by sending the job once more."""
ENDED = (_S.DONE, _S.PARTIAL, _S.REFUSED, _S.FAILED, _S.CANCELLED, _S.UNCLEAR)


def check_move(current: str, wanted: JobState) -> None:
    """Raise InvalidTransition unless a job may go from `current` to `wanted`."""
    if (JobState(current), wanted) not in MOVES:
        now, then = JobState(current).label.lower(), wanted.label.lower()
        raise InvalidTransition(f"This job is “{now}”, so it cannot become “{then}”. Look at the page again.")

"""The life of a version: its states, the moves between them, and the words for a refused move."""

from __future__ import annotations

from assets.models import Version
from assets.models.version import Status
from core.errors import InvalidTransition
from core.models import User

MOVES: frozenset[tuple[Status, Status]] = frozenset(
    {
        (Status.DRAFT, Status.IN_REVIEW),
        (Status.DRAFT, Status.ARCHIVED),
        (Status.IN_REVIEW, Status.DRAFT),
        (Status.IN_REVIEW, Status.APPROVED),
        (Status.IN_REVIEW, Status.CHANGES_REQUESTED),
        (Status.IN_REVIEW, Status.REJECTED),
        (Status.CHANGES_REQUESTED, Status.IN_REVIEW),
        (Status.CHANGES_REQUESTED, Status.ARCHIVED),
        (Status.REJECTED, Status.ARCHIVED),
        (Status.APPROVED, Status.IN_REVIEW),
        (Status.APPROVED, Status.WITHDRAWN),
        (Status.APPROVED, Status.ARCHIVED),
        (Status.WITHDRAWN, Status.IN_REVIEW),
        (Status.WITHDRAWN, Status.ARCHIVED),
    }
)


def check_move(current: str, wanted: Status) -> None:
    """Raise `InvalidTransition` unless a version may go from `current` to `wanted`."""
    if (Status(current), wanted) not in MOVES:
        raise InvalidTransition(
            f"This version is “{Status(current).label.lower()}”, so it cannot become “{wanted.label.lower()}”."
        )


def set_status(version: Version, status: Status, *, approved_by: User | None = None) -> Version:
    """Move a version, in the transaction of the caller, who also writes the log. Raises InvalidTransition.

    Only the rooms of approvals call this for the states of a review; `archive` is the one move of the library itself.
    """
    locked = Version.objects.select_for_update(of=("self",)).get(pk=version.pk)
    check_move(locked.status, status)
    locked.status = version.status = status
    locked.approved_by = version.approved_by = approved_by if status == Status.APPROVED else None
    locked.save(update_fields=["status", "approved_by"])
    return locked

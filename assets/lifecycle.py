"""The life of a version: its states, the moves between them, and the words for a refused move."""

from __future__ import annotations

from django.db import models

from core.errors import InvalidTransition


class Status(models.TextChoices):
    """Where a version stands. Written by `assets.library.set_status` and by nothing else."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    RETIRED = "retired", "Retired"


MOVES: frozenset[tuple[Status, Status]] = frozenset(
    {
        (Status.DRAFT, Status.IN_REVIEW),
        (Status.DRAFT, Status.RETIRED),
        (Status.IN_REVIEW, Status.DRAFT),
        (Status.IN_REVIEW, Status.APPROVED),
        (Status.IN_REVIEW, Status.CHANGES_REQUESTED),
        (Status.IN_REVIEW, Status.REJECTED),
        (Status.CHANGES_REQUESTED, Status.IN_REVIEW),
        (Status.CHANGES_REQUESTED, Status.RETIRED),
        (Status.REJECTED, Status.RETIRED),
        (Status.APPROVED, Status.IN_REVIEW),
        (Status.APPROVED, Status.WITHDRAWN),
        (Status.APPROVED, Status.RETIRED),
        (Status.WITHDRAWN, Status.IN_REVIEW),
        (Status.WITHDRAWN, Status.RETIRED),
    }
)


def check_move(current: str, wanted: Status) -> None:
    """Raise `InvalidTransition` unless a version may go from `current` to `wanted`."""
    if (Status(current), wanted) not in MOVES:
        raise InvalidTransition(
            f"This version is “{Status(current).label.lower()}”, so it cannot become “{wanted.label.lower()}”."
        )

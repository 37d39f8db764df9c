"""The life of a version: its states, the moves between them, and the words for a refused move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models


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


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands in the way, or is worth knowing: a code for machines, words for people."""

    code: str
    words: str
    severity: str = "blocks"
    """`blocks` stops, `warns` is shown to whoever decides, `informs` is a passed check."""
    field: str = ""
    """The part of the page or form where it can be mended: `alt_text`, `licence`, `consents`, …"""

    @property
    def blocks(self) -> bool:
        return self.severity == "blocks"


class InvalidTransition(Exception):
    """The thing is not in a state that allows this (HTTP 409). Says the state it is in, and what is possible."""


class Blocked(Exception):
    """Facts are missing (HTTP 422). Carries the findings that say which, and where to mend them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(" ".join(finding.words for finding in self.findings))


def check_move(current: str, wanted: Status) -> None:
    """Raise `InvalidTransition` unless a version may go from `current` to `wanted`."""
    if (Status(current), wanted) not in MOVES:
        raise InvalidTransition(
            f"This version is “{Status(current).label.lower()}”, so it cannot become “{wanted.label.lower()}”."
        )

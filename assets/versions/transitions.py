"""The life of a version: its states, the moves between them, and the words for a refused move."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from assets.models import Version
from assets.models.version import Status
from core.audit import Change, values_of
from core.errors import InvalidTransition
from core.models import User
from core.sets import batches

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


def move(versions: Iterable[Version], status: Status, *, approved_by: User | None = None) -> list[Change[Version]]:
    """Move versions, in the transaction of the caller, who also writes the log: the one door to a version's state.

    All of them or none: raises InvalidTransition. Only the rooms of approvals ask for the states of a review;
    archiving is the one move of the library itself.
    """
    given = {version.pk: version for version in versions}
    locked = [each for batch in batches(sorted(given)) for each in _locked(batch)]
    changes = [_moved(version, status, approved_by) for version in locked]
    for version in locked:
        given[version.pk].status, given[version.pk].approved_by = version.status, version.approved_by
    for batch in batches(locked):
        Version.objects.filter(pk__in=[version.pk for version in batch]).update(
            status=status, approved_by=_approver(status, approved_by)
        )
    return changes


def _moved(version: Version, status: Status, approved_by: User | None) -> Change[Version]:
    check_move(version.status, status)
    before = values_of(version, "status", "approved_by")
    version.status, version.approved_by = status, _approver(status, approved_by)
    return Change.between(version, before, values_of(version, "status", "approved_by"))


def _approver(status: Status, approved_by: User | None) -> User | None:
    """Only what is approved names an approver."""
    return approved_by if status == Status.APPROVED else None


def _locked(keys: list[UUID]) -> Iterable[Version]:
    every = Version.objects.select_for_update(of=("self",), no_key=True).select_related("approved_by")
    return every.filter(pk__in=keys).order_by("pk")

"""The life of a review: its states, the moves between them, and the lock that every change of one takes."""

from __future__ import annotations

from approvals.models import Review, ReviewState
from approvals.releases.lifecycle import lock_version
from core import audit, clock
from core.audit import Change
from core.errors import InvalidTransition

_S = ReviewState
CLOSED = (_S.APPROVED, _S.CHANGES, _S.REJECTED, _S.RETRACTED)
IN_WORDS = {
    _S.OPEN: "This review waits for a decision.",
    _S.SETTLING: "Decided. The decision can still be undone.",
    _S.APPROVED: "Approved. There is nothing more to decide.",
    _S.CHANGES: "Changes were requested. Submitted again, it gets a new review.",
    _S.REJECTED: "Rejected. There is nothing more to decide.",
    _S.RETRACTED: "It was retracted before anybody decided.",
}
"""How a review stands, for whoever wants it otherwise."""
MOVES: frozenset[tuple[ReviewState, ReviewState]] = frozenset(
    {
        (_S.OPEN, _S.SETTLING),
        (_S.OPEN, _S.RETRACTED),
        (_S.SETTLING, _S.OPEN),  # undone, or lapsed since something changed
        *((_S.SETTLING, after) for after in (_S.APPROVED, _S.CHANGES, _S.REJECTED)),
    }
)


def lock_review(review: Review) -> Review:
    """The review as it is now, with its version, both held until the transaction ends."""
    reviews = Review.objects.select_for_update(of=("self",), no_key=True)
    locked: Review = reviews.select_related("claimed_by", "submitted_by").get(pk=review.pk)
    locked.version = lock_version(locked.version)
    return locked


def check_move(review: Review, state: ReviewState) -> None:
    """Raise `InvalidTransition` unless the review may become this."""
    if (ReviewState(review.state), state) not in MOVES:
        raise InvalidTransition(f"{how_it_stands(review)} Nothing was recorded.")


def how_it_stands(review: Review) -> str:
    """A sentence about the state of a review."""
    return IN_WORDS[ReviewState(review.state)]


def move(review: Review, state: ReviewState) -> Change[Review]:
    """Change the state of a locked review: the one door to it. Raises InvalidTransition."""
    check_move(review, state)
    closed = {"closed_at": clock.instant()} if state in CLOSED else {}
    return audit.write(review, state=state, **closed)


def quoted(note: str) -> str:
    return f" “{note.strip()}”" if note.strip() else ""

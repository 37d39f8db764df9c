"""The steps that every change of a review shares: the lock, and the move to another state."""

from __future__ import annotations

from approvals.models import Review, ReviewState
from approvals.releases.lifecycle import lock_version
from core import clock


def lock_review(review: Review) -> Review:
    locked: Review = (
        Review.objects.select_for_update(of=("self",)).select_related("claimed_by", "submitted_by").get(pk=review.pk)
    )
    locked.version = lock_version(locked.version)
    return locked


def move(review: Review, state: ReviewState) -> None:
    review.state = state
    review.save(update_fields=["state"])


def close(review: Review, state: ReviewState) -> None:
    review.state, review.closed_at = state, clock.instant()
    review.save(update_fields=["state", "closed_at"])


def quoted(note: str) -> str:
    return f" “{note.strip()}”" if note.strip() else ""

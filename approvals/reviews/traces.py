"""What the log holds of reviews and decisions: the verbs write it, and `manage.py verify` reads it back."""

from __future__ import annotations

from typing import Any

from approvals.models import Decision, Review
from core.audit import Change, values_of

SETTLED = ("undone_at", "settled_at", "lapsed_because")
_NOT_YET = {"undone_at": None, "settled_at": None, "lapsed_because": ""}


def of_review(review: Review) -> dict[str, Any]:
    """Every column of a review but who has claimed it, which lasts half an hour and decides nothing."""
    names = ("version", "state", "note", "submitted_by", "submitted_at", "due_at", "closed_at")
    return values_of(review, *names) | {"channels": sorted(channel.pk for channel in review.channels.all())}


def of_decision(decision: Decision) -> dict[str, Any]:
    """Every column of a decision; the dossier as its hash."""
    names = ("review", "by", "choice", "note", "words_approved", "dossier_hash", "decided_at", "effective_at")
    return values_of(decision, *names, *SETTLED)


def opened(review: Review) -> Change[Any]:
    return Change(review, {}, of_review(review))


def moved(review: Review, before: str) -> Change[Any]:
    """A review that was just in another state."""
    was = {"state": before, "closed_at": None}
    return Change.between(review, was, values_of(review, *was))


def decided(decision: Decision) -> Change[Any]:
    return Change(decision, {}, of_decision(decision))


def settled(decision: Decision) -> Change[Any]:
    """A decision that just took effect, was undone, or lapsed."""
    return Change.between(decision, _NOT_YET, values_of(decision, *SETTLED))

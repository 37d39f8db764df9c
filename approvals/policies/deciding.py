"""The rules of approving, as plain functions over plain values: what a channel accepts, and who may decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from approvals.models.channel import MANAGE
from core.errors import Finding

__all__ = ["DECIDE", "MANAGE", "SUBMIT", "note_missing", "why_not_decide"]

DECIDE = "approvals.decide_review"
SUBMIT = "approvals.submit_version"


def why_not_decide(person: int, *, may_review: bool, involved: Mapping[int, Collection[str]]) -> str:
    """Why this person cannot decide on a version, in words; empty when they can.

    `involved` says who had a part in making the version, and which. Being a superuser changes nothing.
    """
    if parts := involved.get(person):
        return f"You {_and(parts)}, so somebody else has to decide."
    if not may_review:
        return "You need the right to review. An administrator can give it to you."
    return ""


def note_missing(choice: str, note: str) -> list[Finding]:
    """Sending a picture back without a word helps nobody."""
    if choice == "approve" or note.strip():
        return []
    return [Finding("note_missing", "Say in a few words what should change.", field="note")]


def words_unconfirmed(*, apart: bool, confirmed: bool) -> list[Finding]:
    """Where a channel has the words approved `apart`, approving the picture alone is not enough."""
    if confirmed or not apart:
        return []
    return [Finding("words_unconfirmed", "Read the words as well, and confirm that they are right.", field="words")]


def _and(parts: Collection[str]) -> str:
    words = list(dict.fromkeys(parts))[:2]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

"""Eligibility: whether a viewer can decide on a picture, and what would end that, said before they do it."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from approvals.policies import deciding
from assets.models import Version
from assets.models.version import Status
from core.models import User

CLOSED = (Status.REJECTED, Status.ARCHIVED)
"""States after which nobody decides on a version any more."""

BEFORE_SAVING = "You can review this picture. If you save changes here, somebody else has to approve it."
BEFORE_SUBMITTING = "If you submit it, somebody else has to approve it."
CONTRIBUTED = "You worked on this picture, so somebody else approves it."
BEFORE_ADDING = {
    "upload": "You can review pictures. Somebody else has to approve the ones that you upload.",
    "original": (
        "You can review pictures. If you upload the original, "
        "somebody else has to approve it, and the picture that was made from it."
    ),
    "ask": "You can review pictures. Somebody else has to approve the ones that you ask for.",
    "keep": "You can review pictures. Somebody else has to approve the ones that you keep or upload here.",
    "listing": (
        "You can review pictures. If you change the reference or address, "
        "somebody else has to approve the pictures of this listing."
    ),
}


def before_saving(version: Version, viewer: User | AnonymousUser) -> str:
    """What saving changes means for a viewer who may decide on pictures; empty for everybody else."""
    if not _may_decide(version, viewer):
        return ""
    return CONTRIBUTED if _has_contributed(version, viewer) else BEFORE_SAVING


def before_submitting(version: Version, viewer: User | AnonymousUser) -> str:
    """What submitting means for a viewer who could decide on the version; empty for everybody else."""
    return BEFORE_SUBMITTING if _may_decide(version, viewer) and not _has_contributed(version, viewer) else ""


def before_adding(act: str, viewer: User | AnonymousUser) -> str:
    """What adding pictures means for a viewer who may decide on pictures; empty for everybody else."""
    return BEFORE_ADDING[act] if viewer.has_perm(deciding.DECIDE) else ""


def _may_decide(version: Version, viewer: User | AnonymousUser) -> bool:
    return viewer.has_perm(deciding.DECIDE) and version.status not in CLOSED


def _has_contributed(version: Version, viewer: User | AnonymousUser) -> bool:
    return any(each.person_id == viewer.pk for each in version.contributors.all())

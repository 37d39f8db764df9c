"""Mail about reviews. Nothing in it decides anything: every link opens a page that asks who is there."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from approvals import dossier, policy
from approvals.models import Decision, Review, ReviewState

logger = structlog.get_logger(__name__)


def in_review(review: Review) -> None:
    """Tell everybody who may decide that something waits. One mail each: addresses are nobody else's business."""
    if review.state != ReviewState.OPEN:
        return
    hands = dossier.hands_in(review.version, review.submitted_by_id)
    for person in _reviewers():
        if person.pk not in hands:
            _send("in_review", person, f"To review: {review.version.asset.title}", review)


def came_back(decision: Decision) -> None:
    """Tell the author what the reviewer wants changed."""
    review = decision.review
    title = review.version.asset.title
    _send("came_back", review.submitted_by, f"{decision.get_choice_display()}: {title}", review, decision=decision)


def _reviewers() -> list[User]:
    everybody = get_user_model().objects.with_perm(
        policy.DECIDE, backend="django.contrib.auth.backends.ModelBackend", include_superusers=False
    )
    return list(everybody.exclude(email="").distinct())


def _send(template: str, to: User, subject: str, review: Review, **more: Any) -> None:
    if not to.email or not to.is_active:
        return
    links = {
        "review_url": settings.SITE_URL + reverse("approvals:review", args=[review.pk]),
        "asset_url": settings.SITE_URL + reverse("assets:asset", args=[review.version.asset_id]),
    }
    body = render_to_string(f"emails/{template}.txt", {"to": to, "review": review, **links, **more})
    try:
        EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[to.email]).send()
    except OSError:  # no mail server, or one that refuses this address: the pages say the same, and others get theirs
        logger.warning("review.not_mailed", review=str(review.pk), to=to.pk, exc_info=True)

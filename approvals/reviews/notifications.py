"""Mail about reviews: who is told of what, and in which words. The outbox sends it.

Nothing in a mail decides anything: every link opens a page that asks who is there.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from approvals.models import Decision, Review
from approvals.policies import deciding
from assets.versions import contributors
from core.models import OutgoingMessage, User
from core.outbox import services as outbox
from core.outbox.topics import Topic

# Who is told, in the caller's transaction


def tell_reviewers(review: Review) -> None:
    """Tell everybody who may decide that something waits."""
    outbox.write(WAITING.name, review, _who_may_decide(review), _named(review))


def tell_again(decision: Decision) -> None:
    """Tell them, whoever decided among them, that a decision had no effect and why: its review waits again."""
    review = decision.review
    outbox.write(WITHOUT_EFFECT.name, decision, _who_may_decide(review), _named(review))


def tell_author(decision: Decision) -> None:
    """Tell the author what the reviewer wants changed."""
    author = decision.review.submitted_by
    is_told = author.is_active and author.mail_answers and bool(author.email)
    outbox.write(RETURNED.name, decision, [author] if is_told else [], _named(decision.review))


def _who_may_decide(review: Review) -> list[User]:
    hands = contributors.parts_of(review.version)
    return [person for person in _reviewers() if person.pk not in hands]


def _reviewers() -> list[User]:
    everybody = get_user_model().objects.with_perm(
        deciding.DECIDE, backend="django.contrib.auth.backends.ModelBackend", include_superusers=False
    )
    return list(everybody.filter(mail_reviews=True).exclude(email="").distinct())


def _named(review: Review) -> str:
    return f"{review.version.asset.title} ({review.version.label})"


# What they are told, when it is sent


def _mail_to_reviewer(message: OutgoingMessage) -> EmailMessage | None:
    if (review := _still_waiting(message, message.subject_id)) is None:
        return None
    return _mail(message, f"To review: {review.version.asset.title}", "in_review", _about(review))


def _mail_without_effect(message: OutgoingMessage) -> EmailMessage | None:
    decision = Decision.objects.select_related("by").filter(pk=message.subject_id).first()
    if decision is None or (review := _still_waiting(message, decision.review_id)) is None:
        return None
    context = {"decision": decision, **_about(review)}
    return _mail(message, f"To review again: {review.version.asset.title}", "without_effect", context)


def _still_waiting(message: OutgoingMessage, key: UUID | str) -> Review | None:
    """The review; none once somebody has decided, or when the reviewer wants no mail or may not decide any more."""
    if not message.to.mail_reviews or not message.to.has_perm(deciding.DECIDE):
        return None
    return Review.objects.open().not_the_work_of(message.to).for_lists().filter(pk=key).first()


def _about(review: Review) -> dict[str, object]:
    return {"review": review, "review_url": settings.SITE_URL + reverse("approvals:review", args=[review.pk])}


def _mail_to_author(message: OutgoingMessage) -> EmailMessage | None:
    """Nothing when the author wants no mail."""
    decision = Decision.objects.select_related("by", "review__version__asset").filter(pk=message.subject_id).first()
    if decision is None or not message.to.mail_answers:
        return None
    asset = decision.review.version.asset
    links = {"asset_url": settings.SITE_URL + reverse("assets:asset", args=[asset.pk])}
    context = {"review": decision.review, "decision": decision, **links}
    return _mail(message, f"{decision.said}: {asset.title}", "came_back", context)


def _mail(message: OutgoingMessage, subject: str, template: str, context: dict[str, object]) -> EmailMessage:
    body = render_to_string(f"emails/{template}.txt", {"to": message.to, **context})
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[message.to.email])


WAITING = Topic("review.waiting", "Review to decide", _mail_to_reviewer)
RETURNED = Topic("review.returned", "Submission returned", _mail_to_author)
WITHOUT_EFFECT = Topic("review.without_effect", "Decision without effect", _mail_without_effect)
TOPICS = (WAITING, RETURNED, WITHOUT_EFFECT)

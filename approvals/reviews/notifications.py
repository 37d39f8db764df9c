"""Mail about reviews: written as rows with what it tells of, and sent by the worker.

Nothing in a mail decides anything: every link opens a page that asks who is there. A row is claimed before it is sent,
so two workers do not send it twice; only a worker that dies between sending and noting it can.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from approvals.models import Decision, Mail, MailKind, MailState, Review, ReviewState
from approvals.policies import deciding
from assets.versions import contributors
from core import clock, dispatch
from core.models import User

WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 25, 120)]
"""After each attempt, before the next."""
MOST_ATTEMPTS = len(WAITS) + 1
AT_ONCE = 20
"""Mails in one sweep."""

logger = structlog.get_logger(__name__)


# Written, in the caller's transaction


def tell_reviewers(review: Review) -> None:
    """Tell everybody who may decide that something waits. One mail each: addresses are nobody else's business."""
    hands = contributors.parts_of(review.version)
    _write(MailKind.IN_REVIEW, review, (person for person in _reviewers() if person.pk not in hands))


def tell_author(decision: Decision) -> None:
    """Tell the author what the reviewer wants changed."""
    author = decision.review.submitted_by
    is_told = author.is_active and author.mail_answers and bool(author.email)
    _write(MailKind.CAME_BACK, decision.review, [author] if is_told else [], decision)


def _reviewers() -> list[User]:
    everybody = get_user_model().objects.with_perm(
        deciding.DECIDE, backend="django.contrib.auth.backends.ModelBackend", include_superusers=False
    )
    return list(everybody.filter(mail_reviews=True).exclude(email="").distinct())


def _write(kind: MailKind, review: Review, people: Iterable[User], decision: Decision | None = None) -> None:
    mails = [Mail(kind=kind, review=review, decision=decision, to=person) for person in people]
    if Mail.objects.bulk_create(mails):
        dispatch.enqueue("approvals.tasks.send_mail")


# Sent


def send_due(limit: int = AT_ONCE) -> int:
    """Send what is due, oldest first; returns how many were sent.

    An address that is refused keeps no mail from the others; any other failure would be theirs as well.
    """
    sent = 0
    for number in list(Mail.objects.due(MOST_ATTEMPTS).values_list("pk", flat=True)[:limit]):
        mail = _claim(number)
        if mail is None:
            continue
        if not _is_news(mail):
            _close(mail, MailState.NEEDLESS)
            continue
        try:
            _message(mail).send()
        except SMTPRecipientsRefused:
            _put_off(mail)
        except OSError:  # no mail server; SMTP's own errors are among them
            _put_off(mail)
            break
        else:
            _close(mail, MailState.SENT)
            sent += 1
    return sent


def _claim(number: int) -> Mail | None:
    """The mail, moved on to its next attempt; None when somebody else has it."""
    with transaction.atomic():
        due = Mail.objects.due(MOST_ATTEMPTS).select_for_update(of=("self",))
        mail = due.select_related("to", "decision__by").filter(pk=number).first()
        if mail is None:
            return None
        mail.due_at = clock.instant() + WAITS[min(mail.attempts, len(WAITS) - 1)]
        mail.attempts += 1
        mail.save(update_fields=["due_at", "attempts"])
    mail.review = Review.objects.for_lists().get(pk=mail.review_id)
    return mail


def _is_news(mail: Mail) -> bool:
    """Whether it still tells something to somebody who can be reached and wants it."""
    is_open = mail.kind != MailKind.IN_REVIEW or mail.review.state == ReviewState.OPEN
    is_wanted = mail.to.mail_reviews if mail.kind == MailKind.IN_REVIEW else mail.to.mail_answers
    return is_open and is_wanted and mail.to.is_active and bool(mail.to.email)


def _put_off(mail: Mail) -> None:
    """Leave it to its next attempt, or give it up after the last. The pages say the same."""
    is_over = mail.attempts >= MOST_ATTEMPTS
    if is_over:
        _close(mail, MailState.FAILED)
    logger.warning("mail.not_sent", mail=mail.pk, attempts=mail.attempts, given_up=is_over, exc_info=True)


def _close(mail: Mail, state: MailState) -> None:
    mail.state, mail.closed_at = state, clock.instant()
    mail.save(update_fields=["state", "closed_at"])


def _message(mail: Mail) -> EmailMessage:
    review = mail.review
    said = mail.decision.said if mail.decision else "To review"
    links = {
        "review_url": settings.SITE_URL + reverse("approvals:review", args=[review.pk]),
        "asset_url": settings.SITE_URL + reverse("assets:asset", args=[review.version.asset_id]),
    }
    context = {"to": mail.to, "review": review, "decision": mail.decision, **links}
    body = render_to_string(f"emails/{mail.kind}.txt", context)
    subject = " ".join(f"{said}: {review.version.asset.title}".split())
    return EmailMessage(subject, body.strip() + "\n", to=[mail.to.email])

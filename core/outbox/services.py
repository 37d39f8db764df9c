"""The writers of the outbox: a message is written with what it tells of, and one that was given up is tried again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction

from core import audit, clock, dispatch
from core.errors import InvalidTransition
from core.models import MessageState, OutgoingMessage, User
from core.outbox.topics import label_of, topic_of

MANAGE = "core.view_user"
"""The right of the Settings page."""
SEND = "core.tasks.send_outbox"


def write(topic: str, subject: models.Model, people: Iterable[User], words: str, **data: Any) -> None:
    """Write one message about `subject` to each person. `words` name the subject on the Settings page.

    One each, since addresses are nobody else's business; and once each, however often it is written. Raises
    RuntimeError outside a transaction, where somebody could be told of what never came about.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A message is written in the transaction of what it tells of.")
    about = {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk), "words": words[:300]}
    name = topic_of(topic).name
    if rows := [OutgoingMessage(topic=name, to=person, data=data, **about) for person in people]:
        OutgoingMessage.objects.bulk_create(rows, ignore_conflicts=True)
        dispatch.enqueue(SEND)


def retry(message: OutgoingMessage, *, by: User) -> OutgoingMessage:
    """Send a message that was given up as if it were new, with all its attempts before it."""
    if not by.has_perm(MANAGE):
        raise PermissionDenied("Only administrators send messages again.")
    with transaction.atomic():
        locked = OutgoingMessage.objects.select_for_update(of=("self",)).select_related("to").get(pk=message.pk)
        if locked.state != MessageState.FAILED:
            raise InvalidTransition(f"This message is “{locked.get_state_display().lower()}”, so there is no need.")
        waiting = {"closed_at": None, "attempts": 0, "due_at": clock.instant()}
        change = audit.write(locked, state=MessageState.WAITING, **waiting)
        dispatch.enqueue(SEND)
        words = f"“{label_of(locked.topic)}” is to be sent to {locked.to} again: {locked.words}."
        audit.record(by, "message.retried", change, words)
    return locked

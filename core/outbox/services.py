"""The writers of the outbox: a message is written with what it tells of, and one that was given up is tried again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction

from core import audit, clock, dispatch, sets
from core.errors import InvalidTransition
from core.models import MessageState, OutgoingMessage, User
from core.outbox.topics import label_of, topic_of
from core.sets import batches

MANAGE = "core.view_user"
"""The right of the Settings page."""
SEND = "core.tasks.send_outbox"
_TRIED = ("state", "attempts", "due_at", "closed_at")


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


def renew(topic: str, subject: models.Model, person: User, words: str, **data: Any) -> None:
    """Write a message that may be asked for any number of times: one that is closed is sent anew, one that waits stays.

    Raises RuntimeError outside a transaction.
    """
    write(topic, subject, [person], words, **data)
    known = OutgoingMessage.objects.filter(topic=topic, subject_type=subject._meta.label_lower, to=person)
    closed = known.filter(subject_id=str(subject.pk)).exclude(state=MessageState.WAITING)
    now = clock.instant()
    closed.update(state=MessageState.WAITING, attempts=0, due_at=now, closed_at=None, data=data)


def retry(messages: Iterable[OutgoingMessage], *, by: User) -> list[OutgoingMessage]:
    """Send messages that were given up as if they were new, with all their attempts before them. Others stay.

    Raises PermissionDenied, and InvalidTransition when none of them was given up.
    """
    if not by.has_perm(MANAGE):
        raise PermissionDenied("Only administrators send messages again.")
    with transaction.atomic():
        keys = sorted({message.pk for message in messages})
        given_up = [message for batch in batches(keys) for message in _given_up(batch)]
        if not given_up:
            raise InvalidTransition("There is nothing to try again: it was sent, waits to be, or is no longer news.")
        changes = _to_be_sent(given_up)
        dispatch.enqueue(SEND)
        audit.record(by, "message.retried", changes, _in_words(given_up))
    return given_up


def _given_up(keys: list[int]) -> models.QuerySet[OutgoingMessage]:
    """Those of the messages that were given up, locked in their order."""
    found = OutgoingMessage.objects.filter(pk__in=keys, state=MessageState.FAILED).order_by("pk")
    return found.select_related("to").select_for_update(of=("self",))


def _to_be_sent(given_up: list[OutgoingMessage]) -> list[audit.Change[OutgoingMessage]]:
    now, changes = clock.instant(), []
    for message in given_up:
        before = audit.values_of(message, *_TRIED)
        message.state, message.attempts, message.due_at, message.closed_at = MessageState.WAITING, 0, now, None
        changes.append(audit.Change.between(message, before, audit.values_of(message, *_TRIED)))
    sets.update_each(given_up, *_TRIED)
    return changes


def _in_words(given_up: list[OutgoingMessage]) -> str:
    if len(given_up) > 1:
        return f"{len(given_up)} messages that could not be sent are to be sent again."
    [message] = given_up
    return f"“{label_of(message.topic)}” is to be sent to {message.to} again: {message.words}."

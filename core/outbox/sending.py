"""Sending what is due in the outbox.

A row is claimed before it is sent, so two workers do not send it twice; only a worker that dies between sending and
noting it can, or one that takes longer than the first wait.
"""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException

import structlog
from django.core.mail import EmailMessage
from django.db import transaction

from core import clock
from core.models import MessageState, OutgoingMessage
from core.models.outbox import LONGEST_WAIT
from core.outbox.topics import topic_of

WAITS = [*(timedelta(minutes=minutes) for minutes in (1, 5, 25)), LONGEST_WAIT]
"""After each attempt, before the next."""
MOST_ATTEMPTS = len(WAITS) + 1
AT_ONCE = 20
"""Messages in one run."""

logger = structlog.get_logger(__name__)


def send_due(limit: int = AT_ONCE) -> int:
    """Send what is due, oldest first; returns how many were sent.

    A message that fails keeps none from the others, unless it is the mail server that fails: that would fail them, too.
    """
    sent = 0
    for number in list(OutgoingMessage.objects.due().values_list("pk", flat=True)[:limit]):
        message = _claim(number)
        try:
            sent += message is not None and _send(message)
        except OSError:
            break
    return sent


def _claim(number: int) -> OutgoingMessage | None:
    """The message, moved on to its next attempt; None when somebody else has it, or it has had its last."""
    with transaction.atomic():
        due = OutgoingMessage.objects.due().select_for_update(of=("self",)).select_related("to")
        message = due.filter(pk=number).first()
        if message is None:
            return None
        if message.attempts >= MOST_ATTEMPTS:  # its last attempt was the end of a worker
            _note(message, MessageState.FAILED, "The worker stopped while sending it.")
            return None
        message.due_at = clock.instant() + WAITS[min(message.attempts, len(WAITS) - 1)]
        message.attempts += 1
        message.save(update_fields=["due_at", "attempts"])
    return message


def _send(message: OutgoingMessage) -> bool:
    """Whether it left. Raises OSError when the mail server takes nothing at all."""
    try:
        mail = _mail_for(message)
        if mail is None:
            _note(message, MessageState.NEEDLESS)
            return False
        mail.send()
    except SMTPRecipientsRefused as error:
        _put_off(message, _refusal(error))
        return False
    except SMTPDataError as error:
        _put_off(message, f"The message was refused: {_reply(error)}")
        return False
    except OSError as error:  # no mail server; SMTP's own errors are among them
        _put_off(message, f"The mail server did not take it: {_reply(error)}")
        raise
    except Exception as error:  # whatever an app may raise: those behind it must not wait for it
        _put_off(message, f"It could not be written: {error}")
        return False
    _note(message, MessageState.SENT)
    return True


def _mail_for(message: OutgoingMessage) -> EmailMessage | None:
    """What its topic writes to somebody who can still be reached."""
    if not (message.to.is_active and message.to.email):
        return None
    return topic_of(message.topic).compose(message)


def _put_off(message: OutgoingMessage, problem: str) -> None:
    """Leave it to its next attempt, or give it up after the last. The pages say the same."""
    is_over = message.attempts >= MOST_ATTEMPTS
    _note(message, MessageState.FAILED if is_over else MessageState.WAITING, problem)
    logger.warning("message.not_sent", message=message.pk, attempts=message.attempts, given_up=is_over, exc_info=True)


def _note(message: OutgoingMessage, state: MessageState, problem: str = "") -> None:
    message.state, message.problem = state, _one_line(problem)
    message.closed_at = None if state == MessageState.WAITING else clock.instant()
    message.save(update_fields=["state", "problem", "closed_at"])


def _one_line(problem: str) -> str:
    """As a page can show it and a database keep it, whatever a server may have replied."""
    return " ".join(problem.replace("\x00", "").split())[:300].rstrip(" .")


def _refusal(error: SMTPRecipientsRefused) -> str:
    replies = [f"{code} {reply.decode(errors='replace')}" for code, reply in error.recipients.values()]
    return f"The address was refused: {', '.join(replies) or 'no reason given'}"


def _reply(error: OSError) -> str:
    if isinstance(error, SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return error.strerror or str(error) or type(error).__name__

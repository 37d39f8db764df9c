"""Background work of the foundation: the outbox, the log's head outside, old forms, and the beat of the clock."""

from __future__ import annotations

from celery import shared_task

from core import heartbeat
from core.audit import outside
from core.outbox import sending
from core.web import once


@shared_task
def send_outbox() -> None:
    """Send the messages that are due. Enqueued with each new one; run by the clock for those that no task reached."""
    sending.send_due()


@shared_task
def export_log_head() -> None:
    """Keep the end of the log where the database's owner cannot reach it. Run by the clock."""
    outside.export()


@shared_task
def forget_sent_forms() -> None:
    """Forget the forms that were sent some days ago. Run by the clock."""
    once.forget()


@shared_task
def note_clock() -> None:
    """Say that what is run by the clock runs. Run by the clock."""
    heartbeat.beat(heartbeat.CLOCK)

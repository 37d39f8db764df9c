"""Background work of the foundation: sending what is in the outbox. The rows say what is due."""

from __future__ import annotations

from celery import shared_task

from core.outbox import sending


@shared_task
def send_outbox() -> None:
    """Send the messages that are due. Enqueued with each new one; run by the clock for those that no task reached."""
    sending.send_due()

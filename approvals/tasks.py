"""Background work of approvals: decisions that take effect, and releases that end. The rows say what is due."""

from __future__ import annotations

import structlog
from celery import shared_task

from approvals.models import Decision
from approvals.releases import lifecycle, notices
from approvals.reviews import settling

logger = structlog.get_logger(__name__)

BATCH = 50
"""How many decisions one sweep settles, so that it ends before the next begins."""


@shared_task
def settle(decision: str) -> None:
    """Let one decision take effect, if its time has come."""
    settling.settle(Decision.objects.get(pk=decision))


@shared_task
def sweep() -> None:
    """Settle whatever is due, enqueued or not, and bring releases up to date."""
    for decision in Decision.objects.due().order_by("effective_at")[:BATCH]:
        try:
            settling.settle(decision)
        except Exception:  # whatever it is, those behind it must not wait for it
            logger.exception("decision.not_settled", decision=str(decision.pk))
    lifecycle.expire_due()
    notices.tell_of_ends()

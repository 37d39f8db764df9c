"""Dispatch: publish a task by its name once the transaction stands. A message may be lost: the row is the job."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import celery
import structlog
from django.db import transaction

logger = structlog.get_logger(__name__)


def enqueue(task: str, *args: str, wait: timedelta = timedelta(0)) -> None:
    """Ask a worker to run a task, such as `generation.tasks.send_job`, not before `wait` is over.

    By name, so that whoever asks need not import what the task does. A broker that does not answer changes nothing
    else: the sweep asks again for every row that waits.
    """
    transaction.on_commit(partial(_publish, task, args, wait.total_seconds()), robust=True)


def _publish(task: str, args: tuple[str, ...], seconds: float) -> None:
    try:
        celery.current_app.send_task(task, args=args, countdown=seconds or None, ignore_result=True)
    except Exception:  # whatever a broker may raise: nobody's page must fail for it
        logger.warning("dispatch.lost", task=task, args=args, exc_info=True)

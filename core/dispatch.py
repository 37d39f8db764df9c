"""Dispatch: publish a task by its name once the transaction stands. A message may be lost: the row is the job."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

import celery
import structlog
from django.db import transaction

AWAY = 5.0
"""Seconds that a broker which did not answer is left alone: as long as a sweep is away."""

logger = structlog.get_logger(__name__)
_left_alone_until = 0.0
"""By the monotonic clock of this process."""


def enqueue(task: str, *args: str, wait: timedelta = timedelta(0)) -> None:
    """Ask a worker to run a task, such as `generation.tasks.send_job`, not before `wait` is over.

    By name, so that whoever asks need not import what the task does. A broker that does not answer changes nothing
    else: the sweep asks again for every row that waits. It is waited for once, and not for each task of a request.
    """
    transaction.on_commit(partial(_publish, task, args, wait.total_seconds()), robust=True)


def _publish(task: str, args: tuple[str, ...], seconds: float) -> None:
    global _left_alone_until
    if time.monotonic() < _left_alone_until:
        return
    try:
        celery.current_app.send_task(task, args=args, countdown=seconds or None, ignore_result=True)
    except Exception:  # whatever a broker may raise: nobody's page must fail for it
        _left_alone_until = time.monotonic() + AWAY
        logger.warning("dispatch.lost", task=task, args=args, exc_info=True)

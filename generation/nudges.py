"""Telling a worker to look at a job. A nudge may be lost, late or doubled: the row is the job."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import structlog
from django.db import transaction

from core import clock
from generation.models import Job

logger = structlog.get_logger(__name__)


def nudge(task: str, job: Job, wait: timedelta = timedelta(0)) -> None:
    """Tell a worker to run a task of `generation.tasks` for the job, once the transaction stands."""
    Job.objects.filter(pk=job.pk).update(nudged_at=clock.now() + wait)
    transaction.on_commit(partial(_publish, task, str(job.pk), wait.total_seconds()))


def tell(task: str, key: int) -> None:
    """Tell a worker to run a task of `generation.tasks` for a row that is no job, once the transaction stands."""
    transaction.on_commit(partial(_publish, task, str(key), 0.0))


def _publish(task: str, job_id: str, seconds: float) -> None:
    from generation import tasks  # it imports runs, which imports this module

    try:
        getattr(tasks, task).apply_async(args=(job_id,), countdown=seconds or None)
    except Exception:  # whatever a broker may raise: the sweep nudges again, and nobody's page must fail for it
        logger.warning("nudge.lost", task=task, job=job_id, exc_info=True)

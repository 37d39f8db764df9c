"""Asking a worker to look at a job, and noting when that was. A message may be lost, late or doubled."""

from __future__ import annotations

from datetime import timedelta

from core import clock, dispatch
from generation.models import Job


def enqueue(task: str, job: Job, wait: timedelta = timedelta(0)) -> None:
    """Ask a worker to run a task of `generation.tasks` for the job, once the transaction stands."""
    Job.objects.filter(pk=job.pk).update(enqueued_at=clock.now() + wait)
    call(task, job, wait)


def call(task: str, job: Job, wait: timedelta) -> None:
    """The message alone, for whoever writes the job anyway and notes `enqueued_at` along with the rest."""
    dispatch.enqueue(f"generation.tasks.{task}", str(job.pk), wait=wait)

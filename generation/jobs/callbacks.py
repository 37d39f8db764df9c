"""What a provider's callback does: its job is asked about at once. Nothing that it says of the result is believed."""

from __future__ import annotations

from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from core import clock
from generation.jobs.dispatch import enqueue
from generation.jobs.transitions import lock, save
from generation.models import Job, JobState

PAUSE = 2
"""Seconds in which callbacks about one job make us ask once, however many come."""


def ask_now(job_id: UUID, provider: str, theirs: str) -> None:
    """Let a waiting job be asked about now. `theirs` is the provider's own id of the job. Raises Job.DoesNotExist."""
    with transaction.atomic():
        job, now = lock(job_id), clock.now()
        if job is None or job.model.provider != provider:
            raise Job.DoesNotExist
        if job.state != JobState.WAITING:
            return
        if job.request_id != theirs:
            raise Job.DoesNotExist
        is_due = job.not_before is None or job.not_before <= now
        if not is_due and cache.add(f"callback:{job.pk}", True, PAUSE):
            save(job, not_before=None)
            enqueue("resume_job", job)

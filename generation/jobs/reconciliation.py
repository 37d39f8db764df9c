"""What the clock finds: leases that ran out, deadlines that passed, messages that were lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from core import clock
from generation.catalogue import registry
from generation.jobs.dispatch import enqueue
from generation.jobs.settlement import OVERDUE, poison, unclear
from generation.jobs.transitions import lock, move
from generation.models import Job, JobState
from generation.providers.errors import ErrorKind

MOST_AT_ONCE = 20
"""Rows of each kind that one sweep looks at: a sweep that queued everything would outrun the workers."""


ENQUEUE_AGAIN = timedelta(seconds=30)


MOST_DEATHS = 3
"""Workers that may die while they send a job before the job itself counts as what kills them."""


def reconcile() -> None:
    """Pick up what nobody else did: leases that ran out, deadlines that passed, messages that were lost. Bounded."""
    for job_id in _ids(Job.objects.filter(state=JobState.SENDING, lease_until__lt=clock.now())):
        _lapse(job_id)
    for job_id in _ids(Job.objects.filter(state=JobState.WAITING, deadline__lt=clock.now() - ENQUEUE_AGAIN)):
        _miss(job_id)
    _enqueue_again("send_job", JobState.QUEUED)
    _enqueue_again("resume_job", JobState.WAITING)


def _lapse(job_id: UUID) -> None:
    """A worker died while it was sending: only where sending again harms nobody does it happen by itself."""
    with transaction.atomic():
        job, now = lock(job_id), clock.now()
        if job is None or job.state != JobState.SENDING or job.lease_until is None or job.lease_until >= now:
            return
        try:
            harmless = registry.provider(job.model.provider).capabilities.repeat_is_harmless
        except registry.NotConfigured:
            harmless = False
        if not harmless:
            unclear(job, now, kind=ErrorKind.LOST, words="The worker stopped while the request was under way.")
        elif job.tries < MOST_DEATHS:
            move(job, JobState.QUEUED, lease=None, lease_until=None, not_before=None)
            enqueue("send_job", job)
        else:
            poison(job, now)


def _miss(job_id: UUID) -> None:
    with transaction.atomic():
        job, now = lock(job_id), clock.now()
        if job is not None and job.state == JobState.WAITING and job.deadline and job.deadline < now:
            kind, words = OVERDUE
            unclear(job, now, kind=kind, words=words)


def _enqueue_again(task: str, state: JobState) -> None:
    now = clock.now()
    due = Job.objects.filter(state=state).due(now)
    forgotten = due.filter(Q(enqueued_at=None) | Q(enqueued_at__lt=now - ENQUEUE_AGAIN)).order_by(
        "enqueued_at", "created_at"
    )
    for job in forgotten[:MOST_AT_ONCE]:
        enqueue(task, job)


def _ids(jobs: QuerySet[Job]) -> list[UUID]:
    return list(jobs.values_list("pk", flat=True)[:MOST_AT_ONCE])

"""What the clock finds: leases that ran out, deadlines that passed, messages that were lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from core import clock
from generation.catalogue import registry
from generation.jobs import circuit
from generation.jobs.dispatch import enqueue
from generation.jobs.leases import LEASE
from generation.jobs.settlement import OVERDUE, poison, unclear
from generation.jobs.throttling import AT_THE_PROVIDER
from generation.jobs.transitions import lock, move
from generation.models import Job, JobState, ProviderState
from generation.providers.errors import ErrorKind

MOST_AT_ONCE = 20
"""Rows of each kind that one sweep looks at: a sweep that queued everything would outrun the workers."""


ENQUEUE_AGAIN = timedelta(seconds=30)


LONGEST_WAIT = circuit.LONGEST_TOLD + timedelta(minutes=5)
"""No job is told to wait for longer: a provider's rest is the longest, and a little is added to it."""


MOST_DEATHS = 3
"""Workers that may die while they send a job before the job itself counts as what kills them."""


def reconcile() -> None:
    """Pick up what nobody else did: leases that ran out, deadlines that passed, messages that were lost. Bounded."""
    _set_right(clock.now())
    for job_id in _ids(Job.objects.filter(state=JobState.SENDING, lease_until__lt=clock.now())):
        _lapse(job_id)
    for job_id in _ids(Job.objects.filter(state=JobState.WAITING, deadline__lt=clock.now() - ENQUEUE_AGAIN)):
        _miss(job_id)
    _enqueue_again("send_job", JobState.QUEUED)
    _enqueue_again("resume_job", JobState.WAITING)


def _set_right(now: datetime) -> None:
    """Moments that nobody sets so late were set while the clock ran ahead: waiting for them would take as long.

    A worker that lives renews its lease from now on, and one that does not is found when this one runs out.
    """
    held = Job.objects.filter(state__in=AT_THE_PROVIDER, lease_until__gt=now + 2 * LEASE)
    if late := _ids(held):
        Job.objects.filter(pk__in=late, lease_until__gt=now + 2 * LEASE).update(lease_until=now + LEASE)
    waiting = Job.objects.filter(state__in=(JobState.QUEUED, JobState.WAITING), not_before__gt=now + LONGEST_WAIT)
    if late := _ids(waiting):
        Job.objects.filter(pk__in=late, not_before__gt=now + LONGEST_WAIT).update(not_before=None, enqueued_at=None)
    if ProviderState.objects.filter(open_until__gt=now + LONGEST_WAIT).exists():
        ProviderState.objects.filter(open_until__gt=now + LONGEST_WAIT).update(open_until=now)


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
    due = Job.objects.lean().filter(state=state).due(now)
    long_ago, not_yet = Q(enqueued_at__lt=now - ENQUEUE_AGAIN), Q(enqueued_at__gt=now + ENQUEUE_AGAIN)
    forgotten = due.filter(Q(enqueued_at=None) | long_ago | not_yet)
    for job in forgotten.order_by("enqueued_at", "created_at")[:MOST_AT_ONCE]:
        enqueue(task, job)


def _ids(jobs: QuerySet[Job]) -> list[UUID]:
    return list(jobs.values_list("pk", flat=True)[:MOST_AT_ONCE])

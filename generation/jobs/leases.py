"""Holding a job while its provider is asked: a short lease that is renewed for as long as the worker lives.

A worker that dies stops renewing, so that its job is found within half a minute, however long the provider takes.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.db import DatabaseError, connection

from core import clock
from generation.models import Job

LEASE = timedelta(seconds=30)
BEAT = timedelta(seconds=8)
LONGEST = timedelta(minutes=10)
"""Renewed no longer than this: a call that hangs beyond every time limit must not hold its job for ever."""

logger = structlog.get_logger(__name__)


@contextmanager
def kept_alive(job_id: uuid.UUID, lease: uuid.UUID) -> Iterator[None]:
    """Renew a lease in the background while the body runs."""
    over = threading.Event()
    thread = threading.Thread(target=_renew, args=(job_id, lease, over), name=f"lease of {job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _renew(job_id: uuid.UUID, lease: uuid.UUID, over: threading.Event) -> None:
    beats = int(LONGEST / BEAT)
    while beats and not over.wait(BEAT.total_seconds()):
        beats -= 1
        try:
            Job.objects.filter(pk=job_id, lease=lease).exclude(lease_until=None).update(lease_until=clock.now() + LEASE)
        except DatabaseError:
            logger.warning("lease.not_renewed", job=str(job_id), exc_info=True)
        finally:
            connection.close()

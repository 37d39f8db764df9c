"""Holding a job while its provider is asked and its pictures are stored: a short lease, renewed by a living worker.

A worker that dies stops renewing, so that its job is found within half a minute, however long the provider takes.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import structlog
from django.db import DatabaseError, connection
from django.db import Error as DBError

from core import clock
from generation.models import Job

LEASE = timedelta(seconds=30)
BEAT = timedelta(seconds=8)
LONGEST = timedelta(minutes=10)
"""Renewed no longer than this: a call that hangs beyond every time limit must not hold its job for ever."""

TRIES = 12
"""How often a worker tries to keep what was paid for, over some five minutes: well within LONGEST."""
LONGEST_PAUSE = 40.0

T = TypeVar("T")

logger = structlog.get_logger(__name__)


def patiently(step: Callable[[], T], trouble: type[Exception] | tuple[type[Exception], ...]) -> T:
    """Take a step again for as long as there is trouble: an outage must not lose what was paid for. Raises the last."""
    for number in range(TRIES - 1):
        try:
            return step()
        except trouble as error:
            logger.warning("job.not_kept_yet", exc_info=True)
            if isinstance(error, DBError):  # the next try takes a connection of its own
                connection.close()
            time.sleep(min(2.0**number, LONGEST_PAUSE))
    return step()


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

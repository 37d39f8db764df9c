"""Whether the worker lives: it says so every few seconds in the database, where pages and `/readyz` look."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import Error, connection

from core import clock
from core.models import Heartbeat

WORKER = "worker"
EVERY = timedelta(seconds=10)
SILENT_AFTER = timedelta(seconds=35)
"""Three beats may be late before anybody is told."""

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pulse:
    """When the worker last answered, if ever, and whether that is too long ago."""

    last: datetime | None
    is_silent: bool

    @property
    def words(self) -> str:
        """What is wrong, in a sentence."""
        if self.last is None:
            return "The worker has not answered yet."
        return f"The worker has not answered since {clock.written(self.last)}."


def pulse() -> Pulse:
    """How the worker is. One query."""
    last = Heartbeat.objects.filter(pk=WORKER).values_list("at", flat=True).first()
    now = clock.now()
    # One from the future was written by a clock that ran ahead, and says nothing about now.
    return Pulse(last, last is None or not now - SILENT_AFTER <= last <= now + SILENT_AFTER)


def beat() -> None:
    """Say that the worker lives."""
    Heartbeat.objects.update_or_create(pk=WORKER, defaults={"at": clock.now()})


def keep_beating(over: threading.Event) -> threading.Thread:
    """Beat in the background until it is over. In a thread of its own: a worker that is only busy lives, too."""
    thread = threading.Thread(target=_beat_until, args=(over,), name="heartbeat", daemon=True)
    thread.start()
    return thread


def _beat_until(over: threading.Event) -> None:
    while True:
        try:
            beat()
        except Error:
            logger.warning("heartbeat.missed", exc_info=True)
        finally:
            connection.close()
        if over.wait(EVERY.total_seconds()):
            return

"""Whether worker and clock live: they say so every few seconds in the database, where pages and `/readyz` look."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import Error, connection

from core import clock
from core.models import Heartbeat

WORKER, CLOCK = PARTS = ("worker", "clock")
EVERY = timedelta(seconds=10)
SILENT_AFTER = {WORKER: timedelta(seconds=35), CLOCK: timedelta(minutes=2)}
"""Three beats of the worker may be late before anybody is told; the clock's wait in its queue, which may be long."""

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pulse:
    """When a part last answered, if ever, and whether that is too long ago."""

    part: str
    last: datetime | None

    @property
    def is_silent(self) -> bool:
        now, late = clock.now(), SILENT_AFTER[self.part]
        # One from the future was written by a clock that ran ahead, and says nothing about now.
        return self.last is None or not now - late <= self.last <= now + late

    @property
    def words(self) -> str:
        """What is wrong, in a sentence."""
        if self.last is None:
            return f"The {self.part} has not answered yet."
        if self.part == CLOCK:  # a worker whose hands are full does not come to it either
            return f"What runs by the clock has not run since {clock.written(self.last)}."
        return f"The {self.part} has not answered since {clock.written(self.last)}."


def pulse() -> Pulse:
    """How the worker is. One query."""
    return Pulse(WORKER, Heartbeat.objects.filter(pk=WORKER).values_list("at", flat=True).first())


def missed() -> Pulse | None:
    """The part that was there and answers no more; the worker first, for which the clock's work waits. One query.

    One that was never seen is not missed: it may be about to start, or another's business.
    """
    beats = dict(Heartbeat.objects.values_list("part", "at"))
    pulses = (Pulse(part, beats.get(part)) for part in PARTS)
    return next((pulse for pulse in pulses if pulse.last and pulse.is_silent), None)


def beat(part: str = WORKER) -> None:
    """Say that a part lives."""
    Heartbeat.objects.update_or_create(pk=part, defaults={"at": clock.now()})


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

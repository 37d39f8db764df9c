"""Throughput of jobs that wait at a provider, as a share of what nobody could do better.

A double takes each job at once and has its picture ready two seconds later; 32 jobs are always in flight. The ideal
is a portal that needs no time at all: 32 pictures every two seconds. Everything else is real: database, queue folder,
the worker as `make start` runs it, HTTP, decoding, storing and the preview of each picture.
"""

from __future__ import annotations

import time
from itertools import cycle
from pathlib import Path

from tests.benchmarks import machine_facts
from tests.benchmarks.load import keep_in_flight
from tests.portal import Portal, wait_until
from tests.standins.bfl import READY_AFTER, BFLStandIn
from tests.standins.pictures import picture
from tests.standins.server import Handler

JOBS, IN_FLIGHT, SECONDS = 128, 32, 2.0
SIZE = (1216, 816)
NOT_YET = -1_000_000  # polls: so many below zero that the picture is never ready by them


class Punctual(BFLStandIn):
    """Has each picture ready after the same time, drawn beforehand so that drawing costs the machine nothing now."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds=seconds)
        self.taken: dict[str, float] = {}
        self.pictures = cycle([picture(*SIZE, f"house {number}") for number in range(IN_FLIGHT)])

    def take(self, handler: Handler, prompt: str) -> str:
        self.taken[prompt] = time.monotonic()
        return super().take(handler, prompt)

    def _poll(self, handler: Handler, job_id: str) -> None:
        job = self.jobs[job_id]
        is_ready = time.monotonic() - self.taken[str(job.wish["prompt"])] >= self.seconds
        job.polls = READY_AFTER if is_ready else NOT_YET
        super()._poll(handler, job_id)

    def _sample(self, handler: Handler, job_id: str) -> None:
        handler.answer_bytes(200, next(self.pictures), "image/png")


def test_throughput_with_32_in_flight(tmp_path: Path) -> None:
    facts = machine_facts.facts()
    with (
        Punctual(SECONDS) as double,
        Portal(tmp_path / "var", BFL_API_KEY="bfl-standin", BFL_BASE_URL=double.url) as portal,
    ):
        portal.prepare()
        portal.start_worker()
        wait_until(lambda: bool(portal.worker_pids), 30)
        time.sleep(3)
        run = portal.do(keep_in_flight, "bfl", JOBS, IN_FLIGHT, patience=110.0)
    ideal = JOBS * SECONDS / IN_FLIGHT
    assert run.states == {"done": JOBS}
    share = f"{ideal / run.seconds:.0%} of the ideal ({ideal:.1f} s)"
    machine_facts.say(
        f"{JOBS} jobs of {SECONDS:.0f} s at the provider, {IN_FLIGHT} in flight, pictures of {SIZE[0]} x {SIZE[1]}:",
        f"{run.seconds:.1f} s, {JOBS / run.seconds:.1f} a second: {share}.",
        facts,
    )

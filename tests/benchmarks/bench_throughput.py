"""Throughput of jobs that wait at a provider, as a share of what nobody could do better.

A double takes each job at once and has its picture two seconds later; 32 jobs are always in flight. The ideal is a
portal that needs no time at all: 32 pictures every two seconds. Everything else is real: database, queue folder,
the worker as `make start` runs it, HTTP, decoding, storing and the preview of each picture. It is measured for the
two kinds of provider (one that answers when it is done, one that is asked again and again), embedded and on servers;
over 640 jobs, since the first few waves come all at once, as jobs never do once they are under way. How long a picture
lies ready until its provider wants to be asked again is no time of the portal's, and is subtracted.

Each figure is one line: name, value, goal, met or missed. All other lines begin with “# ”.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from generation.providers.bfl import ASK_AFTER
from tests import machine
from tests.benchmarks import machine_facts
from tests.benchmarks.load import keep_in_flight
from tests.portal import Portal, wait_until
from tests.standins.bfl import READY_AFTER, BFLStandIn
from tests.standins.openai import OpenAIStandIn
from tests.standins.pictures import picture
from tests.standins.server import Handler, StandIn, Upload

JOBS, IN_FLIGHT, SECONDS, GOAL = 640, 32, 2.0, 0.93
SIZE = (1216, 816)
PATIENCE = 420.0
NOT_YET = -1_000_000  # polls: so many below zero that the picture is never ready by them
DRAWN = [picture(*SIZE, f"house {number}") for number in range(IN_FLIGHT)]
"""Beforehand, as the answers are, so that what a provider does costs the machine nothing while it is measured."""


class Answering(OpenAIStandIn):
    """Holds the line until the picture is there, and then has the answer ready."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds=seconds)
        self.pictures = iter(DRAWN)
        size = "x".join(map(str, SIZE))
        self.answers = cycle([json.dumps(self._answer({}, [], size, 1)).encode() for _ in DRAWN])

    def _drawn(self, wish: dict[str, Any], files: list[Upload], size: tuple[int, int], kind: str, number: int) -> bytes:
        return next(self.pictures)

    def _act(self, handler: Handler, mode: str, wish: dict[str, Any], files: list[Upload]) -> None:
        time.sleep(self.seconds)
        handler.answer_bytes(200, next(self.answers), "application/json", x_request_id="req_standin")


class Polled(BFLStandIn):
    """Takes the job, and tells those who ask that it is ready once the time has passed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds=seconds)
        self.taken: dict[str, float] = {}
        self.pictures = cycle(DRAWN)

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


@pytest.fixture(params=["embedded", "servers"])
def parts(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The portal's environment: SQLite and a folder, or a database of its own on PostgreSQL, and Redis."""
    if request.param == "embedded":
        yield {}
        return
    server, redis = machine.postgres_url(), machine.redis_url()
    if not server or not redis:
        pytest.skip(machine.NO_REDIS if server else machine.NO_POSTGRES)
    name = f"imprimatur_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield {"DATABASE_URL": urlunsplit(urlsplit(server)._replace(path=f"/{name}")), "BROKER_URL": redis}
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def keys(provider: str, double: StandIn) -> dict[str, str]:
    if provider == "openai":
        return {"OPENAI_API_KEY": "sk-standin", "OPENAI_BASE_URL": f"{double.url}/v1"}
    return {"BFL_API_KEY": "bfl-standin", "BFL_BASE_URL": double.url}


@pytest.mark.parametrize(
    ("provider", "kind", "pause"),
    [("openai", Answering, 0.0), ("bfl", Polled, math.ceil(SECONDS / ASK_AFTER) * ASK_AFTER - SECONDS)],
)
def test_throughput_with_32_in_flight(
    tmp_path: Path, parts: dict[str, str], provider: str, kind: type[Answering | Polled], pause: float
) -> None:
    facts = machine_facts.facts()
    with kind(SECONDS) as double, Portal(tmp_path / "var", **parts, **keys(provider, double)) as portal:
        portal.prepare()
        portal.start_worker()
        wait_until(lambda: bool(portal.worker_pids), 30)
        time.sleep(3)
        with portal.insiders(1) as inside:
            run = inside.submit(keep_in_flight, provider, JOBS, IN_FLIGHT, PATIENCE).result(PATIENCE + 60)
    assert run.states == {"done": JOBS}
    rounds = JOBS / IN_FLIGHT
    share = rounds * SECONDS / (run.seconds - rounds * pause)
    name = f"jobs_{JOBS}{'_polled' if kind is Polled else ''}{'_servers' if parts else ''}"
    machine_facts.say(
        f"# {JOBS} jobs of {SECONDS:.0f} s at the provider, {IN_FLIGHT} in flight, pictures of {SIZE[0]} x {SIZE[1]}, "
        f"{'PostgreSQL and Redis' if parts else 'SQLite and a folder'}:",
        f"# {run.seconds:.1f} s, of which {rounds * pause:.1f} s are the provider's pauses; {facts}",
        f"{name}\t{share:.2f}\t{GOAL}\t{'met' if share >= GOAL else 'missed'}",
    )

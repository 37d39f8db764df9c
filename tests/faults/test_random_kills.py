"""A worker that is killed again and again at moments nobody chose, while new jobs keep coming in.

Two kills in the normal run; `TEST_KILLS=100` makes it the long one. It prints its figures (`pytest -s`).
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter

from tests.faults import inside
from tests.faults.scene import Scene
from tests.portal import finds_processes

pytestmark = finds_processes

KILLS = int(os.environ.get("TEST_KILLS", "2"))
BETWEEN_KILLS = (1.5, 4.5)
"""Seconds. A worker needs about two to start."""
ROUND = ("openai", "bfl", "sketch")
"""One job for each of these comes in before each kill."""
PRICE = {"openai": 6_000, "bfl": 30_000}
"""What the doubles charge for a picture at the least, in micro-units: 200 tokens at $30 a million; three credits."""


def test_nothing_is_lost_and_nothing_is_sent_twice(scene: Scene) -> None:
    chance = random.Random()
    moments = [chance.uniform(*BETWEEN_KILLS) for _ in range(KILLS)]
    ids = []
    for number, moment in enumerate(moments):
        scene.have_worker()
        began = time.monotonic()
        for provider in ROUND:
            ids += scene.start(provider, f"House {number} by {provider}")
        time.sleep(max(0.0, began + moment - time.monotonic()))
        scene.kill_worker()
    scene.come_back()
    last = [id for provider in ROUND for id in scene.start(provider, f"The last house by {provider}")]
    ids += last
    ended = scene.end(ids, seconds=120 + KILLS)
    tell(scene, ended)
    assert len(ended) == len(ROUND) * (KILLS + 1)
    assert {job.state for job in ended} <= {"done", "unclear", "failed"}
    sent = Counter({job.prompt: scene.requests_for(job.prompt) for job in ended})
    assert max(sent.values()) == 1
    assert {job.state for job in scene.jobs(last)} == {"done"}
    for provider, price in PRICE.items():
        double = getattr(scene, provider)
        assert double.billed * price <= sum(job.settled or 0 for job in ended if job.provider == provider)
    reserved, _, differences = scene.portal.do(inside.spent)
    assert (reserved, differences) == (0, [])
    assert "whole" in scene.portal.do(inside.command, "verify")


def tell(scene: Scene, ended: list[inside.Seen]) -> None:
    """Print the figures of the run."""
    states = Counter(f"{job.provider} {job.state}" for job in ended)
    ends = ", ".join(f"{number} {end}" for end, number in sorted(states.items()))
    bills = ", ".join(
        f"{name} {len(double.prompts)} requests, {double.billed} billed"
        for name, double in (("openai", scene.openai), ("bfl", scene.bfl))
    )
    sys.stdout.write(f"\n{KILLS} kills, {len(ended)} jobs: {ends}. At the doubles: {bills}.\n")

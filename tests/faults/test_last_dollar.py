"""Many people and many processes at once: a budget is never overspent, and one job is sent once.

One race in the normal run; `TEST_RACES=20` makes it the long one.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.faults import inside
from tests.faults.conftest import MakeScene
from tests.portal import finds_processes

pytestmark = finds_processes

RACES = int(os.environ.get("TEST_RACES", "1"))
PROCESSES = 4
SENDS = (13, 13, 12, 12)
"""How many at once in each process: 50 in all."""
PICTURE = 30_000
"""What FLUX.2 [pro] asks for one picture, in micro-units."""


@pytest.mark.engine
def test_of_fifty_sends_for_the_last_dollar_one_passes(make_scene: MakeScene) -> None:
    scene = make_scene()
    with scene.portal.insiders(PROCESSES) as people:
        for race in range(RACES):
            scene.portal.do(inside.set_team_budget, PICTURE * (race + 1))
            assert fifty_sends(people, race) == (1, 49)
    scene.have_worker()
    assert {job.state for job in scene.end()} == {"done"}
    assert len(scene.bfl.prompts) == scene.bfl.billed == RACES
    assert scene.portal.do(inside.spent) == (0, PICTURE * RACES, [])
    assert "adds up" in scene.portal.manage("verify_ledger")


def fifty_sends(people: ProcessPoolExecutor, race: int) -> tuple[int, int]:
    """How many of fifty sends in four processes were taken, and how many refused for want of money."""
    prompts = [[f"Race {race}, house {number} of {count}" for number in range(count)] for count in SENDS]
    counts = [people.submit(inside.start_at_once, "bfl", some) for some in prompts]
    taken, refused = zip(*(each.result(90) for each in counts), strict=True)
    return sum(taken), sum(refused)


def test_a_job_that_is_handed_out_fifty_times_is_sent_once(make_scene: MakeScene) -> None:
    scene = make_scene()
    (job_id,) = scene.start("openai", "A house for everyone")
    with scene.portal.insiders(PROCESSES) as workers:
        for handed in [workers.submit(inside.hand_out, job_id, times) for times in SENDS]:
            handed.result(60)
    assert scene.see(job_id).state == "done"
    assert scene.openai.prompts == ["A house for everyone"]

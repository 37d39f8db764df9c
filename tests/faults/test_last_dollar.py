"""Many people and many processes at once: a budget is never overspent, and one job is sent once.

A race of twelve in two processes in the normal run; `TEST_RACES=20` makes it the long one, of fifty in four.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.faults import inside
from tests.faults.scene import Scene
from tests.portal import finds_processes

pytestmark = finds_processes

RACES = int(os.environ.get("TEST_RACES", "1"))
SENDS = (6, 6) if RACES == 1 else (13, 13, 12, 12)
"""How many at once in each process."""
PICTURE = 30_000
"""What FLUX.2 [pro] asks for one picture, in micro-units."""
ENOUGH = 100 * PICTURE


@pytest.fixture(scope="module")
def people(scene: Scene) -> Iterator[ProcessPoolExecutor]:
    """Processes that are inside the portal."""
    with scene.portal.insiders(len(SENDS)) as pool:
        yield pool


@pytest.mark.engine
def test_of_many_sends_for_the_last_dollar_one_passes(scene: Scene, people: ProcessPoolExecutor) -> None:
    _, before, _ = scene.portal.do(inside.spent)
    for race in range(RACES):
        scene.portal.do(inside.set_team_budget, before + PICTURE * (race + 1))
        assert sends_at_once(people, race) == (1, sum(SENDS) - 1)
    scene.have_worker()
    assert {job.state for job in scene.end()} == {"done"}
    assert len(scene.bfl.prompts) == scene.bfl.billed == RACES
    assert scene.portal.do(inside.spent) == (0, before + PICTURE * RACES, [])
    assert "adds up" in scene.portal.do(inside.command, "verify_ledger")


def sends_at_once(people: ProcessPoolExecutor, race: int) -> tuple[int, int]:
    """How many of all sends were taken, and how many refused for want of money."""
    prompts = [[f"Race {race}, house {number} of {count}" for number in range(count)] for count in SENDS]
    counts = [people.submit(inside.start_at_once, "bfl", some) for some in prompts]
    taken, refused = zip(*(each.result(90) for each in counts), strict=True)
    return sum(taken), sum(refused)


def test_a_job_that_is_handed_out_many_times_is_sent_once(scene: Scene, people: ProcessPoolExecutor) -> None:
    scene.portal.do(inside.set_team_budget, scene.portal.do(inside.spent)[1] + ENOUGH)
    (job_id,) = scene.start("openai", "A house for everyone")
    for handed in [people.submit(inside.hand_out, job_id, times) for times in SENDS]:
        handed.result(60)
    assert [job.state for job in scene.end([job_id])] == ["done"]
    assert scene.openai.prompts == ["A house for everyone"]

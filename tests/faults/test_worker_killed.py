"""A worker that is killed in the middle of a job and started again: no job is stuck, and none is sent twice.

The providers' doubles say when: they hold a request at the moment, the test kills, and then they go on. Half of the
moments are tried; `make prove` tries them all.
"""

from __future__ import annotations

import pytest

from tests.faults.gates import Gate
from tests.faults.scene import Scene
from tests.portal import finds_processes, wait_until
from tests.share import share

pytestmark = finds_processes

UNKNOWN = {"unclear"}
EITHER = {"done", "unclear"}  # the answer was on its way: whether it arrived is chance, that it is known is not
DONE = {"done"}
SKETCHES = 2


def killed_at(moment: str, scene: Scene, provider: str) -> str:
    """Start a job, kill the worker when its provider's double comes to the moment, and start the worker again later."""
    gate: Gate = getattr(scene, provider)
    scene.have_worker()
    with gate.stopping_at(moment):
        (job_id,) = scene.start(provider, f"A house, {provider}, {moment}")
        assert gate.reached.wait(40), scene.portal.said
        scene.kill_worker()
    scene.come_back()
    return job_id


SENDING = [("submit came", UNKNOWN), ("submit was answered", EITHER)]
TAKEN = [("submit was answered", EITHER), ("poll came", DONE), ("download came", DONE), ("download was answered", DONE)]


@pytest.mark.parametrize(("moment", "ends"), share(SENDING, "sending", of=2))
def test_a_request_that_was_under_way_is_never_sent_again(scene: Scene, moment: str, ends: set[str]) -> None:
    job_id = killed_at(moment, scene, "openai")
    (job,) = scene.end([job_id])
    assert job.state in ends
    assert (scene.requests_for(job.prompt), job.attempts) == (1, 1)
    assert job.settled == job.quoted if job.state == "unclear" else job.outputs == 1
    assert job.quoted > 0
    assert scene.differences() == []


@pytest.mark.parametrize(("moment", "ends"), share(TAKEN, "taken", of=2))
def test_a_job_that_the_provider_took_is_fetched_by_its_handle(scene: Scene, moment: str, ends: set[str]) -> None:
    job_id = killed_at(moment, scene, "bfl")
    (job,) = scene.end([job_id])
    assert job.state in ends
    assert (scene.requests_for(job.prompt), job.attempts) == (1, 1)
    assert job.outputs == (1 if job.state == "done" else 0)
    assert scene.differences() == []


def test_a_sketch_is_drawn_again(scene: Scene) -> None:
    scene.have_worker()
    ids = scene.start("sketch", *(f"A house and {number} trees" for number in range(SKETCHES)))
    wait_until(lambda: any(job.state == "sending" for job in scene.jobs(ids)), 40, every=0.01)
    scene.kill_worker()
    scene.come_back()
    assert [(job.state, job.outputs) for job in scene.end(ids)] == [("done", 1)] * SKETCHES

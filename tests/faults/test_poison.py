"""What may come off the queue and must not bring the portal down: jobs that kill their worker, and foreign messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import inside
from tests.faults.conftest import MakeScene
from tests.faults.scene import LEASES_ARE_OVER, Scene
from tests.portal import finds_processes

pytestmark = finds_processes


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Scene:
    """One portal for all tests here, with the two providers that kill."""
    return make_scene(DJANGO_SETTINGS_MODULE="tests.faults.settings")


def test_a_job_that_kills_its_worker_ends_failed_and_others_go_on(scene: Scene) -> None:
    scene.portal.do(inside.add_model, "poison")
    (job_id,) = scene.start("poison", "A deadly house")
    for _ in range(3):
        worker_dies(scene)
        scene.portal.do(inside.minutes_pass, LEASES_ARE_OVER)
        scene.portal.do(inside.sweep)
    scene.have_worker()
    others = scene.start("sketch", "A harmless house")
    (job, other) = scene.end([job_id, *others])
    assert (job.state, job.attempts) == ("failed", 3)
    assert job.settled == 0
    assert other.state == "done"
    assert scene.differences() == []


def test_a_worker_that_dies_before_it_sent_leaves_a_job_that_may_cost_unclear(scene: Scene) -> None:
    scene.portal.do(inside.add_model, "costly")
    (job_id,) = scene.start("costly", "A house at any price")
    worker_dies(scene)
    scene.come_back()
    (job,) = scene.end([job_id])
    assert (job.state, job.attempts, job.settled) == ("unclear", 1, job.quoted)


def test_a_pickled_message_is_thrown_away_unread(scene: Scene, tmp_path: Path) -> None:
    evidence = tmp_path / "unpickled"
    scene.portal.do(inside.publish_pickle, str(evidence))
    ids = scene.start("sketch", "A house")
    scene.have_worker()
    assert [job.state for job in scene.end(ids)] == ["done"]
    assert not evidence.exists()
    assert "ContentDisallowed" in scene.portal.said


def worker_dies(scene: Scene) -> None:
    """Run a worker until its job has ended it."""
    scene.have_worker()
    assert scene.worker is not None
    assert scene.worker.wait(45) == 9
    scene.kill_worker()

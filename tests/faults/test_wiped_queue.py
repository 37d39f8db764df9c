"""The queue is wiped, or goes away, with jobs in it: the rows are the jobs, and sweeps bring every one of them back."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import MakeScene
from tests.faults.scene import Scene
from tests.portal import finds_processes, free_port, wait_until

pytestmark = finds_processes


def put_jobs_in(scene: Scene) -> list[str]:
    """Jobs of every kind, queued while no worker runs."""
    prompts = {"sketch": "A house", "openai": "A house on a hill", "bfl": "A house by the sea"}
    return [id for provider, prompt in prompts.items() for id in scene.start(provider, prompt)]


def all_are_done(scene: Scene, ids: list[str]) -> None:
    scene.come_back()
    ended = scene.end(ids)
    assert [job.state for job in ended] == ["done"] * len(ids)
    assert {scene.requests_for(job.prompt) for job in ended if job.provider != "sketch"} == {1}


def test_an_emptied_folder_loses_no_job(make_scene: MakeScene) -> None:
    scene = make_scene()
    ids = put_jobs_in(scene)
    queue = scene.portal.folder / "broker" / "messages"
    waiting = list(queue.iterdir())
    assert len(waiting) >= len(ids)
    for message in waiting:
        message.unlink()
    all_are_done(scene, ids)


@pytest.mark.redis
def test_a_flushed_redis_loses_no_job(make_scene: MakeScene, redis_of_its_own: Redis) -> None:
    scene = make_scene(BROKER_URL=redis_of_its_own.url)
    ids = put_jobs_in(scene)
    assert redis_says(redis_of_its_own.port, "LLEN celery") == f":{len(ids)}"
    assert redis_says(redis_of_its_own.port, "FLUSHALL") == "+OK"
    all_are_done(scene, ids)


@pytest.mark.redis
def test_a_redis_that_goes_away_and_comes_back_ends_no_worker(make_scene: MakeScene, redis_of_its_own: Redis) -> None:
    scene = make_scene(BROKER_URL=redis_of_its_own.url)
    scene.have_worker()
    with scene.openai.stopping_at("submit came"):
        ids = scene.start("openai", "A house in hand")
        assert scene.openai.reached.wait(30)
        redis_of_its_own.stop()
        wait_until(lambda: "Cannot connect" in scene.portal.said, 30)
        redis_of_its_own.start()
    [job] = scene.end(ids)
    assert (job.state, job.attempts, scene.requests_for(job.prompt)) == ("done", 1, 1)
    [job] = scene.end(scene.start("openai", "A house afterwards"))
    assert job.state == "done"
    assert scene.worker is not None
    assert scene.worker.poll() is None


class Redis:
    """A server that may be flushed and stopped: never the one of this machine."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self.start()

    def start(self) -> None:
        self._server = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        wait_until(lambda: _answers(self.port), 10)

    def stop(self) -> None:
        self._server.kill()
        self._server.wait(10)


@pytest.fixture
def redis_of_its_own(tmp_path: Path) -> Iterator[Redis]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("No redis-server on PATH to start one that may be flushed (Debian: apt-get install redis-server).")
    server = Redis(program, tmp_path)
    yield server
    server.stop()


def redis_says(port: int, command: str) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(f"{command}\r\n".encode())
        return line.recv(200).decode().strip()


def _answers(port: int) -> bool:
    try:
        return redis_says(port, "PING") == "+PONG"
    except OSError:
        return False

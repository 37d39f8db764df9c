"""The queue is wiped with jobs in it: the rows are the jobs, so the next sweeps bring every one of them back."""

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
def test_a_flushed_redis_loses_no_job(make_scene: MakeScene, redis_of_its_own: int) -> None:
    scene = make_scene(BROKER_URL=f"redis://127.0.0.1:{redis_of_its_own}/0")
    ids = put_jobs_in(scene)
    assert redis_says(redis_of_its_own, "LLEN celery") == f":{len(ids)}"
    assert redis_says(redis_of_its_own, "FLUSHALL") == "+OK"
    all_are_done(scene, ids)


@pytest.fixture
def redis_of_its_own(tmp_path: Path) -> Iterator[int]:
    """The port of a Redis that may be flushed: never the one of this machine."""
    program, port = shutil.which("redis-server"), free_port()
    if program is None:
        pytest.skip("No redis-server on PATH to start one that may be flushed (Debian: apt-get install redis-server).")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(port), 10)
        yield port
    finally:
        server.kill()
        server.wait(10)


def redis_says(port: int, command: str) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(f"{command}\r\n".encode())
        return line.recv(200).decode().strip()


def _answers(port: int) -> bool:
    try:
        return redis_says(port, "PING") == "+PONG"
    except OSError:
        return False

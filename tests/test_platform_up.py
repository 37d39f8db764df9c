"""`manage.py up`: real processes, started together, stopped together, none left behind. Each wait has an end."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.supervisor import Part, signals
from config.supervisor import running as run_parts

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="Finds processes in /proc, so on Linux."
)


class Portal:
    """A portal in a folder of its own, and every process that belongs to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder.parent / f"{folder.name}.log"
        self.process = self.start(self.port)

    def start(self, port: int) -> subprocess.Popen[bytes]:
        env = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "VAR_DIR": str(self.folder), "PORT": str(port)}
        command = [sys.executable, "manage.py", "up"]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)

    @property
    def said(self) -> str:
        return self.log.read_text()

    def is_answering(self) -> bool:
        assert self.process.poll() is None, self.said
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def processes(self, *words: str) -> list[int]:
        """The processes of this portal (known by its folder in their environment) whose command holds the words."""
        mine = f"VAR_DIR={self.folder}\0".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command, environment = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
            except OSError:
                continue
            if mine in environment and all(word.encode() in command for word in words):
                found.append(int(entry.name))
        return sorted(found)

    def end(self) -> None:
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    portal = Portal(tmp_path / "var")
    try:
        wait_until(portal.is_answering, 60)
        wait_until(lambda: "Imprimatur runs at" in portal.said, 10)
        wait_until(lambda: len(portal.processes("celery", "worker")) >= 2, 20)  # the worker and its clock
        yield portal
    finally:
        portal.end()


def test_up_runs_both_and_stops_both_when_told(portal: Portal) -> None:
    assert f"http://localhost:{portal.port}/" in portal.said
    assert portal.processes("gunicorn")
    portal.process.send_signal(signal.SIGINT)
    assert portal.process.wait(45) == 0
    assert "Stopped." in portal.said
    assert portal.processes() == []


def test_when_the_worker_dies_the_web_server_is_stopped_too(portal: Portal) -> None:
    os.kill(portal.processes("celery", "worker")[0], signal.SIGKILL)
    assert portal.process.wait(30) == 1
    assert "The worker ended by itself" in portal.said
    assert portal.processes() == []


def test_a_supervisor_that_is_killed_outright_leaves_no_orphan(portal: Portal) -> None:
    portal.process.kill()
    portal.process.wait(10)
    wait_until(lambda: portal.processes() == [], 45)


def test_a_second_portal_in_the_same_folder_is_refused(portal: Portal) -> None:
    second = portal.start(free_port())
    assert second.wait(30) == 1
    assert "A portal already runs on" in portal.said


def test_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        portal = Portal.__new__(Portal)
        portal.folder, portal.log = tmp_path / "var", tmp_path / "log"
        assert portal.start(taken.getsockname()[1]).wait(30) == 1
    assert portal.said.startswith("CommandError: Port ")
    assert "Choose another: make start PORT=8001" in portal.said
    assert "Traceback" not in portal.said


STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
SLEEPER = "import time; time.sleep(60)"
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]); time.sleep(60)"


def test_a_part_that_ignores_its_end_is_ended() -> None:
    with (
        signals() as stopping,
        run_parts([Part("stubborn", [sys.executable, "-c", STUBBORN], 0.5)], stopping.hurry) as children,
    ):
        time.sleep(0.5)
    assert children[0].process.returncode == -signal.SIGKILL


def test_what_a_part_started_ends_with_it() -> None:
    with (
        signals() as stopping,
        run_parts([Part("parent", [sys.executable, "-c", PARENT], 2)], stopping.hurry) as children,
    ):
        group = children[0].process.pid
        wait_until(lambda: members(group) == 2, 10)
    wait_until(lambda: members(group) == 0, 5)


def test_parts_that_started_are_stopped_when_the_next_cannot() -> None:
    before = members(None)
    with (
        pytest.raises(FileNotFoundError),
        signals() as stopping,
        run_parts(
            [
                Part("good", [sys.executable, "-c", SLEEPER], 2),
                Part("bad", ["/no/such/program"], 2),
            ],
            stopping.hurry,
        ),
    ):
        pass
    assert members(None) == before


def test_a_second_signal_hurries() -> None:
    with signals() as stopping:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.wanted.wait(1)
        assert not stopping.hurry.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.hurry.wait(1)


def members(group: int | None) -> int:
    """How many live processes are in the group, or are children of this process when no group is named."""
    count = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, its_group = entry.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        is_meant = int(parent) == os.getpid() if group is None else int(its_group) == group
        count += is_meant and state != "Z"
    return count


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)

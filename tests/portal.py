"""A whole portal in real processes and a folder of its own, for tests that start, watch, kill and restart one.

    with Portal(tmp_path / "var", OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=f"{stand_in.url}/v1") as portal:
        portal.start()  # `manage.py up`: web server and worker; returns once both are there
        sign_in(portal.url, "ada", portal.passwords["ada"])
        portal.kill_worker()  # kill -9
        portal.restart()

Nothing of the test's own environment or database reaches it. Whatever is started ends with the block.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar
from unittest import mock

import pytest

from config.processes import parts

if TYPE_CHECKING:
    from playwright.sync_api import StorageState

ROOT = Path(__file__).resolve().parent.parent

finds_processes = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="Finds processes in /proc, so on Linux."
)

P = ParamSpec("P")
R = TypeVar("R")

_PASSWORD = re.compile(r"^  (\w+) +([\w-]{12,}) +\w", re.MULTILINE)


class Portal:
    """A portal in a folder of its own, and every process that belongs to it.

    Keyword arguments are environment variables of the portal, such as OPENAI_API_KEY, UNDO_SECONDS, DATABASE_URL or
    BROKER_URL; the README and .env.example name them all. Providers on loopback are allowed. A folder that was copied
    brings along what was said when it was made, passwords and all.
    """

    def __init__(self, folder: Path, *, said_before: str = "", **environment: str) -> None:
        self.folder = folder
        self.said_before = said_before
        self.port = free_port()
        self.log = folder.parent / f"{folder.name}.log"
        self.environment = {
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "VAR_DIR": str(folder),
            "ALLOW_LOOPBACK_PROVIDERS": "1",
            "LOG_LEVEL": "warning",
        }
        if "TEST_SHARED" in os.environ:  # collected once for a whole run
            self.environment["STATIC_ROOT"] = f"{os.environ['TEST_SHARED']}/static"
        if "DATABASE_URL" in environment:  # only an embedded portal makes a key for itself
            self.environment["SECRET_KEY"] = "a-key-for-tests-that-is-long-enough-and-guards-nothing-at-all"
        self.environment |= environment
        self.started: list[subprocess.Popen[bytes]] = []
        self.signed_in: dict[str, StorageState] = {}
        """User name -> what their browser remembers."""
        self._begins: dict[int, int] = {}  # process id -> how long the log was when it began
        self._inside: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        for process in self.started:
            process.wait(10)
        if self._inside is not None:
            self._inside.shutdown(cancel_futures=True)

    # Starting

    def start(self, seconds: float = 90) -> subprocess.Popen[bytes]:
        """Run `manage.py up`; returns when the web server answers and worker and clock are there."""
        started = self.up()
        wait_until(self.is_answering, seconds)
        wait_until(lambda: bool(self.worker_pids and self.clock_pids), 30)
        wait_until(lambda: "Imprimatur runs at" in self.said_since(started), 10)
        return started

    def up(self, port: int | None = None) -> subprocess.Popen[bytes]:
        """Run `manage.py up` and return at once."""
        return self._run([sys.executable, "manage.py", "up"], PORT=str(port or self.port))

    def start_web(self) -> subprocess.Popen[bytes]:
        """Run the web server alone, as on a machine of its own; returns once it answers."""
        started = self._run(command_of("web server", self.port), PORT=str(self.port))
        wait_until(self.is_answering, 60)
        return started

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Run the worker, and its clock unless that runs, as `manage.py up` does; returns at once."""
        if not self.clock_pids:
            self._run(command_of("clock"), PORT=str(self.port))
        return self._run(command_of("worker"), PORT=str(self.port))

    def restart(self) -> subprocess.Popen[bytes]:
        """Start again what was stopped or killed, on what is left in the folder."""
        wait_until(lambda: not self.processes(), 45)
        return self.start()

    def prepare(self) -> str:
        """Make the database and load the starter content without running anything; returns what was said."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.manage("migrate", "--no-input", "-v", "0")
        return self.manage("seed")

    # Looking

    @property
    def url(self) -> str:
        """The address of its pages, without a slash at the end."""
        return f"http://localhost:{self.port}"

    @property
    def said(self) -> str:
        """All that its processes have written so far."""
        return self.log.read_text() if self.log.exists() else ""

    def said_since(self, started: subprocess.Popen[bytes]) -> str:
        """What was written since this process was started."""
        return self.said[self._begins[started.pid] :]

    @property
    def passwords(self) -> dict[str, str]:
        """User name -> password, as the first start printed them."""
        return dict(_PASSWORD.findall(self.said_before + self.said))

    def is_answering(self) -> bool:
        """Whether the web server answers. Fails the test when all that was started has ended."""
        assert any(process.poll() is None for process in self.started), self.said
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    @property
    def worker_pids(self) -> list[int]:
        """The worker: one process."""
        return self.processes("celery", "\0worker\0")

    @property
    def clock_pids(self) -> list[int]:
        """What tells the worker every few seconds to sweep: one process."""
        return self.processes("celery", "\0beat\0")

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

    # Killing: always -9, as a lost machine would

    def kill_worker(self) -> None:
        """Kill the worker. `manage.py up`, if that started it, sees it and stops web server and clock, too."""
        _kill(self.worker_pids)
        self._reap()

    def kill(self) -> None:
        """Kill every process of the portal."""
        while pids := self.processes():
            _kill(pids)
            self._reap()

    # Working inside

    def manage(self, *arguments: str) -> str:
        """Run a management command beside the portal and return what it wrote."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def python(self, code: str) -> str:
        """Run lines of Python with the portal's database and settings; returns what they printed."""
        return self.manage("shell", "-v", "0", "-c", code)

    def do(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a module's function in one process that stays inside the portal; fast when called often.

        Its arguments and result are pickled, so plain values are best.
        """
        if self._inside is None:
            self._inside = self.insiders(1)
        return self._inside.submit(function, *args, **kwargs).result(120)

    def insiders(self, count: int) -> ProcessPoolExecutor:
        """Processes that are inside the portal, for work side by side."""
        spawn = get_context("spawn")
        return ProcessPoolExecutor(count, mp_context=spawn, initializer=_go_inside, initargs=(self.environment,))

    def _run(self, command: Sequence[str], **more: str) -> subprocess.Popen[bytes]:
        mark = len(self.said)
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                command, cwd=ROOT, env=self.environment | more, stdout=log, stderr=log, start_new_session=True
            )
        self.started.append(started)
        self._begins[started.pid] = mark
        return started

    def _reap(self) -> None:
        """Take note of our own children's ends, so that they are not zombies."""
        for process in self.started:
            process.poll()


def command_of(name: str, port: int = 8000) -> Sequence[str]:
    """One part of the portal exactly as `manage.py up` runs it."""
    with mock.patch.dict(os.environ):  # parts() sets variables for the processes it names
        return next(part.command for part in parts(port) if part.name == name)


def free_port() -> int:
    """A port of the loopback interface that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(holds: Callable[[], bool], seconds: float, *, every: float = 0.1) -> None:
    """Wait for it to hold; fails the test when it does not within this time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(every)


def _kill(pids: Sequence[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    wait_until(lambda: not any(_is_alive(pid) for pid in pids), 10, every=0.02)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _go_inside(environment: dict[str, str]) -> None:
    """In a new process: be part of the portal, as a management command would be."""
    import django

    os.environ.clear()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings"} | environment
    django.setup()

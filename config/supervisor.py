"""Runs processes side by side and stops them together: no half portal, and no process left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FrameType

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the portal."""

    name: str
    command: Sequence[str]
    patience: float
    """Seconds it has to finish what it is doing when it is told to stop."""


class Child:
    """A running part, in a process group of its own, so that Ctrl-C reaches only the supervisor, which then decides."""

    def __init__(self, part: Process) -> None:
        self.part = part
        command = part.command
        self.process = subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: S603 - ours

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self, hurry: threading.Event) -> None:
        """Ask it to stop; when patience or `hurry` runs out, end it and whatever it started."""
        deadline = time.monotonic() + self.part.patience
        if self.is_running:
            self.process.terminate()
        while self.is_running and time.monotonic() < deadline and not hurry.wait(0.05):
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Stopping:
    """What the signals asked for: `wanted` after the first, `hurry` after the second."""

    def __init__(self) -> None:
        self.wanted = threading.Event()
        self.hurry = threading.Event()

    def __call__(self, number: int, frame: FrameType | None) -> None:
        (self.hurry if self.wanted.is_set() else self.wanted).set()


@contextlib.contextmanager
def signals() -> Iterator[Stopping]:
    """Turn SIGINT, SIGTERM and SIGHUP into a `Stopping` while the block runs."""
    stopping = Stopping()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, stopping) for number in numbers]
    try:
        yield stopping
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextlib.contextmanager
def running(parts: Sequence[Process], hurry: threading.Event) -> Iterator[list[Child]]:
    """Start the parts in order; when the block is left, however, stop them in the same order."""
    children: list[Child] = []
    try:
        for part in parts:
            children.append(Child(part))
        yield children
    finally:
        for child in children:
            child.stop(hurry)


def _end_with_parent() -> None:
    """In the new process: be told to stop when the supervisor is killed outright and can tell nobody."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

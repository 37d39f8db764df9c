"""The side that asks: starts the helper, hands it tasks, waits no longer than the limits say, and tells how it went."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assets.imaging.fence import slots, wire
from assets.imaging.fence.limits import Limits
from assets.imaging.refusals import Fault, TooHeavy, Unreadable

ROOT = Path(__file__).resolve().parents[3]
GRACE = 2
"""Seconds after its own limit that a child is ended from outside."""
KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TZ")
"""Variables that the helper gets. Keys and passwords are in the others."""

logger = logging.getLogger(__name__)


class HelperDied(Exception):
    """The helper ended, and the task with it."""


def run(task: Callable[..., Any], *given: Any, limits: Limits | None = None) -> Any:
    """What the task returns for what it is given, in a fenced child. Arguments and result are plain values and bytes.

    The task is a function of a module. Raises Unreadable: with the task's own reason; TooHeavy where the child used up
    its limits or crashed; Busy where too many wait; Fault where the task failed by itself.
    """
    with contextlib.closing(steps(task, *given, limits=limits)) as told:
        for answer in told:
            return answer
    raise Fault


def steps(task: Callable[..., Any], *given: Any, limits: Limits | None = None) -> Generator[Any, None, None]:
    """What the task yields, each step as soon as it is there. Raises as `run` does.

    It keeps its turn until it has ended or is closed, so nobody may wait for anything else between two steps.
    """
    limits = limits or Limits()
    request = {"task": f"{task.__module__}:{task.__name__}", "given": given, "limits": asdict(limits)}
    with slots.turn():
        for answer in _ask_twice(request, limits):
            if "over" in answer:
                return
            yield _told(answer, request["task"])


def _ask_twice(request: dict[str, Any], limits: Limits) -> Iterator[dict[str, Any]]:
    """A helper that died before is no fault of the picture that comes next. What was answered is not asked again."""
    begun = False
    for _ in range(2):
        try:
            for answer in _ask(request, limits):
                begun = True
                yield answer
            return
        except HelperDied:
            if begun:
                break
    yield {"fault": "The helper dies."}


def _told(answer: dict[str, Any], task: Any) -> Any:
    for kind in ("value", "step"):
        if kind in answer:
            return answer[kind]
    if "refused" in answer:
        raise Unreadable(str(answer["refused"]))
    if "memory" in answer:
        raise _out_of_memory()
    logger.error("A task of the fence failed: %s\n%s", task, answer.get("fault"))
    raise Fault


def _out_of_memory() -> TooHeavy:
    return TooHeavy("Opening the picture takes more memory than one picture gets. Save it smaller and try again.")


def _out_of_time() -> TooHeavy:
    return TooHeavy(
        "Opening the picture takes longer than one picture gets. Save it anew in a picture editor and try again."
    )


def _crashed(number: int) -> Unreadable:
    """What it means that a child ended without an answer, by a signal or with an exit code."""
    if number >= 0:
        logger.error("A fenced child ended with %s", number)
        return Fault()
    if -number in (signal.SIGXCPU, signal.SIGALRM):
        return _out_of_time()
    if -number == signal.SIGKILL:  # the system ends what takes too much of its memory
        return _out_of_memory()
    logger.warning("A fenced child crashed: %s", number)
    return TooHeavy(
        "The picture makes the program that opens it crash. Save it anew in a picture editor and try again."
    )


# The helper


def _ends() -> tuple[socket.socket, socket.socket]:
    """Two ends of a line, ours and one for another process, which takes its end for one that waits.

    A new socket does not where a time limit is set for all of them, as Celery does while a worker stops.
    """
    both = socket.socketpair()
    for end in both:
        end.setblocking(True)
    return both


class _Helper:
    """One running helper of this process."""

    def __init__(self) -> None:
        self.control, theirs = _ends()
        with theirs:
            # A spawned process shares nothing with our threads and their locks, as a forked one would.
            self.process = os.posix_spawn(
                sys.executable,
                [sys.executable, "-P", "-m", "assets.imaging.fence.helper", "3"],
                {name: os.environ[name] for name in KEPT if name in os.environ}
                | {"PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "1"},
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, theirs.fileno(), 3),
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                ],
                setpgroup=0,
            )

    def start(self, work: socket.socket, news: socket.socket) -> None:
        socket.send_fds(self.control, [b"t"], [work.fileno(), news.fileno()])

    def bury(self) -> None:
        """Leave nothing of a helper that is dead or not ours."""
        self.control.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.process, os.WNOHANG)


_lock = threading.Lock()
_helper: _Helper | None = None


def _forget() -> None:
    """Let go of the helper: in a forked process it is the parent's, and lives as long as anybody holds on to it."""
    global _lock, _helper
    if _helper is not None:
        _helper.control.close()
    _lock, _helper = threading.Lock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
atexit.register(_forget)


def _start(work: socket.socket, news: socket.socket) -> None:
    """Have the helper begin a task; a new helper, where there is none or the last one died."""
    global _helper
    with _lock:
        if _helper is not None:
            try:
                _helper.start(work, news)
            except OSError:
                _helper.bury()
                _helper = None
            else:
                return
        _helper = _Helper()
        _helper.start(work, news)


# One task


def _ask(request: dict[str, Any], limits: Limits) -> Iterator[dict[str, Any]]:
    work, theirs = _ends()
    news, told = _ends()
    with work, news:
        with theirs, told:
            _start(theirs, told)
        child = _Child(work, news, time.monotonic() + limits.wall + GRACE)
        try:
            yield from child.answers(request)
        finally:
            child.end()


class _Child:
    """A child at work, seen from outside."""

    def __init__(self, work: socket.socket, news: socket.socket, deadline: float) -> None:
        self.work, self.news, self.deadline = work, news, deadline
        self._handle: int | None = None
        self._number = 0
        self._lines = b""
        self._incoming = wire.Incoming()
        self._is_read = False
        """Whether all that the child wrote has been read."""

    def answers(self, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Hand over the request and wait for each answer. Raises TooHeavy, or HelperDied when there is no child."""
        self._meet()
        self.work.settimeout(max(0.01, self.deadline - time.monotonic()))
        with contextlib.suppress(OSError):  # it may be dead by now; how it died is told beside
            wire.send(self.work, request)
        self.work.settimeout(0)
        while True:
            answer = self._answer()
            yield answer
            if "step" not in answer:
                return

    def _answer(self) -> dict[str, Any]:
        try:
            self._listen()
            if self._incoming.is_whole:
                value, self._incoming = self._incoming.value, self._incoming.following()
                return value if isinstance(value, dict) else {}
        except (wire.BadMessage, RecursionError):  # whatever took the decoder over speaks in its place
            raise _crashed(-signal.SIGABRT) from None
        if not self._lines:
            raise HelperDied
        raise _crashed(int(self._lines))

    def end(self) -> None:
        """End the child if it is still there. By its handle, which no other process can have got meanwhile."""
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            os.close(self._handle)
            self._handle = None
        elif self._number and not self._lines:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._number, signal.SIGKILL)

    def _meet(self) -> None:
        self.news.settimeout(max(0.01, self.deadline - time.monotonic()))
        try:
            line, handles, _, _ = socket.recv_fds(self.news, 64, 1)
        except TimeoutError:
            raise _out_of_time() from None
        except OSError:
            line, handles = b"", []
        if not line:
            raise HelperDied
        number, _, self._lines = line.partition(b"\n")
        self._number, self._handle = int(number), handles[0] if handles else None
        self.news.settimeout(0)

    def _listen(self) -> None:
        """Read until the answer is whole, or the child is known to be gone and all it wrote has been read."""
        with selectors.DefaultSelector() as ends:
            if not self._is_read:
                ends.register(self.work, selectors.EVENT_READ)
            if not self._lines:
                ends.register(self.news, selectors.EVENT_READ)
            while ends.get_map() and not self._incoming.is_whole:
                ready = ends.select(max(0.0, self.deadline - time.monotonic()))
                if not ready:
                    raise _out_of_time()
                for key, _ in ready:
                    self._read(key.fileobj, ends)

    def _read(self, end: Any, ends: selectors.BaseSelector) -> None:
        """How it ended comes once; the answer until there is no more."""
        try:
            piece = end.recv(wire.PIECE)
        except OSError:
            piece = b""
        if end is self.news:
            self._lines += piece
        else:
            self._incoming.feed(piece)
        if not piece or end is self.news:
            ends.unregister(end)
            self._is_read |= end is self.work

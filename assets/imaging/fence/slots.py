"""Two pictures at once on a machine, whichever processes they come to; and how many wait for a turn.

A slot is a lock on a file, so that whoever dies gives it back. Where there are no such locks, each process counts
for itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from assets.imaging.refusals import Busy

AT_ONCE = 2
LOOK_AGAIN = 0.01
"""Seconds between two tries for a slot that another process holds."""
PLACES = 6
"""Pictures in hand of a process that answers people: as many as a browser asks for at once, and fewer than its threads,
so that pages go on. Whoever comes when all are taken is told so at once."""


class Lobby:
    """Where the threads of one process wait. Without a limit on places, everybody waits until it is their turn."""

    def __init__(self, places: int | None = None) -> None:
        self.places = places
        self._places = threading.Semaphore(places or 0)
        self._turns = threading.Semaphore(AT_ONCE)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """A turn for one picture. Raises Busy where places are limited and all are taken."""
        if self.places is not None and not self._places.acquire(blocking=False):
            raise Busy
        try:
            with self._turns, _slot():
                yield
        finally:
            if self.places is not None:
                self._places.release()


_lobby = Lobby()


def turn() -> contextlib.AbstractContextManager[None]:
    """A turn for one picture in this process. Raises Busy."""
    return _lobby.turn()


def answer_people() -> None:
    """For a process that answers web requests: pictures may hold only some of its threads, so that pages go on."""
    global _lobby
    _lobby = Lobby(PLACES)


def _renew() -> None:
    """In a forked process: nobody waits yet, whatever the threads of its parent were doing."""
    global _lobby
    _lobby = Lobby(_lobby.places)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


@contextlib.contextmanager
def _slot() -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        taken = _wait_for_one([stack.enter_context(file).fileno() for file in _slot_files()])
        try:
            yield
        finally:
            if taken is not None:
                # Closing is not enough: a process that was forked meanwhile has the file open, too.
                fcntl.flock(taken, fcntl.LOCK_UN)


def _wait_for_one(files: list[int]) -> int | None:
    """The file whose lock was taken; None where there are no locks."""
    while files:
        for file in files:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            except OSError:
                return None
            return file
        time.sleep(LOOK_AGAIN)
    return None


def _slot_files() -> list[IO[bytes]]:
    """The open files whose locks are the slots; none where there is no place for them."""
    try:
        folder = _folder()
        return [(folder / f"slot-{number}").open("wb") for number in range(AT_ONCE)] if folder else []
    except OSError:
        return []


def _folder() -> Path | None:
    """A folder that only this user can write in; None where another got there first."""
    folder = Path(tempfile.gettempdir()) / f"imprimatur-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    return folder if is_ours else None

"""What hostile bytes could make a decoder do, as tasks for the fence. None of this may harm whoever asked for it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from assets.imaging import decoding
from assets.imaging.refusals import Unreadable


def echo(value: object) -> object:
    """Nothing bad."""
    return value


def who() -> list[int]:
    """The child and the helper that forked it."""
    return [os.getpid(), os.getppid()]


def burn() -> None:
    """Use the processor and never end."""
    while True:
        pass


def hang() -> None:
    """Use nothing and never end."""
    while True:
        signal.pause()


def swallow() -> int:
    """Take far more memory than there is for one picture."""
    return len(bytearray(4_000_000_000))


def crash() -> None:
    """Die as a decoder dies that writes where it must not."""
    os.kill(os.getpid(), signal.SIGSEGV)


def vanish() -> None:
    """End without a word."""
    os._exit(0)


def stumble() -> None:
    """Fail by a mistake of our own."""
    raise KeyError("a mistake of ours")


def answer_nonsense() -> object:
    """Give back what cannot be sent."""
    return object()


def speak(words: bytes) -> None:
    """Send bytes of one's own in place of an answer, as whoever took a decoder over could."""
    for number in range(3, 256):
        with contextlib.suppress(OSError):
            os.write(number, words)
    os._exit(0)


def pry(process: int, secret: str, port: int) -> dict[str, str]:
    """Try to get at what is none of a picture's business; says what became of each try."""
    tries: dict[str, Callable[[], object]] = {
        "environment": lambda: Path(f"/proc/{process}/environ").read_bytes(),
        "file": lambda: Path(secret).read_text(),
        "new file": lambda: Path(secret + ".new").write_text("x"),
        "connection": lambda: socket.create_connection(("127.0.0.1", port), timeout=2),
        "unix socket": lambda: socket.socket(socket.AF_UNIX),
        "signal": lambda: os.kill(process, signal.SIGCONT),
    }
    return {name: _tried(act) for name, act in tries.items()}


def _tried(act: Callable[[], object]) -> str:
    try:
        act()
    except OSError:
        return "refused"
    return "done"


def refuse(words: str) -> None:
    """Say no, as a task may."""
    raise Unreadable(words)


def cost(data: bytes) -> float:
    """Seconds of processor time that a child takes to refuse a file, from its start."""
    try:
        decoding.decode(data)
    except Unreadable:
        return time.process_time()
    raise AssertionError("It was taken.")


def answer_in_steps(*steps: object, pause: float = 0.0) -> Iterator[object]:
    """Nothing bad: one thing after the other."""
    for step in steps:
        yield step
        time.sleep(pause)


def answer_once_and_hang() -> Iterator[object]:
    """Say who it is, and never end."""
    yield who()
    hang()


def answer_once_and_vanish() -> Iterator[object]:
    """Say who it is, and end without a word."""
    yield who()
    time.sleep(0.2)
    vanish()


def answer_once_and_crash() -> Iterator[object]:
    """Die after a good beginning."""
    yield "good"
    crash()


def answer_once_and_refuse() -> Iterator[object]:
    """Find out late that it cannot be done."""
    yield "good"
    raise Unreadable("Not like this.")


def answer_nothing() -> Iterator[object]:
    """Say that it is over before it has begun, as only a child does that was taken over."""
    yield from ()

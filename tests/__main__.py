"""`python -m tests`: every check, and every test on the engines that this machine has, side by side. `make test`.

PostgreSQL, which production uses, is asked everything. SQLite is asked only what may end otherwise there, by the marker
`engine`. Without PostgreSQL, SQLite is asked everything, and a line at the end says what was not proven.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from tests import machine

MAIN = ("-n", "3", "--dist", "loadgroup", "--no-loadscope-reorder", "--durations", "30")
"""Three processes on two cores, since some tests mostly wait; those come first, in the order of `tests/conftest.py`."""
UNPROVEN = "Not proven: that it works on PostgreSQL, which production uses, and how races between processes end there."


@dataclass
class Part:
    """One of the things that run side by side. It is heard when it has ended, save for the main run."""

    title: str
    process: subprocess.Popen[bytes]
    said: IO[bytes] | None
    began: float

    def tell(self) -> None:
        took = time.monotonic() - self.began
        say(f"\n{self.title}: {'FAILED' if self.process.returncode else 'passed'} in {took:.0f} s")
        if self.said is not None:
            self.said.seek(0)
            say(self.said.read().decode(errors="replace").rstrip())


def main() -> int:
    has_postgres = bool(machine.postgres_url())
    if not has_postgres and machine.forbids_skips():
        say(machine.NO_POSTGRES)
        return 1
    parts = [begin("Checks", ["make", "--no-print-directory", "check"])]
    if has_postgres:
        parts.append(begin("What may differ on SQLite", pytest("-m", "engine", "-n", "0"), "sqlite"))
        parts.append(begin("Tests on PostgreSQL", pytest(*MAIN), "postgres", aloud=True))
    else:
        parts.append(begin("Tests on SQLite", pytest(*MAIN), "sqlite", aloud=True))
    hear(parts)
    if not has_postgres:
        say(machine.NO_POSTGRES, UNPROVEN)
    return int(any(part.process.returncode for part in parts))


def hear(parts: Sequence[Part]) -> None:
    """Wait for all of them, and tell of each as it ends."""
    running = list(parts)
    while running:
        for part in [part for part in running if part.process.poll() is not None]:
            running.remove(part)
            part.tell()
        time.sleep(0.2)


def pytest(*options: str) -> Sequence[str]:
    return [sys.executable, "-m", "pytest", "-q", *options]


def begin(title: str, command: Sequence[str], engine: str = "", *, aloud: bool = False) -> Part:
    said = None if aloud else tempfile.TemporaryFile()  # noqa: SIM115 - read when the process has ended
    environment = {**os.environ, "TEST_DATABASE": engine}
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    return Part(title, process, said, time.monotonic())


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

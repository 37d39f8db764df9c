"""`python -m tests`: every check, and every test on the engines that this machine has, in turn. `make test` calls it.

PostgreSQL, which production uses, is asked everything. SQLite is asked only what may end otherwise there, by the marker
`engine`. Without PostgreSQL, SQLite is asked everything, and a line at the end says what was not proven.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tests import machine

MAIN = ("-n", "3", "--dist", "loadgroup", "--no-loadscope-reorder", "--durations", "30")
"""Three processes for two processors: what waits comes first, in the order of `tests/plan.py`, and the third works
meanwhile. The other engine beside them would let browsers and portals starve each other."""
UNPROVEN = "Not proven: that it works on PostgreSQL, which production uses, and how races between processes end there."


def main() -> int:
    has_postgres = bool(machine.postgres_url())
    if not has_postgres and machine.forbids_skips():
        say(machine.NO_POSTGRES)
        return 1
    runs: list[tuple[str, Sequence[str], str]] = [("Checks", ["make", "--no-print-directory", "check"], "")]
    if has_postgres:
        runs.append(("Tests on PostgreSQL", pytest(*MAIN), "postgres"))
        runs.append(("What may differ on SQLite", pytest("-m", "engine", "-n", "2", "--dist", "loadgroup"), "sqlite"))
    else:
        runs.append(("Tests on SQLite", pytest(*MAIN), "sqlite"))
    failed = [title for title, command, engine in runs if not passes(title, command, engine)]
    if not has_postgres:
        say(machine.NO_POSTGRES, UNPROVEN)
    return int(bool(failed))


def pytest(*options: str) -> Sequence[str]:
    return [sys.executable, "-m", "pytest", "-q", *options]


def passes(title: str, command: Sequence[str], engine: str) -> bool:
    """Run it, and say how it ended and how long it took. A part that fails keeps no later one from running."""
    began = time.monotonic()
    done = subprocess.run(command, env={**os.environ, "TEST_DATABASE": engine}, stdin=subprocess.DEVNULL, check=False)
    say(f"{title}: {'FAILED' if done.returncode else 'passed'} in {time.monotonic() - began:.0f} s\n")
    return not done.returncode


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

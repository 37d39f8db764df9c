"""Every measurement, as `make bench` runs them: a line for each figure, and whatever else is said behind `# `.

`python -m tests.benchmarks bench_speed bench_sets` runs those alone. Ends with 1 if one of them could not be taken; a
goal that is missed is no failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests import machine
from tests.benchmarks import machine_facts

HERE = Path(__file__).parent
EMBEDDED = ("bench_throughput", "bench_sets", "bench_pictures")
ON_SERVERS = ("bench_sets", "bench_speed")


def main(asked: Sequence[str]) -> int:
    """Take what is asked for, or everything, on SQLite and on PostgreSQL where there is one."""
    runs = [(name, "sqlite") for name in EMBEDDED]
    if machine.postgres_url():
        runs += [(name, "postgres") for name in ON_SERVERS]
    else:
        sys.stdout.write(f"# {machine.NO_POSTGRES}\n")
    ended = [taken(name, engine) for name, engine in runs if not asked or name in asked]
    return int(not all(ended))


def taken(name: str, engine: str) -> bool:
    """Take the figures of one file."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:randomly", str(HERE / f"{name}.py")]
    environment = {**os.environ, "TEST_DATABASE": engine}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout or ():
            if line.strip():
                sys.stdout.write(f"{machine_facts.behind_a_mark(line.rstrip())}\n")
                sys.stdout.flush()
    return run.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What we stand on: never older than what was found safe, held to hashes, and tied to no package index."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

LOCKS = sorted((Path(__file__).resolve().parent.parent / "requirements").glob("*.txt"))


@pytest.mark.parametrize(
    ("package", "floor"),
    [("Django", (5, 2, 19)), ("Pillow", (13, 0)), ("djangorestframework", (3, 18, 3)), ("celery", (5, 7, 0))],
)
def test_no_package_falls_below_its_last_known_hole(package: str, floor: tuple[int, ...]) -> None:
    assert tuple(int(part) for part in version(package).split(".")) >= floor


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_address(lock: Path) -> None:
    assert "://" not in lock.read_text()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_in_a_lock_is_pinned_and_hashed(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_what_runs_is_what_is_checked() -> None:
    run, dev = (
        {line for line in (LOCKS[0].parent / name).read_text().splitlines() if "==" in line}
        for name in ("run.txt", "dev.txt")
    )
    assert run <= dev


@pytest.mark.xdist_group("example")
def test_a_group_stays_with_one_process(request: pytest.FixtureRequest) -> None:
    """pytest-xdist goes by the end of the node's name, which not every version of pytest lets it write."""
    is_grouped = request.config.getoption("loadgroup", False)
    assert request.node.nodeid.endswith("@example") == is_grouped

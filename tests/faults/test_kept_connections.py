"""A worker's connections to PostgreSQL: kept from one task to the next, and given up once the server has."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from config.processes import AT_ONCE
from tests.faults import inside
from tests.faults.scene import Scene
from tests.portal import finds_processes, wait_until

pytestmark = [finds_processes, pytest.mark.postgres]

TASKS = 120
SOON = 20
"""Seconds; a call that was lost is made again after half a minute."""
MOST = AT_ONCE + 12
"""One for each thread of the worker, and those of its heart, of its sweeps and of whoever looks."""


def ask(scene: Scene, question: str) -> Any:
    """The first value that the portal's database answers, on a connection that counts itself."""
    with psycopg.connect(scene.portal.environment["DATABASE_URL"], autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row and row[0]


def connections_so_far(scene: Scene) -> int:
    return int(ask(scene, "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"))


def have_all_connected(scene: Scene) -> None:
    """Every thread of the worker has had a task."""
    scene.have_worker()
    [job] = scene.end(scene.start("sketch", "A house"))
    scene.portal.do(inside.call_again, job.id, TASKS)
    queue = scene.portal.folder / "broker" / "messages"
    wait_until(lambda: not list(queue.iterdir()), 60)


def test_tasks_do_not_connect_one_by_one(scene: Scene) -> None:
    before = connections_so_far(scene)
    have_all_connected(scene)
    scene.end(scene.start("sketch", "Another house"))
    assert connections_so_far(scene) - before < MOST < TASKS


def test_a_worker_whose_connections_were_cut_goes_on_at_once(scene: Scene) -> None:
    have_all_connected(scene)
    assert ask(
        scene,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    )
    scene.portal.do(inside.reconnect)
    [job] = scene.end(scene.start("sketch", "A house after"), SOON)
    assert (job.state, job.attempts) == ("done", 1)

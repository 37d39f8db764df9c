"""`manage.py up`: real processes, started together, stopped together, none left behind. Each wait has an end."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from pathlib import Path

import pytest

from config.supervisor import Process, signals
from config.supervisor import running as run_parts
from tests.mold import Mold
from tests.portal import Portal, finds_processes, free_port, wait_until
from tests.share import share

pytestmark = finds_processes


@pytest.fixture(scope="module")
def whole(mold: Mold, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with mold.copy(tmp_path_factory.mktemp("up") / "var") as portal:
        yield portal


@pytest.fixture
def portal(whole: Portal) -> Portal:
    """A portal that runs: the last test's, or started again when it ended that."""
    if not whole.processes():
        whole.start()
    return whole


def test_up_runs_all_parts_and_stops_them_when_told(portal: Portal) -> None:
    assert f"http://localhost:{portal.port}/" in portal.said
    assert portal.processes("gunicorn")
    up = running(portal)
    up.send_signal(signal.SIGINT)
    assert up.wait(45) == 0
    assert "Stopped." in portal.said_since(up)
    assert portal.processes() == []


@pytest.mark.parametrize("part", share(["worker", "clock"], "part", of=2))
def test_when_one_part_dies_the_others_are_stopped_too(portal: Portal, part: str) -> None:
    (pid,) = portal.worker_pids if part == "worker" else portal.clock_pids
    up = running(portal)
    os.kill(pid, signal.SIGKILL)
    assert up.wait(45) == 1
    assert f"The {part} ended by itself" in portal.said_since(up)
    assert portal.processes() == []


def test_a_supervisor_that_is_killed_outright_leaves_no_orphan(portal: Portal) -> None:
    up = running(portal)
    up.kill()
    up.wait(10)
    wait_until(lambda: portal.processes() == [], 45)


def test_a_second_portal_in_the_same_folder_is_refused(portal: Portal) -> None:
    second = portal.up(free_port())
    assert second.wait(30) == 1
    assert "A portal already runs on" in portal.said_since(second)
    assert portal.is_answering()


def test_pages_and_what_they_are_drawn_with_come_compressed_and_the_latter_stays_for_a_year(portal: Portal) -> None:
    page, text = fetched(portal, "/accounts/login/")
    assert page["Content-Encoding"] == "gzip"
    (sheet,) = re.findall(rb'href="(/static/css/[^"]+)"', text)
    answer, styles = fetched(portal, sheet.decode())
    assert answer["Content-Encoding"] == "gzip"
    assert "immutable" in answer["Cache-Control"]
    assert b"@layer pages" in styles


def fetched(portal: Portal, path: str) -> tuple[Message, bytes]:
    """The headers of an answer that may be compressed, and what it says."""
    with closing(http.client.HTTPConnection("127.0.0.1", portal.port, timeout=20)) as connection:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        return answer.headers, gzip.decompress(answer.read())


def test_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        portal = Portal(tmp_path / "var")
        assert portal.up(taken.getsockname()[1]).wait(30) == 1
    assert portal.said.startswith("CommandError: Port ")
    assert "Choose another: make start PORT=8001" in portal.said
    assert "Traceback" not in portal.said


def running(portal: Portal) -> subprocess.Popen[bytes]:
    """The `manage.py up` that runs."""
    (up,) = (process for process in portal.started if process.poll() is None)
    return up


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Portal]:
    """A portal whose folder was made by version 0.1, with the tables that it began with."""
    folder = tmp_path / "var"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "imprimatur.sqlite3")) as database, database:
        database.execute("CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied text)")
        database.execute("CREATE TABLE auth_user (id integer PRIMARY KEY, username text)")
        for app in ("auth", "account", "assets", "generation", "approvals"):
            row = (app, "0001_initial", "2026-11-20 12:00:00")
            database.execute("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, ?)", row)
    with Portal(folder) as portal:
        yield portal


def schema(portal: Portal) -> list[str]:
    with closing(sqlite3.connect(portal.folder / "imprimatur.sqlite3")) as database:
        return [sql for (sql,) in database.execute("SELECT sql FROM sqlite_master")]


def test_a_folder_of_an_older_version_is_a_sentence_and_stays_as_it_was(old: Portal) -> None:
    before = schema(old)
    assert old.up().wait(60) == 1
    assert old.said.startswith(f"CommandError: {old.folder} was made by a version before 0.2.0")
    assert f"mv {old.folder} {old.folder}-before-0.2" in old.said
    assert "Traceback" not in old.said
    assert schema(old) == before


def test_migrate_alone_refuses_an_older_database_too(old: Portal) -> None:
    before = schema(old)
    with pytest.raises(AssertionError, match=r"made by a version before 0\.2\.0") as refused:
        old.manage("migrate", "--no-input")
    assert "Traceback" not in str(refused.value)
    assert schema(old) == before


STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
SLEEPER = "import time; time.sleep(60)"
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]); time.sleep(60)"


def test_a_part_that_ignores_its_end_is_ended() -> None:
    with (
        signals() as stopping,
        run_parts([Process("stubborn", [sys.executable, "-c", STUBBORN], 0.5)], stopping.hurry) as children,
    ):
        time.sleep(0.5)
    assert children[0].process.returncode == -signal.SIGKILL


def test_what_a_part_started_ends_with_it() -> None:
    with (
        signals() as stopping,
        run_parts([Process("parent", [sys.executable, "-c", PARENT], 2)], stopping.hurry) as children,
    ):
        group = children[0].process.pid
        wait_until(lambda: members(group) == 2, 10)
    wait_until(lambda: members(group) == 0, 5)


def test_parts_that_started_are_stopped_when_the_next_cannot() -> None:
    before = members(None)
    with (
        pytest.raises(FileNotFoundError),
        signals() as stopping,
        run_parts(
            [
                Process("good", [sys.executable, "-c", SLEEPER], 2),
                Process("bad", ["/no/such/program"], 2),
            ],
            stopping.hurry,
        ),
    ):
        pass
    assert members(None) == before


def test_a_second_signal_hurries() -> None:
    with signals() as stopping:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.wanted.wait(1)
        assert not stopping.hurry.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.hurry.wait(1)


def members(group: int | None) -> int:
    """How many live processes are in the group, or are children of this process when no group is named."""
    count = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, its_group = entry.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        is_meant = int(parent) == os.getpid() if group is None else int(its_group) == group
        count += is_meant and state != "Z"
    return count

"""The fence: whatever a task does in its child, whoever asked goes on, and gets a true sentence."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.imaging import fence, rendering
from assets.imaging.fence import Limits, client, limits, slots, wire
from assets.imaging.refusals import Busy, Fault, TooHeavy, Unreadable
from config import processes
from tests.assets import misdeeds
from tests.portal import ROOT, finds_processes, wait_until

QUICK = Limits(cpu=1, wall=2)

needs_limits = pytest.mark.skipif(sys.platform != "linux", reason="Counts address space, so on Linux.")


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_plain_values_and_bytes_come_back_as_they_went() -> None:
    value = {"bytes": b"\x00\xff" * 700_000, "list": [1, 2.5, None, True, "ä\x00"], "none": b""}
    assert fence.run(misdeeds.echo, value) == value


def test_each_task_has_a_process_of_its_own_and_the_helper_stays() -> None:
    (one, helper), (other, same) = fence.run(misdeeds.who), fence.run(misdeeds.who)
    assert one != other
    assert helper == same != os.getpid()


@pytest.mark.parametrize("pause", [0.0, 0.05], ids=["all at once", "one by one"])
def test_steps_come_in_their_order_however_they_arrive(pause: float) -> None:
    steps = [b"\x00\xff" * 700_000, "two", None]
    assert list(fence.steps(misdeeds.answer_in_steps, *steps)) == steps
    assert list(fence.steps(misdeeds.answer_in_steps)) == []


def test_a_step_is_there_before_the_next_one_is_made() -> None:
    with contextlib.closing(fence.steps(misdeeds.answer_once_and_hang, limits=QUICK)) as steps:
        child, _ = next(steps)
        assert alive(child)
        with pytest.raises(TooHeavy, match="takes longer"):
            next(steps)


@finds_processes
def test_whoever_has_enough_after_one_step_leaves_no_child_and_gives_the_turn_back() -> None:
    for _ in range(2 * slots.AT_ONCE):
        with contextlib.closing(fence.steps(misdeeds.answer_once_and_hang)) as steps:
            child, _ = next(steps)
        wait_until(lambda child=child: not alive(child), 2, every=0.02)  # type: ignore[misc] # a default is no argument


@pytest.mark.parametrize(
    ("misdeed", "words"),
    [(misdeeds.answer_once_and_crash, "crash"), (misdeeds.answer_once_and_refuse, "Not like this")],
)
def test_what_goes_wrong_later_spoils_nothing_that_was_said_before(misdeed: Callable[..., Any], words: str) -> None:
    steps = fence.steps(misdeed)
    assert next(steps) == "good"
    with pytest.raises(Unreadable, match=words):
        next(steps)


def test_a_child_that_is_over_before_it_began_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Fault):
        fence.run(misdeeds.answer_nothing)
    for nonsense in ([], ["no facts"], [{"seen": {"width": 1}, "found": {}}]):
        monkeypatch.setattr(fence, "steps", lambda *_, said=nonsense: (each for each in said))
        with pytest.raises(Fault):
            rendering.Look(b"x", rendering.SPECS["preview"]).seen  # noqa: B018 - what it raises is what is asked
        with pytest.raises(Fault):
            rendering.see(b"x", rendering.SPECS["preview"])


def test_a_helper_that_dies_between_two_steps_does_not_begin_again() -> None:
    steps = fence.steps(misdeeds.answer_once_and_vanish)
    os.kill(next(steps)[1], signal.SIGKILL)
    with pytest.raises(Fault):
        next(steps)


@pytest.mark.parametrize(
    "words",
    [b"\0\0\0\4none", b"\xff" * 64, b"\0\1\0\0" + b"[" * 65_536, b'\0\0\0\x0c["[]", [-12]]'],
    ids=["no head", "too long", "nested", "bad sizes"],
)
def test_a_child_that_speaks_for_itself_costs_its_own_task_only(words: bytes) -> None:
    with pytest.raises(TooHeavy, match="crash"):
        fence.run(misdeeds.speak, words)
    assert fence.run(misdeeds.echo, 1) == 1


@pytest.mark.parametrize(
    ("misdeed", "words"),
    [
        (misdeeds.burn, "takes longer"),
        (misdeeds.hang, "takes longer"),
        pytest.param(misdeeds.swallow, "more memory", marks=needs_limits),
        (misdeeds.crash, "crash"),
    ],
    ids=["burn", "hang", "swallow", "crash"],
)
def test_a_hostile_picture_costs_its_own_task_only(misdeed: Callable[..., Any], words: str) -> None:
    helper = fence.run(misdeeds.who)[1]
    with pytest.raises(TooHeavy, match=words):
        fence.run(misdeed, limits=QUICK)
    assert fence.run(misdeeds.who)[1] == helper


@finds_processes
def test_a_child_that_is_too_slow_is_gone_when_that_is_said() -> None:
    children: set[str] = set()

    def look() -> None:
        helper = fence.run(misdeeds.who)[1]
        while not stop.wait(0.02):
            children.update(Path(f"/proc/{helper}/task/{helper}/children").read_text().split())

    stop, looking = threading.Event(), threading.Thread(target=look)
    looking.start()
    with pytest.raises(TooHeavy):
        fence.run(misdeeds.hang, limits=QUICK)
    stop.set()
    looking.join()
    wait_until(lambda: not any(alive(int(child)) for child in children), 2, every=0.02)


@pytest.mark.parametrize("misdeed", [misdeeds.stumble, misdeeds.vanish, misdeeds.answer_nonsense])
def test_a_mistake_of_ours_is_not_blamed_on_the_picture(
    misdeed: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(Fault, match="the file may be fine"):
        fence.run(misdeed)
    assert caplog.records


def test_the_log_says_where_the_mistake_is(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(Fault):
        fence.run(misdeeds.stumble)
    assert "misdeeds.py" in caplog.text
    assert "a mistake of ours" in caplog.text


def test_a_helper_that_was_killed_is_started_anew() -> None:
    helper = fence.run(misdeeds.who)[1]
    os.kill(helper, signal.SIGKILL)
    assert fence.run(misdeeds.who)[1] != helper


@pytest.fixture
def impatient_sockets() -> Iterator[None]:
    """Every new socket has a time limit, as Celery sets one while a worker stops; pictures still come then."""
    socket.setdefaulttimeout(5)
    yield
    socket.setdefaulttimeout(None)


@pytest.mark.parametrize("helper", ["running", "new"])
def test_what_is_larger_than_a_line_holds_comes_whole_while_sockets_are_impatient(
    impatient_sockets: None, helper: str
) -> None:
    if helper == "new":
        client._forget()
    sent = os.urandom(4 * 1024 * 1024)
    assert [fence.run(misdeeds.echo, sent) == sent for _ in range(4)] == [True] * 4


@finds_processes
def test_nothing_is_within_reach_of_a_child(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a key")
    with socket.create_server(("127.0.0.1", 0)) as server:
        tried = fence.run(misdeeds.pry, os.getpid(), str(secret), server.getsockname()[1])
    if limits.landlock_version() < 6:
        tried["signal"] = "refused"
    assert set(tried.values()) == {"refused"}, tried


@finds_processes
def test_landlock_alone_keeps_secrets_and_network_from_a_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if limits.landlock_version() < 4:
        pytest.skip("This kernel's Landlock does not know the network.")
    secret = tmp_path / "secret"
    secret.write_text("a key")
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = (
            "import json, resource, sys; from assets.imaging.fence import limits; from tests.assets import misdeeds;"
            "limits._lock_in(); print(misdeeds.pry(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))"
        )
        given = [str(os.getpid()), str(secret), str(server.getsockname()[1])]
        done = subprocess.run(
            [sys.executable, "-c", code, *given], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
        )
    for name in ("environment", "file", "new file", "connection"):
        assert f"'{name}': 'refused'" in done.stdout


@finds_processes
def test_the_helper_has_no_secrets_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a-key-that-must-stay-here")
    os.kill(fence.run(misdeeds.who)[1], signal.SIGKILL)
    helper = fence.run(misdeeds.who)[1]
    assert b"SECRET_KEY" not in Path(f"/proc/{helper}/environ").read_bytes()


@finds_processes
def test_nothing_outlives_its_parent() -> None:
    code = """
import threading
from assets.imaging import fence
from tests.assets import misdeeds
print(fence.run(misdeeds.who)[1], flush=True)
for _ in range(2):
    threading.Thread(target=fence.run, args=(misdeeds.hang,)).start()
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        helper = int(parent.stdout.readline())
        children = Path(f"/proc/{helper}/task/{helper}/children")
        wait_until(lambda: len(children.read_text().split()) == slots.AT_ONCE, 20)
        family = [helper, *map(int, children.read_text().split())]
        parent.kill()
    wait_until(lambda: not any(map(alive, family)), 5, every=0.02)


@finds_processes
def test_a_forked_process_has_a_helper_of_its_own_and_does_not_hold_its_parents() -> None:
    code = """
import os, signal, sys
from assets.imaging import fence
from tests.assets import misdeeds
before = fence.run(misdeeds.who)[1]
child = os.fork()
if child == 0:
    mine = fence.run(misdeeds.who)[1]
    print(before, mine, fence.run(misdeeds.who)[1], flush=True)
    sys.stdin.read()
    os._exit(0)
os.kill(os.getpid(), signal.SIGKILL)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        before, mine, again = map(int, parent.stdout.readline().split())
        assert before != mine == again
        wait_until(lambda: not alive(before), 5, every=0.02)
        assert alive(mine)
    wait_until(lambda: not alive(mine), 5, every=0.02)


def test_without_landlock_and_with_limits_that_a_system_refuses_it_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
import resource
from assets.imaging.fence import limits
def refuse(kind, values):
    raise ValueError("not here")
resource.setrlimit, limits._LIBC = refuse, None
limits._pages = lambda: 0
limits.enter(limits.Limits())
print(limits.landlock_version(), "still here")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "0 still here\n", done.stderr


# Turns


def test_the_pictures_that_a_browser_asks_for_at_once_leave_threads_for_pages() -> None:
    assert 6 <= slots.PLACES <= processes.THREADS - 2


def test_two_at_once_and_the_third_waits() -> None:
    lobby, got = slots.Lobby(), threading.Event()

    def third() -> None:
        with lobby.turn():
            got.set()

    waiting = threading.Thread(target=third)
    with lobby.turn():
        with lobby.turn():
            waiting.start()
            assert not got.wait(0.3)
        assert got.wait(20)
    waiting.join()


def test_two_at_once_in_all_processes_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    one, other, got = slots.Lobby(), slots.Lobby(), threading.Event()  # as if each were in a process of its own

    def third() -> None:
        with other.turn():
            got.set()

    waiting = threading.Thread(target=third)
    with one.turn():
        with one.turn():
            waiting.start()
            assert not got.wait(0.3)
        assert got.wait(20)
    waiting.join()


def test_a_page_does_not_wait_behind_more_than_its_places() -> None:
    lobby = slots.Lobby(places=1)
    with lobby.turn(), pytest.raises(Busy, match="Wait a minute"), lobby.turn():
        pass
    with lobby.turn():
        pass


@pytest.mark.parametrize("mode", [0o777, None])
def test_a_folder_that_others_can_write_in_holds_no_locks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int | None
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / f"imprimatur-{os.getuid()}"
    if mode is None:
        (tmp_path / "elsewhere").mkdir()
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir()
        folder.chmod(mode)
    assert slots._folder() is None
    with slots.Lobby().turn():
        pass


def test_where_nothing_can_be_written_each_process_counts_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    with slots.Lobby().turn():
        pass


def test_whoever_dies_gives_their_turn_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code = """
import sys
from assets.imaging.fence import slots
with slots.turn(), slots.turn():
    print("taken", flush=True)
    sys.stdin.read()
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"taken\n"
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        got, waiting = threading.Event(), threading.Thread(target=lambda: take(got))
        waiting.start()
        assert not got.wait(0.3)
        other.kill()
        assert got.wait(20)
        waiting.join()


def take(got: threading.Event) -> None:
    with slots.Lobby().turn():
        got.set()


def test_where_files_cannot_be_locked_each_process_counts_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with slots.Lobby().turn():
        pass


# Messages


@pytest.mark.parametrize("came", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x02[]", b"\x00\x00\x00\x06[1, 2]", b""])
def test_what_is_no_message_is_not_believed(came: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        here.sendall(came)
        here.shutdown(socket.SHUT_WR)
        with pytest.raises((wire.BadMessage, EOFError)):
            wire.receive(there)


def test_a_refusal_keeps_its_words() -> None:
    with pytest.raises(Unreadable, match=r"^Not like this\.$"):
        fence.run(misdeeds.refuse, "Not like this.")

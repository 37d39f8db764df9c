"""The helper: one thread, decoders imported, a forked child for each task. Run as `python -m …helper <socket>`.

It ends when its parent does, however that happens, since the socket between them then ends; and it takes its children
along. It says of each child which process it is, and later how it ended.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from typing import Any, NoReturn

from assets.imaging.fence import limits, wire
from assets.imaging.refusals import Unreadable

WARM = ("assets.imaging.rendering", "assets.imaging.masks", "assets.imaging.credentials.signing")
"""What has tasks in it. A child could import nothing: it can open no file."""
NICER = 5
"""How far pictures stand behind pages when both want the processor."""

Children = dict[int, socket.socket]


def main(number: int) -> None:
    """Serve tasks that come over this socket until it ends."""
    control = socket.socket(fileno=number)
    wake, woken = os.pipe()
    for end in (wake, woken):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in WARM:
        importlib.import_module(name).warm_up()
    gc.freeze()
    children: Children = {}
    while True:
        ready, _, _ = select.select([control.fileno(), wake], [], [])
        if wake in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(wake, 4096)
            _reap(children)
        if control.fileno() in ready:
            _, given, _, _ = socket.recv_fds(control, 1, 2)
            if len(given) != 2:
                break
            work, news = map(_as_socket, given)
            _start(work, news, children)
    for child in children:
        os.kill(child, signal.SIGKILL)


def _as_socket(number: int) -> socket.socket:
    return socket.socket(fileno=number)


def _start(work: socket.socket, news: socket.socket, children: Children) -> None:
    """Fork a child for one task; whoever asked learns its number and gets a handle to end it by."""
    child = os.fork()
    if child == 0:
        _be_child(work)
    work.close()
    children[child] = news
    with contextlib.suppress(OSError):  # whoever asked may be gone already
        if hasattr(os, "pidfd_open"):
            handle = os.pidfd_open(child)
            rights = array.array("i", [handle])
            news.sendmsg([b"%d\n" % child], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
            os.close(handle)
        else:
            news.sendall(b"%d\n" % child)


def _reap(children: Children) -> None:
    while children:
        child, how = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        news = children.pop(child)
        with contextlib.suppress(OSError):
            news.sendall(b"%d\n" % os.waitstatus_to_exitcode(how))
        news.close()


def _be_child(work: socket.socket) -> NoReturn:
    """Do one task under limits, answer, and end. Nothing of the helper's own may run in here."""
    try:
        signal.set_wakeup_fd(-1)
        os.set_inheritable(work.fileno(), False)
        request = wire.receive(work)
        task = _task(request["task"])
        os.closerange(3, work.fileno())
        os.closerange(work.fileno() + 1, 256)
        os.nice(NICER)
        limits.enter(limits.Limits(**request["limits"]))
        for answer in _answers(task, request["given"]):
            wire.send(work, answer)
        os._exit(0)
    except BaseException:
        with contextlib.suppress(BaseException):
            traceback.print_exc()
    finally:
        os._exit(1)


def _task(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def _answers(task: Any, given: list[Any]) -> Iterator[dict[str, Any]]:
    """What the task returns; or each step that it yields, and that it is over."""
    try:
        value = task(*given)
        if isinstance(value, Iterator):
            yield from ({"step": each} for each in value)
            yield {"over": True}
        else:
            yield {"value": value}
    except Unreadable as refusal:
        yield {"refused": str(refusal)}
    except MemoryError:
        yield {"memory": True}
    except Exception:
        yield {"fault": traceback.format_exc()}


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""What a fenced child may use, and how it is kept from everything else.

Each kind of limit is set where the system knows it: Linux has all of them; elsewhere there are fewer.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may use."""

    cpu: int = 5
    """Seconds of processor time."""
    wall: int = 10
    """Seconds on the clock."""
    memory: int = 800 * MEGABYTE
    """Bytes of address space beyond what the helper has already."""
    connects: bool = False
    """Whether it may open connections and files: for what is our own, never for what only looks at foreign bytes."""


def enter(limits: Limits) -> None:
    """Put this process under the limits, for good: none of them can be lifted again from inside."""
    for number in (signal.SIGXCPU, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    _limit(resource.RLIMIT_CPU, limits.cpu, limits.cpu + 1)
    signal.setitimer(signal.ITIMER_REAL, limits.wall)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    if pages := _pages():
        _limit(resource.RLIMIT_AS, pages * resource.getpagesize() + limits.memory)
    if limits.connects:
        return
    _lock_in()
    # No file and no socket can be opened any more; the one it has stays open.
    _limit(resource.RLIMIT_NOFILE, 0)


def _limit(kind: int, soft: int, hard: int | None = None) -> None:
    with contextlib.suppress(ValueError, OSError):  # a system may refuse a kind, or allow less already
        resource.setrlimit(kind, (soft, soft if hard is None else hard))


def _pages() -> int:
    """The address space in use, in pages; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


# Landlock, by its system calls, which have the same numbers on every processor (kernel.org, read 2026-11-30).

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_ASK_VERSION = 1
_NO_NEW_PRIVILEGES = 38
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def landlock_version() -> int:
    """The version of Landlock that the kernel has; 0 for none."""
    if _LIBC is None:
        return 0
    none, zero, ask = ctypes.c_void_p(None), ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION)
    return max(0, int(_LIBC.syscall(ctypes.c_long(_CREATE_RULESET), none, zero, ask)))


def _lock_in() -> None:
    """Forbid all that this kernel's Landlock can forbid: files, TCP, signals and sockets beyond this process.

    A rule set that names rights and allows none of them denies them all, also to whatever an attacker runs in here.
    """
    version = landlock_version()
    if _LIBC is None or not version:
        return
    files = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    wanted = [files, *([0b11] if version >= 4 else []), *([0b11] if version >= 6 else [])]
    attributes = (ctypes.c_uint64 * len(wanted))(*wanted)
    _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    size, flags = ctypes.c_size_t(ctypes.sizeof(attributes)), ctypes.c_uint32(0)
    rules = _LIBC.syscall(ctypes.c_long(_CREATE_RULESET), ctypes.byref(attributes), size, flags)
    if rules >= 0:
        _LIBC.syscall(ctypes.c_long(_RESTRICT_SELF), ctypes.c_int(rules), flags)
        os.close(rules)

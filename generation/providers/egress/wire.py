"""One network connection for one request: a wall-clock deadline on all of it, and only addresses that were checked.

httpx limits each operation, not the whole: a body or header sent a byte at a time never ends (measured 2026-11).
So every read and write here gets only what is left of the deadline. A connection is never used twice: calls to
image generators are rare and long, and this way deadline and address belong to exactly one of them.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpcore

from generation.providers.egress.addresses import EgressPolicy, Resolver, resolve_within

SLICE = 65_536  # bytes written between two looks at the clock


@dataclass(frozen=True)
class Deadline:
    """A moment on the monotonic clock by which everything must be over."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds left; never negative."""
        return max(0.0, self.at - monotonic())

    def cap(self, timeout: float | None) -> float:
        return self.left if timeout is None else min(timeout, self.left)


class Stream(httpcore.NetworkStream):
    """A socket on which each operation may take no longer than what is left."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), SLICE):
            self._inner.write(buffer[start : start + SLICE], self._left(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._left(timeout, httpcore.ConnectTimeout)
        return Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _left(self, timeout: float | None, late: type[Exception]) -> float:
        left = self._deadline.cap(timeout)
        if left <= 0:
            raise late("The deadline has passed.")
        return left


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves once, checks every answer at the door, and connects to one of those same answers."""

    def __init__(self, deadline: Deadline, resolver: Resolver, door: EgressPolicy | None) -> None:
        self._deadline, self._resolver, self._door = deadline, resolver, door
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"No address found for {host}.")
        for address in self._addresses(host, port, timeout):
            try:
                left = self._deadline.cap(timeout)
                return Stream(self._sockets.connect_tcp(address, port, max(left, 0.01)), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        try:
            found = resolve_within(self._resolver, host, port, self._deadline.cap(timeout))
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from None
        if self._door is not None:
            self._door.check_addresses(host, found)
        return found

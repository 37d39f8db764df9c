"""The engine.

libpq by itself waits at least two seconds for each address of a server, and for ever once it is connected.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.utils import OperationalError
from psycopg import pq

PATIENCE = 1.0
"""Seconds in which a server must answer, and after which one that did not is asked again."""
GREETING = struct.pack("!ii", 8, 80877104)
"""Asks for GSSAPI encryption: a question that a server answers with one byte, and without a line in its log."""

away: dict[tuple[str, int], float] = {}
"""Server → until when it counts as away, by the monotonic clock: a request waits for it once, and not in each query."""


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if server := _server(conn_params):
            _greet(server)
        return super().get_new_connection(conn_params)

    def is_usable(self) -> bool:
        """Whether the server still answers, and soon: what Django itself asks with would wait for ever."""
        if self.connection is None:
            return False
        try:
            return _answers(self.connection.pgconn)
        except psycopg.Error:
            return False


def _server(conn_params: dict[str, Any]) -> tuple[str, int] | None:
    """Host and port of one server on a network; a socket file or a list of servers is libpq's own business."""
    host, port = str(conn_params.get("host") or ""), str(conn_params.get("port") or 5432)
    return (host, int(port)) if host and port.isdigit() and not set(host) & set("/,@") else None


def _greet(server: tuple[str, int]) -> None:
    """Raise OperationalError for a server that does not answer now, or did not a moment ago."""
    if away.get(server, 0) > time.monotonic():
        raise OperationalError("The database did not answer a moment ago.")
    try:
        with socket.create_connection(server, timeout=PATIENCE) as link:
            link.sendall(GREETING)
            if not link.recv(1):
                raise ConnectionError("it hung up")
    except OSError as error:
        away[server] = time.monotonic() + PATIENCE
        raise OperationalError(f"The database does not answer: {error}") from error
    away.pop(server, None)


def _answers(link: pq.abc.PGconn) -> bool:
    """Send the smallest query and take its answer, within PATIENCE. The connection must be idle."""
    link.send_query(b"SELECT 1")
    waiting = select.poll()
    waiting.register(link.socket, select.POLLIN)
    deadline = time.monotonic() + PATIENCE
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not waiting.poll(left * 1000):
            return False
        link.consume_input()
        while not link.is_busy():
            result = link.get_result()
            if result is None:
                return True
            if result.status != pq.ExecStatus.TUPLES_OK:
                return False

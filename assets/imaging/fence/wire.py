"""Messages between a process and its fenced children: a JSON head and the bytes that it names.

Nothing is pickled: what a child sends is read as data by a process that must not trust it.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

LONGEST_HEAD = 16 * 1024 * 1024
MOST_BYTES = 256 * 1024 * 1024
"""Of all that one message names. A request holds one picture, an answer its copies."""
PIECE = 1024 * 1024

_BYTES = "\x00bytes"
"""Stands in the head for bytes: not a name that anything else has."""
_LENGTH = struct.Struct(">I")


class BadMessage(ValueError):
    """What came is not a message."""


def send(to: socket.socket, value: Any) -> None:
    """Send plain values: what JSON knows, and bytes. Blocks as long as the socket's time-out says."""
    pieces: list[bytes] = []

    def named(each: Any) -> dict[str, int]:
        if not isinstance(each, bytes | bytearray | memoryview):
            raise TypeError(f"{type(each).__name__} cannot be sent.")
        pieces.append(bytes(each))
        return {_BYTES: len(pieces) - 1}

    text = json.dumps(value, default=named)
    head = json.dumps([text, [len(piece) for piece in pieces]]).encode()
    to.sendall(_LENGTH.pack(len(head)) + head)
    for piece in pieces:
        to.sendall(piece)


class Incoming:
    """A message that arrives in pieces."""

    def __init__(self) -> None:
        self._came = bytearray()
        self._head: tuple[str, list[int]] | None = None
        self._needed = _LENGTH.size

    def feed(self, piece: bytes) -> None:
        """Take the next bytes. Raises BadMessage."""
        self._came += piece
        while self._head is None and len(self._came) >= self._needed:
            if self._needed == _LENGTH.size:
                self._needed += self._bounded(_LENGTH.unpack_from(self._came)[0], LONGEST_HEAD)
            else:
                self._read_head()

    @property
    def is_whole(self) -> bool:
        return self._head is not None and len(self._came) >= self._needed

    def following(self) -> Incoming:
        """The message that begins where this one, which is whole, ends. Raises BadMessage."""
        other = Incoming()
        other.feed(bytes(self._came[self._needed :]))
        return other

    @property
    def value(self) -> Any:
        """What was sent. Raises BadMessage."""
        if self._head is None:
            raise BadMessage("The message is not whole.")
        text, sizes = self._head
        pieces, at = [], self._needed - sum(sizes)
        for size in sizes:
            pieces.append(bytes(memoryview(self._came)[at : at + size]))
            at += size
        try:
            return json.loads(text, object_hook=lambda each: pieces[each[_BYTES]] if _BYTES in each else each)
        except (ValueError, TypeError, IndexError) as error:
            raise BadMessage("The message makes no sense.") from error

    def _read_head(self) -> None:
        try:
            text, sizes = json.loads(self._came[_LENGTH.size : self._needed])
            if not isinstance(text, str) or not all(isinstance(size, int) and size >= 0 for size in sizes):
                raise TypeError("Not a head.")
        except (ValueError, TypeError) as error:
            raise BadMessage("The message has no head.") from error
        self._head = text, list(sizes)
        self._needed += self._bounded(sum(sizes), MOST_BYTES)

    def _bounded(self, size: int, most: int) -> int:
        if size > most:
            raise BadMessage("The message is too long.")
        return size


def receive(source: socket.socket) -> Any:
    """Wait for one whole message. Raises BadMessage; EOFError when the other side is gone."""
    incoming = Incoming()
    while not incoming.is_whole:
        piece = source.recv(PIECE)
        if not piece:
            raise EOFError
        incoming.feed(piece)
    return incoming.value

"""The boxes of an AVIF or HEIC file, as far as they say what must be known before and beside decoding. Plain Python."""

from __future__ import annotations

import struct
from collections.abc import Iterator

MOST_BOXES = 4096
"""Of one file. Pictures of phones have some dozens, with a thousand tiles in the largest."""


class BadBoxes(ValueError):
    """The boxes do not fit into each other, or there are too many."""


def item_types(data: bytes) -> list[bytes]:
    """The type of each item. libheif 1.x crashes where one of them is not ASCII. Raises BadBoxes."""
    counted = _Counter()
    return [
        data[start + 8 : start + 12] if data[start] == 2 else data[start + 10 : start + 14]
        for _, meta, end in _named(b"meta", walk(data, counted=counted))
        for _, iinf, iinf_end in _named(b"iinf", walk(data, meta + 4, end, counted))
        for _, start, _ in _named(b"infe", walk(data, iinf + head_of_items(data, iinf), iinf_end, counted))
        if data[start] >= 2
    ]


def stated_colors(data: bytes) -> tuple[int, int] | None:
    """Primaries and transfer by their numbers in ITU-T H.273, where the first picture states them. Raises BadBoxes."""
    counted = _Counter()
    for _, meta, end in _named(b"meta", walk(data, counted=counted)):
        for _, iprp, iprp_end in _named(b"iprp", walk(data, meta + 4, end, counted)):
            for _, ipco, ipco_end in _named(b"ipco", walk(data, iprp, iprp_end, counted)):
                for _, start, _ in _named(b"colr", walk(data, ipco, ipco_end, counted)):
                    if data[start : start + 4] == b"nclx" and start + 8 <= len(data):
                        return struct.unpack_from(">HH", data, start + 4)
    return None


class _Counter:
    def __init__(self) -> None:
        self.seen = 0

    def count(self) -> None:
        self.seen += 1
        if self.seen > MOST_BOXES:
            raise BadBoxes("Too many boxes.")


Box = tuple[bytes, int, int]


def walk(data: bytes, at: int = 0, end: int | None = None, counted: _Counter | None = None) -> Iterator[Box]:
    """Type, start and end of the body of each box between two places, or of the whole picture. Raises BadBoxes."""
    end, counted = end_of(data) if end is None else end, counted or _Counter()
    while at + 8 <= end:
        counted.count()
        kind, body, after = _box(data, at, end)
        if not body <= after <= end:
            raise BadBoxes("A box is longer than what holds it.")
        yield kind, body, after
        at = after


def end_of(data: bytes) -> int:
    """Where the boxes of the picture end, and bytes of something else may begin. Raises BadBoxes."""
    at, counted = 0, _Counter()
    while at + 8 <= len(data):
        counted.count()
        kind, body, after = _box(data, at, len(data))
        fits = body <= after <= len(data)
        if kind == bytes(4) or (kind == b"ftyp" and at) or not (fits or kind in _OF_PICTURES):
            return at
        if not fits:
            return len(data)
        at = after
    return at


_OF_PICTURES = {b"ftyp", b"meta", b"mdat", b"moov"}
"""Boxes that a picture lies in: one that does not fit has been cut off. Any other has never been a box."""


def _box(data: bytes, at: int, end: int) -> Box:
    """The box that says it begins here."""
    size, kind = struct.unpack_from(">I4s", data, at)
    body = at + 8
    if size == 1 and at + 16 <= end:
        size, body = struct.unpack_from(">Q", data, body)[0], at + 16
    return kind, body, at + size if size else end


def _named(name: bytes, boxes: Iterator[Box]) -> Iterator[Box]:
    return (box for box in boxes if box[0] == name and box[2] - box[1] >= 4)


def head_of_items(data: bytes, iinf: int) -> int:
    """Length of version, flags and count of an item list."""
    return 8 if data[iinf] else 6

"""Metadata in HEIC and AVIF: items that the boxes of a file name, and where the bytes of each lie.

No more is read than the index of items and the items of metadata among them; the picture is left alone.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from assets.imaging import boxes
from assets.imaging.metadata import exif

MOST_ITEMS = 4_096
MOST_EXTENTS = 32
MOST_BYTES = 4 * 1024 * 1024
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def is_framed_so(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


def metadata_items(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Kind (`exif`, `xmp`, `c2pa`) and bytes of each item of metadata. Never raises."""
    try:
        for kind, start, end in boxes.walk(data):
            if kind == b"meta":
                yield from _items(data, start + 4, end)
            elif kind == b"uuid":
                named = {XMP_UUID: "xmp", C2PA_UUID: "c2pa"}.get(data[start : start + 16])
                if named:
                    yield named, data[start + 16 : min(end, start + MOST_BYTES)]
    except (boxes.BadBoxes, struct.error, IndexError):
        return


@dataclass(slots=True)
class _Reader:
    """Reads numbers of given widths, one behind the other."""

    data: bytes
    at: int

    def number(self, width: int) -> int:
        if self.at + width > len(self.data):
            raise IndexError
        self.at += width
        return int.from_bytes(self.data[self.at - width : self.at], "big")

    def word(self) -> bytes:
        end = self.data.index(b"\x00", self.at) if b"\x00" in self.data[self.at : self.at + 256] else len(self.data)
        self.at, start = end + 1, self.at
        return self.data[start:end][:256]


def _items(data: bytes, start: int, end: int) -> Iterator[tuple[str, bytes]]:
    kinds: dict[int, str] = {}
    places: dict[int, tuple[int, list[tuple[int, int]]]] = {}
    inside = range(0)
    for kind, *body in boxes.walk(data, start, end):
        if kind == b"iinf":
            kinds = dict(_kinds(data, *body))
        elif kind == b"iloc":
            places = dict(_places(data[slice(*body)]))
        elif kind == b"idat":
            inside = range(*body)
    for item, kind_of_item in kinds.items():
        method, extents = places.get(item, (0, []))
        base, limit = (inside.start, inside.stop) if method == 1 else (0, len(data))
        held = b""
        for at, size in extents:
            held += data[base + at : min(base + at + min(size, MOST_BYTES - len(held)), limit)]
        if kind_of_item == "exif" and not exif.begins(held):  # then four bytes say how far behind them it begins
            held = held[4 + int.from_bytes(held[:4], "big") :]
        yield kind_of_item, held


def _kinds(data: bytes, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Number and kind of each item that holds metadata."""
    for kind, at, after in boxes.walk(data, start + boxes.head_of_items(data, start), end):
        reader = _Reader(data[at:after], 4)
        version = data[at] if kind == b"infe" and after > at else 0
        if version < 2:
            continue
        item = reader.number(2 if version == 2 else 4)
        reader.number(2)
        named = reader.number(4).to_bytes(4, "big")
        reader.word()
        if named == b"Exif":
            yield item, "exif"
        elif named == b"mime" and reader.word() in {b"application/rdf+xml", b"application/xml", b"text/xml"}:
            yield item, "xmp"


def _places(box: bytes) -> Iterator[tuple[int, tuple[int, list[tuple[int, int]]]]]:
    """Number of each item → how its places are counted, and start and size of each of its pieces."""
    reader, version = _Reader(box, 4), box[0]
    widths = reader.number(2)
    of_start, of_size, of_base, of_index = ((widths >> shift) & 15 for shift in (12, 8, 4, 0))
    count = reader.number(2 if version < 2 else 4)
    for _ in range(min(count, MOST_ITEMS)):
        item = reader.number(2 if version < 2 else 4)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)
        base = reader.number(of_base)
        extents = []
        pieces = reader.number(2)
        if pieces > MOST_EXTENTS:  # no metadata is cut so small; what comes behind it is not looked for
            return
        for _ in range(pieces):
            reader.number(of_index if version else 0)
            extents.append((base + reader.number(of_start), reader.number(of_size)))
        yield item, (method, extents)

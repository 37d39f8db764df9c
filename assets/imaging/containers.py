"""The frame of a picture file: its parts in order, read from the bytes without decoding the picture.

Used to find what lies behind the end of a picture, and the parts in which provenance marks travel.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from assets.imaging import boxes

Chunks = Iterator[tuple[str, int, int]]
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
FILLER = 1024
"""Bytes between the segments of a JPEG that mean nothing, and how many of them are looked over."""
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker other than those that stand inside a scan, where a literal 0xFF is always followed by 0."""
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
"""JPEG markers without a length."""


def png_chunks(data: bytes) -> Chunks:
    """Name, start and end of the body of each PNG chunk."""
    at = len(PNG_HEAD)
    while data.startswith(PNG_HEAD) and at + 12 <= len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        body = at + 8
        if body + length + 4 > len(data):
            return
        yield data[at + 4 : at + 8].decode("latin-1"), body, body + length
        at = body + length + 4


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of the body of each JPEG segment up to the first scan."""
    at = 2
    while data.startswith(b"\xff\xd8") and at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _STANDALONE or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        yield marker, at + 4, min(at + 2 + length, len(data))
        if marker == 0xDA:
            return
        at += 2 + length


def riff_chunks(data: bytes) -> Chunks:
    """Name, start and end of the body of each chunk of a WebP file."""
    at = 12
    while data.startswith(b"RIFF") and at + 8 <= len(data):
        length = struct.unpack("<I", data[at + 4 : at + 8])[0]
        yield data[at : at + 4].decode("latin-1"), at + 8, min(at + 8 + length, len(data))
        at += 8 + length + length % 2


def jpeg_markers(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, place and end of the segment of each JPEG marker up to the end of the picture, those of scans included.

    What lies between the end of one and the place of the next is a scan's data, or filler; so much filler that it is
    no picture any more ends the walk as marker 0. Ends where the file does.
    """
    at, scanning = 2, False
    while data.startswith(b"\xff\xd8"):
        furthest = len(data) if scanning else min(len(data), at + FILLER + 2)
        found = _MARKER.search(data, at, furthest)
        if not found:
            if furthest < len(data):
                yield 0, furthest, furthest
            return
        marker, place, body = data[found.end() - 1], found.start(), found.end()
        is_long = marker not in _STANDALONE and marker != 0xD9 and body + 2 <= len(data)
        at = min(len(data), body + (max(2, struct.unpack_from(">H", data, body)[0]) if is_long else 0))
        scanning = scanning or marker == 0xDA
        yield marker, place, at
        if marker == 0xD9:
            return


def trailing_bytes(data: bytes, media_type: str) -> int:
    """How many bytes follow the end of the picture. 0 for formats whose end is not looked for."""
    end = _ENDS.get(media_type)
    return max(0, len(data) - end(data)) if end else 0


def _png_end(data: bytes) -> int:
    return next((end + 4 for name, _, end in png_chunks(data) if name == "IEND"), len(data))


def _webp_end(data: bytes) -> int:
    return 8 + struct.unpack("<I", data[4:8])[0] if len(data) >= 8 else len(data)


def _jpeg_end(data: bytes) -> int:
    return next((end for marker, _, end in jpeg_markers(data) if marker == 0xD9), len(data))


_ENDS = {
    "image/png": _png_end,
    "image/jpeg": _jpeg_end,
    "image/webp": _webp_end,
    "image/avif": boxes.end_of,
    "image/heic": boxes.end_of,
}

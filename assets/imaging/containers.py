"""The frame of a picture file: its parts in order, read from the bytes without decoding the picture.

Used to find what lies behind the end of a picture, and the parts in which provenance marks travel.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
"""JPEG markers without a length."""


def png_chunks(data: bytes) -> Iterator[tuple[str, int, int]]:
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


def riff_chunks(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of the body of each chunk of a WebP file."""
    at = 12
    while data.startswith(b"RIFF") and at + 8 <= len(data):
        length = struct.unpack("<I", data[at + 4 : at + 8])[0]
        yield data[at : at + 4].decode("latin-1"), at + 8, min(at + 8 + length, len(data))
        at += 8 + length + length % 2


def trailing_bytes(data: bytes, media_type: str) -> int:
    """How many bytes follow the end of the picture. 0 for formats whose end is not looked for."""
    end = {"image/png": _png_end, "image/jpeg": _jpeg_end, "image/webp": _webp_end}.get(media_type)
    return max(0, len(data) - end(data)) if end else 0


def _png_end(data: bytes) -> int:
    return next((end + 4 for name, _, end in png_chunks(data) if name == "IEND"), len(data))


def _webp_end(data: bytes) -> int:
    return 8 + struct.unpack("<I", data[4:8])[0] if len(data) >= 8 else len(data)


def _jpeg_end(data: bytes) -> int:
    """Behind the first end-of-image marker that stands in a scan, where a literal 0xFF is always followed by 0."""
    scans = [end for marker, _, end in jpeg_segments(data) if marker == 0xDA]
    end = data.find(b"\xff\xd9", scans[0]) if scans else -1
    return end + 2 if end >= 0 else len(data)

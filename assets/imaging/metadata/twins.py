"""The older twins of XMP's fields: records of IPTC-IIM among Photoshop's resources, and a directory of EXIF.

Which field is whose twin is as the Metadata Working Group has it (Guidelines 2.0, read 2026-11-28). The twins have a
greatest length in bytes, and XMP has none: where a text is longer, a twin holds its beginning, and XMP the whole.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

from assets.imaging.metadata.embedding import EmbeddedMetadata, digest_of

PHOTOSHOP = b"Photoshop 3.0\x00"
EXTENSION = b"http://ns.adobe.com/xmp/extension/\x00"
MOST_PIECE = 65_400
"""Bytes of extended XMP in one segment of a JPEG."""
MOST_NAMES = 32
MOST_EXIF = 4_000
"""Bytes of one text of EXIF, which must fit into one segment of a JPEG with all others."""

# IPTC-IIM 4.2

TITLE, CREATOR, CREDIT, NOTICE, CAPTION = (2, 5), (2, 80), (2, 110), (2, 116), (2, 120)
LONGEST = {TITLE: 64, CREATOR: 32, CREDIT: 32, NOTICE: 128, CAPTION: 2_000}
"""Record and data set → its greatest length in bytes."""
_IN_UTF8 = ((1, 90), b"\x1b%G")
_VERSION = ((2, 0), b"\x00\x04")
_RECORDS, _FLAG, _ADDRESS, _DIGEST = 0x0404, 0x040A, 0x040B, 0x0425


def photoshop_resources(card: EmbeddedMetadata) -> bytes:
    """IIM and what goes with it; empty where there is nothing to say.

    The digest tells programs that the records are as they were written with the XMP, so that the XMP counts, which
    holds the same texts whole.
    """
    parts: list[tuple[int, bytes]] = []
    if records := _records(card):
        parts.append((_RECORDS, records))
    if card.marked is not None:
        parts.append((_FLAG, bytes([card.marked])))
    if card.web_statement:
        parts.append((_ADDRESS, card.web_statement.encode("utf-8", "ignore")[:4_000]))
    if records:
        parts.append((_DIGEST, hashlib.md5(records, usedforsecurity=False).digest()))
    return b"".join(_resource(number, body) for number, body in parts)


def _records(card: EmbeddedMetadata) -> bytes:
    said = [(key, shortened(value, LONGEST[key])) for key, value in _twins(card)]
    said = [(key, value) for key, value in said if value]
    return b"".join(_record(*each) for each in (_IN_UTF8, _VERSION, *said)) if said else b""


def _twins(card: EmbeddedMetadata) -> Iterator[tuple[tuple[int, int], str]]:
    """In the order of their numbers."""
    yield TITLE, card.title
    yield from ((CREATOR, name) for name in card.creators[:MOST_NAMES])
    yield CREDIT, card.credit
    yield NOTICE, card.rights
    yield CAPTION, card.description


def _record(key: tuple[int, int], value: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, *key, len(value)) + value


def _resource(number: int, body: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(body)) + body + bytes(len(body) % 2)


def shortened(words: str, most: int) -> bytes:
    """UTF-8 of at most so many bytes, and no half of a character."""
    data = words.replace("\x00", "").encode("utf-8", "ignore")
    return data if len(data) <= most else data[:most].decode("utf-8", "ignore").encode()


# EXIF 3.0, whose texts are UTF-8; so are they in older files, whatever the standard said

_TEXT, _SHORT, _LONG, _RATIONAL, _UNDEFINED = 2, 3, 4, 5, 7
_INNER = 0x8769
_HEAD = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08"
_FIRST = 8

Entry = tuple[int, int, int, bytes]
"""Tag, type, number of values, and their bytes."""


def exif(card: EmbeddedMetadata) -> bytes:
    """A directory that says the picture's description, creator and notice, its color space, and its resolution."""
    main = [
        *(_words(0x010E, card.description)),
        *_resolution(card.dpi),
        *(_words(0x013B, card.creator)),
        *(_words(0x8298, card.rights)),
    ]
    inner: list[Entry] = [(0x9000, _UNDEFINED, 4, b"0300"), (0xA001, _SHORT, 1, struct.pack(">H", 1))]
    at = _FIRST + len(_directory([*main, (_INNER, _LONG, 1, bytes(4))], _FIRST))
    return _HEAD + _directory([*main, (_INNER, _LONG, 1, struct.pack(">I", at))], _FIRST) + _directory(inner, at)


def _words(tag: int, said: str) -> Iterator[Entry]:
    if data := shortened(said, MOST_EXIF):
        yield tag, _TEXT, len(data) + 1, data + b"\x00"


def _resolution(dpi: int) -> Iterator[Entry]:
    if dpi:
        yield from ((tag, _RATIONAL, 1, struct.pack(">II", dpi, 1)) for tag in (0x011A, 0x011B))
        yield 0x0128, _SHORT, 1, struct.pack(">H", 2)  # per inch


def _directory(entries: list[Entry], at: int) -> bytes:
    """A directory that begins here, with the values behind it that do not fit into it; tags are in order."""
    behind = at + 2 + 12 * len(entries) + 4
    table, body = struct.pack(">H", len(entries)), b""
    for tag, kind, count, value in entries:
        fits = len(value) <= 4
        held = value.ljust(4, b"\x00") if fits else struct.pack(">I", behind + len(body))
        table += struct.pack(">HHI", tag, kind, count) + held
        body += b"" if fits else value + bytes(len(value) % 2)
    return table + bytes(4) + body


# Where a JPEG and a PNG keep what Pillow has no argument for


def jpeg_segments(resources: bytes, extension: bytes) -> bytes:
    """Photoshop's resources, and what extends the XMP, as segments of a JPEG."""
    segments = [_segment(0xED, PHOTOSHOP + resources)] if resources else []
    head = EXTENSION + digest_of(extension).encode() + struct.pack(">I", len(extension))
    for at in range(0, len(extension), MOST_PIECE):
        segments.append(_segment(0xE1, head + struct.pack(">I", at) + extension[at : at + MOST_PIECE]))
    return b"".join(segments)


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def raw_profile(resources: bytes) -> tuple[str, str]:
    """Keyword and text of the chunk in which a PNG keeps Photoshop's resources, as ImageMagick began to."""
    digits = resources.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return "Raw profile type iptc", f"\niptc\n{len(resources):8d}\n{lines}\n"

"""IPTC-IIM: the older records that newsrooms write, alone or among Photoshop's image resources."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from assets.imaging.metadata import text

MOST_RECORDS = 4_096
_CODING = (1, 90)
_UTF8 = b"\x1b%G"
RECORDS = {
    (2, 5): ("title", "ObjectName"),
    (2, 25): ("keywords", "Keywords"),
    (2, 40): ("instructions", "SpecialInstructions"),
    (2, 80): ("creator", "By-line"),
    (2, 85): ("creator_title", "By-lineTitle"),
    (2, 105): ("headline", "Headline"),
    (2, 110): ("credit", "Credit"),
    (2, 115): ("source", "Source"),
    (2, 116): ("rights", "CopyrightNotice"),
    (2, 118): ("contact", "Contact"),
    (2, 120): ("description", "Caption-Abstract"),
    (2, 122): ("description_writer", "Writer-Editor"),
    (2, 65): ("tool", "OriginatingProgram"),
    (2, 37): ("expires", "ExpirationDate"),
    (2, 30): ("released", "ReleaseDate"),
}
"""Record and data set → our name and the standard's."""
NAMES = dict(RECORDS.values()) | {"marked": "CopyrightFlag", "web_statement": "URL"}
PACKETS = {0x0404: "iim", 0x0422: "exif", 0x0424: "xmp"}
"""Photoshop's number of a resource → the metadata that it holds whole."""


def parse(data: bytes) -> dict[str, str]:
    """Records by name. Never raises; what cannot be read is left out."""
    records = list(_records(data))
    is_utf8 = any(key == _CODING and value == _UTF8 for key, value in records)
    found: dict[str, list[str]] = {}
    for key, value in records:
        if key in RECORDS and (said := text.cleaned(_decoded(value, is_utf8))):
            found.setdefault(RECORDS[key][0], []).append(said)
    return {name: text.cleaned(text.joined(*values)) for name, values in found.items()}


def _decoded(value: bytes, is_utf8: bool) -> str:
    """As the file declares. Records have a greatest length in bytes, so that a last character may be cut in two."""
    return value.decode("utf-8", "ignore") if is_utf8 else text.decoded(value)


def _records(data: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    at = 0
    for _ in range(MOST_RECORDS):
        if at + 5 > len(data) or data[at] != 0x1C:
            return
        record, number, size = struct.unpack(">BBH", data[at + 1 : at + 5])
        at += 5
        if size & 0x8000:  # an extended data set: the length stands in so many further bytes
            width = size & 0x7FFF
            if width > 4:
                return
            size = int.from_bytes(data[at : at + width], "big")
            at += width
        yield (record, number), data[at : at + size]
        at += size


def of_photoshop(number: int, body: bytes) -> dict[str, str]:
    """What Photoshop keeps of rights outside the records."""
    if number == 0x040A and body[:1] == b"\x01":
        return {"marked": "True"}
    address = text.cleaned(text.decoded(body)) if number == 0x040B else ""
    return {"web_statement": address} if address else {}


def resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each of Photoshop's image resources."""
    at = 0
    for _ in range(MOST_RECORDS):
        if data[at : at + 4] not in {b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"} or at + 12 > len(data):
            return
        number, name = struct.unpack(">HB", data[at + 4 : at + 7])
        start = at + 6 + (name + 2) // 2 * 2
        size = int.from_bytes(data[start : start + 4], "big")
        yield number, data[start + 4 : start + 4 + size]
        at = start + 4 + (size + 1) // 2 * 2

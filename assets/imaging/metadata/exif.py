"""EXIF: the few fields that say whose a picture is, what it shows, and what took it, out of a TIFF directory.

Where it was taken is never read: a home's position is nobody's business.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from assets.imaging.metadata import text

MOST_ENTRIES = 512
"""Fields looked at in one directory; cameras write some sixty."""
MOST_BYTES = 4 * 1024 * 1024
"""Bytes looked at of one field."""
_INNER = 0x8769
_COMMENT = 0x9286
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
"""TIFF type → bytes of one value."""

TEXTS = {
    0x010D: ("document_name", "DocumentName"),
    0x010E: ("description", "ImageDescription"),
    0x010F: ("make", "Make"),
    0x0110: ("model", "Model"),
    0x0131: ("software", "Software"),
    0x013B: ("creator", "Artist"),
    0x8298: ("rights", "Copyright"),
    0x9003: ("taken", "DateTimeOriginal"),
    0xA430: ("camera_owner", "CameraOwnerName"),
    0xA434: ("lens", "LensModel"),
    0xA436: ("title", "ImageTitle"),
    0xA437: ("photographer", "Photographer"),
    0xA438: ("editor", "ImageEditor"),
    0xA43B: ("editing_software", "ImageEditingSoftware"),
}
"""Tag → our name and the standard's, for text in EXIF 3.0."""
WIDE_TEXTS = {
    0x9C9B: ("windows_title", "XPTitle"),
    0x9C9C: ("windows_comment", "XPComment"),
    0x9C9D: ("windows_author", "XPAuthor"),
    0x9C9E: ("windows_keywords", "XPKeywords"),
    0x9C9F: ("windows_subject", "XPSubject"),
}
"""The same for what Windows Explorer writes, in UTF-16."""
NUMBERS = {0x829A: "exposure_time", 0x829D: "f_number", 0x8827: "iso", 0x920A: "focal_length"}
PACKETS = {0x02BC: "xmp", 0x83BB: "iim", 0x8649: "photoshop"}
"""Tag → other metadata that a directory may hold whole."""
_WANTED = {_INNER, _COMMENT, *TEXTS, *WIDE_TEXTS, *NUMBERS, *PACKETS}
NAMES = dict((*TEXTS.values(), *WIDE_TEXTS.values())) | {"comment": "UserComment"}


@dataclass(frozen=True, slots=True)
class Exif:
    """What a TIFF directory says: texts by name, what was measured as it was taken, and packets of other metadata."""

    texts: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    packets: dict[str, bytes] = field(default_factory=dict)


_HEAD = b"Exif\x00\x00"
_ORDERS = {b"II": "<", b"MM": ">"}


def begins(data: bytes) -> bool:
    """Whether a directory begins here, with the head that goes before it in a JPEG or without."""
    return data.removeprefix(_HEAD)[:2] in _ORDERS


def parse(data: bytes) -> Exif:
    """Never raises; what cannot be read is left out."""
    found = Exif()
    tiff = data.removeprefix(_HEAD)
    order = _ORDERS.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return found
    first = struct.unpack(f"{order}I", tiff[4:8])[0]
    for tag, kind, value in _directories(tiff, order, first):
        _note(found, order, tag, kind, value)
    return found


def _directories(tiff: bytes, order: str, first: int) -> Iterator[tuple[int, int, bytes]]:
    """Tag, type and bytes of each field of the main directory, and of the inner one about how it was taken."""
    inner = 0
    for tag, kind, value in _entries(tiff, order, first):
        if tag == _INNER and len(value) >= 4:
            inner = struct.unpack(f"{order}I", value[:4])[0]
        yield tag, kind, value
    if inner and inner != first:
        yield from _entries(tiff, order, inner)


def _entries(tiff: bytes, order: str, at: int) -> Iterator[tuple[int, int, bytes]]:
    if at + 2 > len(tiff):
        return
    seen: set[int] = set()
    count = min(struct.unpack(f"{order}H", tiff[at : at + 2])[0], MOST_ENTRIES, (len(tiff) - at - 2) // 12)
    for start in range(at + 2, at + 2 + count * 12, 12):
        tag, kind, values = struct.unpack(f"{order}HHI", tiff[start : start + 8])
        size = min(_SIZES.get(kind, 0) * values, MOST_BYTES)
        if not size or tag not in _WANTED or tag in seen:
            continue
        seen.add(tag)
        place = start + 8 if size <= 4 else struct.unpack(f"{order}I", tiff[start + 8 : start + 12])[0]
        yield tag, kind, tiff[place : place + size]


def _note(found: Exif, order: str, tag: int, kind: int, value: bytes) -> None:
    """Whatever a directory says first stays."""
    if tag in TEXTS:
        _keep(found, TEXTS[tag][0], _plain(tag, value))
    elif tag in WIDE_TEXTS:
        _keep(found, WIDE_TEXTS[tag][0], value.decode("utf-16-le", "replace").split("\x00")[0])
    elif tag == _COMMENT:
        _keep(found, "comment", _comment(value, order))
    elif tag in NUMBERS and (number := _number(kind, order, value)) is not None:
        found.numbers.setdefault(NUMBERS[tag], number)
    elif tag in PACKETS:
        found.packets.setdefault(PACKETS[tag], value)


def _keep(found: Exif, name: str, value: str) -> None:
    if said := text.cleaned(value):
        found.texts.setdefault(name, said)


def _plain(tag: int, value: bytes) -> str:
    """Text up to its NUL; a copyright notice is two, the photographer's and the editor's."""
    parts = [text.decoded(part).strip() for part in value.split(b"\x00")[:2]]
    return text.joined(*parts) if TEXTS[tag][0] == "rights" else parts[0]


def _comment(value: bytes, order: str) -> str:
    """The user's comment, whose first eight bytes name its coding."""
    coding, said = value[:8], value[8:]
    if coding == b"UNICODE\x00":
        return _wide(said, order)
    if coding == b"JIS\x00\x00\x00\x00\x00":
        return said.decode("iso2022_jp", "replace")
    if coding.strip(b"\x00 ") in {b"", b"ASCII"}:
        return text.decoded(said.strip(b"\x00 ").split(b"\x00")[0])
    return text.decoded(value.split(b"\x00")[0])


def _wide(said: bytes, order: str) -> str:
    """UTF-16 in the order that its mark or its zeros show, whatever the directory's own order is: programs differ."""
    said = said[: len(said) // 2 * 2]
    high, low = said[:4096:2].count(0), said[1:4096:2].count(0)
    big = high > low if high != low else order == ">"
    coding = "utf-16" if said[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-16-be" if big else "utf-16-le"
    return said.decode(coding, "replace").strip("\x00 ").split("\x00")[0]


def _number(kind: int, order: str, value: bytes) -> float | None:
    form = {1: "B", 3: "H", 4: "I", 5: "II", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d"}.get(kind)
    if form is None or len(value) < _SIZES[kind]:
        return None
    upper, *lower = struct.unpack(f"{order}{form}", value[: _SIZES[kind]])
    if not lower:
        return float(upper)
    return upper / lower[0] if lower[0] else None

"""Where a picture file carries metadata: the packets and texts in JPEG, PNG, WebP, GIF, HEIC and AVIF, as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from assets.imaging import containers
from assets.imaging.metadata import exif, iim, items, text, xmp

MOST_PARTS = 65_536
"""Parts of a file that are walked through."""
MOST_PACKETS = 24
MOST_BYTES = 64 * 1024 * 1024
"""Bytes of all packets together."""
MOST_TEXTS = 256
MOST_INFLATED = 4 * 1024 * 1024
"""Bytes of one text."""
MOST_TOGETHER = 16 * 1024 * 1024
"""Bytes of all texts of a PNG together."""
MOST_BLOCKS = 400_000
"""Blocks of a GIF, of 255 bytes at most."""
COMMENT = "file comment"
"""What stands for a keyword where a JPEG or a GIF has a comment."""
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\x00"
_PHOTOSHOP = re.compile(rb"Photoshop 3\.0\x00|Adobe_Photoshop2\.5:")
_RAW_PROFILE = re.compile(r"Raw profile type (\w+)", re.IGNORECASE)


@dataclass(slots=True)
class Carried:
    """What a file carries. Packets by kind: `xmp`, `exif`, `iim`, `photoshop`, `c2pa`; texts with their keywords."""

    packets: list[tuple[str, bytes]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    extensions: list[xmp.Chunk] = field(default_factory=list)

    def of(self, kind: str) -> list[bytes]:
        return [body for name, body in self.packets if name == kind]


def carried(data: bytes) -> Carried:
    """Never raises; what cannot be read is left out."""
    found = Carried()
    left = MOST_BYTES
    for kind, body in _parts(data, found):
        if body and left >= len(body) and len(found.packets) < MOST_PACKETS:
            found.packets.append((kind, body))
            left -= len(body)
    return found


def _parts(data: bytes, found: Carried) -> Iterator[tuple[str, bytes]]:
    if data.startswith(b"\xff\xd8"):
        return _of_jpeg(data, found)
    if data.startswith(containers.PNG_HEAD):
        return _of_png(data, found)
    if data.startswith(b"RIFF"):
        return _of_webp(data)
    if data.startswith(b"GIF8"):
        return _of_gif(data, found)
    return items.metadata_items(data) if items.is_framed_so(data) else iter(())


def _of_jpeg(data: bytes, found: Carried) -> Iterator[tuple[str, bytes]]:
    """Photoshop's resources may fill several segments, as Content Credentials and extended XMP do."""
    resources, credentials = [], []
    for marker, start, end in islice(containers.jpeg_segments(data), MOST_PARTS):
        body = data[start:end]
        if marker == 0xE1:
            yield from _of_application_1(body, found)
        elif marker == 0xED and (head := _PHOTOSHOP.match(body)):
            resources.append(body[head.end() :])
        elif marker == 0xEB:
            credentials.append(body)
        elif marker == 0xFE and len(found.texts) < MOST_TEXTS:
            found.texts.append((COMMENT, text.decoded(body)))
    yield "photoshop", b"".join(resources)
    yield "c2pa", b"".join(credentials)


def _of_application_1(body: bytes, found: Carried) -> Iterator[tuple[str, bytes]]:
    if body.startswith(b"Exif\x00"):
        yield "exif", body[6:]
    elif body.startswith(_EXTENSION):
        head = body[len(_EXTENSION) :]
        digest, size, at = head[:32].decode("ascii", "replace"), head[32:36], head[36:40]
        found.extensions.append((digest, int.from_bytes(size, "big"), int.from_bytes(at, "big"), head[40:]))
    elif body.startswith(_XMP[:20]) or b"xmpmeta" in body[:400] or b"rdf:RDF" in body[:400]:
        yield "xmp", body.removeprefix(_XMP)


def _of_png(data: bytes, found: Carried) -> Iterator[tuple[str, bytes]]:
    credentials, left = [], MOST_TOGETHER
    for name, start, end in islice(containers.png_chunks(data), MOST_PARTS):
        if name == "eXIf":
            yield "exif", data[start:end]
        elif name == "caBX":
            credentials.append(data[start:end])
        elif name in {"tEXt", "zTXt", "iTXt"} and len(found.texts) < MOST_TEXTS and left > 0:
            keyword, said = _png_text(name, data[start : min(end, start + MOST_INFLATED)])
            left -= len(said)
            if keyword == "XML:com.adobe.xmp":
                yield "xmp", said
            elif profile := _RAW_PROFILE.fullmatch(keyword):
                yield from _of_raw_profile(profile.group(1).lower(), said)
            else:
                found.texts.append((keyword, text.decoded(said)))
    yield "c2pa", b"".join(credentials)


def _png_text(name: str, body: bytes) -> tuple[str, bytes]:
    """Keyword and text of a chunk. Latin-1 is the rule for two of the three kinds; many programs write UTF-8."""
    keyword, _, said = body.partition(b"\x00")
    if name == "zTXt":
        said = text.inflated(said[1:], MOST_INFLATED)
    elif name == "iTXt":
        packed, rest = said[:1] == b"\x01", said[2:]
        said = rest.split(b"\x00", 2)[-1] if rest.count(b"\x00") >= 2 else b""
        said = text.inflated(said, MOST_INFLATED) if packed else said
    return text.cleaned(text.decoded(keyword[:79])), said


def _of_raw_profile(kind: str, said: bytes) -> Iterator[tuple[str, bytes]]:
    """ImageMagick's way to keep a packet: its name, its length, and its bytes as hexadecimal digits."""
    digits = b"".join(said.strip().split(b"\n", 2)[-1].split())
    try:
        body = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
    except ValueError:
        return
    if body.startswith(_XMP) or kind == "xmp":
        yield "xmp", body.removeprefix(_XMP)
    elif kind in {"exif", "app1"}:
        yield "exif", body
    elif kind in {"iptc", "8bim"}:
        head = _PHOTOSHOP.match(body)
        yield "iim" if body[:1] == b"\x1c" else "photoshop", body[head.end() :] if head else body


def _of_webp(data: bytes) -> Iterator[tuple[str, bytes]]:
    kinds = {"EXIF": "exif", "XMP ": "xmp", "XMP\x00": "xmp", "C2PA": "c2pa"}
    for name, start, end in islice(containers.riff_chunks(data), MOST_PARTS):
        if name in kinds:
            yield kinds[name], data[start:end]


def _of_gif(data: bytes, found: Carried) -> Iterator[tuple[str, bytes]]:
    """Comments, and the application block in which XMP stands whole, without the lengths of other blocks."""
    at, steps = 13 + _palette(data[10:11]), iter(range(MOST_BLOCKS))
    for _ in steps:
        if data[at : at + 1] == b",":
            at = _behind_blocks(data, at + 11 + _palette(data[at + 9 : at + 10]), steps)
        elif data[at : at + 14] == b"!\xff\x0bXMP DataXMP":
            end = data.find(b"\x01\xff\xfe\xfd", at)
            end = end if end >= 0 else len(data)
            yield "xmp", data[at + 14 : end]
            at = end + 258
        elif data[at : at + 1] == b"!":
            end = _behind_blocks(data, at + 2, steps)
            if data[at + 1 : at + 2] == b"\xfe" and len(found.texts) < MOST_TEXTS:
                found.texts.append((COMMENT, text.decoded(_blocks(data, at + 2))))
            at = end
        else:
            return


def _palette(packed: bytes) -> int:
    """Bytes of the palette that these flags announce."""
    return 3 << ((packed[0] & 7) + 1) if packed and packed[0] & 0x80 else 0


def _behind_blocks(data: bytes, at: int, steps: Iterator[int]) -> int:
    for _ in steps:
        if at >= len(data) or not data[at]:
            break
        at += 1 + data[at]
    return at + 1


def _blocks(data: bytes, at: int) -> bytes:
    parts: list[bytes] = []
    while at < len(data) and data[at] and len(parts) < 400:
        parts.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return b"".join(parts)


def unfolded(found: Carried) -> tuple[xmp.Xmp, dict[str, str], exif.Exif]:
    """XMP, IIM and EXIF, each out of all places where a file may keep it, packets within packets among them."""
    records: dict[str, str] = {}
    directory = exif.Exif()
    packets, seen = [*found.packets], 0
    xmp_packets: list[bytes] = []
    while packets and seen < MOST_PACKETS:
        (kind, body), seen = packets.pop(0), seen + 1
        if kind == "xmp":
            xmp_packets.append(body)
        elif kind == "iim":
            records = iim.parse(body) | records
        elif kind == "photoshop":
            for number, part in iim.resources(body):
                records = iim.of_photoshop(number, part) | records
                packets += [(iim.PACKETS[number], part)] if number in iim.PACKETS else []
        elif kind == "exif":
            more = exif.parse(body)
            directory = exif.Exif(more.texts | directory.texts, more.numbers | directory.numbers)
            packets += list(more.packets.items())
    return xmp.parse(xmp_packets, found.extensions), records, directory

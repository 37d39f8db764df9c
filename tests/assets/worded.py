"""Builds the smallest files that say something about themselves, byte by byte, in every format that is taken."""

from __future__ import annotations

import hashlib
import struct
import zlib
from functools import cache

from tests.assets.factories import picture

NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "cc": "http://creativecommons.org/ns#",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "prl": "http://prismstandard.org/namespaces/prl/2.1/",
    "pur": "http://prismstandard.org/namespaces/prismusagerights/2.1/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
DECLARED = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())


def described(inner: str) -> str:
    """One description with these elements in it."""
    return f'<rdf:Description rdf:about="">{inner}</rdf:Description>'


def packet(descriptions: str, declared: str = DECLARED) -> str:
    return f"<x:xmpmeta {declared}><rdf:RDF>{descriptions}</rdf:RDF></x:xmpmeta>"


def in_languages(**texts: str) -> str:
    items = (f'<rdf:li xml:lang="{tag.replace("_", "-")}">{text}</rdf:li>' for tag, text in texts.items())
    return f"<rdf:Alt>{''.join(items)}</rdf:Alt>"


# JPEG


@cache
def _plain(form: str) -> bytes:
    return picture(48, 32, form=form)


def jpeg(*segments: bytes) -> bytes:
    data = _plain("JPEG")
    return data[:2] + b"".join(segments) + data[2:]


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def xmp_segment(xmp: bytes) -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + xmp)


def jpeg_with_xmp(xmp: str | bytes) -> bytes:
    return jpeg(xmp_segment(xmp if isinstance(xmp, bytes) else xmp.encode()))


def jpeg_with_extended_xmp(xmp: str, pieces: int = 2, digest: str = "") -> bytes:
    """The main packet names the digest of the extended one, which stands in several segments, the last one first."""
    whole = xmp.encode()
    name = (digest or hashlib.md5(whole, usedforsecurity=False).hexdigest().upper()).encode()
    size = -(-len(whole) // pieces)
    chunks = [
        segment(
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\x00"
            + name
            + struct.pack(">II", len(whole), at)
            + whole[at : at + size],
        )
        for at in range(0, len(whole), size)
    ]
    main = packet(f'<rdf:Description rdf:about="" xmpNote:HasExtendedXMP="{name.decode()}"/>')
    return jpeg(xmp_segment(main.encode()), *reversed(chunks))


def record(number: int, value: bytes, record: int = 2) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(value)) + value


def resource(number: int, body: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(body)) + body + b"\x00" * (len(body) % 2)


def jpeg_with_resources(*resources: bytes) -> bytes:
    return jpeg(segment(0xED, b"Photoshop 3.0\x00" + b"".join(resources)))


def jpeg_with_exif(tiff: bytes) -> bytes:
    return jpeg(segment(0xE1, b"Exif\x00\x00" + tiff))


# TIFF directories

ASCII, SHORT, RATIONAL, UNDEFINED, BYTE = 2, 3, 5, 7, 1
Field = tuple[int, int, bytes]


def tiff(main: list[Field], inner: list[Field] | None = None, order: str = ">") -> bytes:
    """A directory, and the inner one about how a picture was taken."""
    head = {">": b"MM\x00*", "<": b"II*\x00"}[order] + struct.pack(f"{order}I", 8)
    if not inner:
        return head + _directory(main, 8, order)
    at = 8 + len(_directory([*main, (0x8769, 4, b"\x00" * 4)], 8, order))
    pointer = (0x8769, 4, struct.pack(f"{order}I", at))
    return head + _directory([*main, pointer], 8, order) + _directory(inner, at, order)


def _directory(fields: list[Field], at: int, order: str) -> bytes:
    sizes = {BYTE: 1, ASCII: 1, SHORT: 2, 4: 4, RATIONAL: 8, UNDEFINED: 1}
    entries, values = b"", b""
    behind = at + 2 + 12 * len(fields) + 4
    for tag, kind, value in sorted(fields):
        entries += struct.pack(f"{order}HHI", tag, kind, len(value) // sizes[kind])
        if len(value) <= 4:
            entries += value.ljust(4, b"\x00")
        else:
            entries += struct.pack(f"{order}I", behind + len(values))
            values += value + b"\x00" * (len(value) % 2)
    return struct.pack(f"{order}H", len(fields)) + entries + b"\x00" * 4 + values


CAMERA: list[Field] = [(0x010F, ASCII, b"Kamera\x00"), (0x0110, ASCII, b"K1\x00")]
EXPOSURE: list[Field] = [
    (0x829A, RATIONAL, struct.pack(">II", 1, 125)),
    (0x829D, RATIONAL, struct.pack(">II", 8, 1)),
    (0x9003, ASCII, b"2026:01:02 03:04:05\x00"),
]

# PNG, WebP, GIF


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    data = _plain("PNG")
    made = (struct.pack(">I", len(body)) + name + body + _crc(name + body) for name, body in chunks)
    return data[:33] + b"".join(made) + data[33:]


def _crc(data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data))


def raw_profile(kind: str, body: bytes) -> tuple[bytes, bytes]:
    said = f"\n{kind}\n{len(body):8}\n{body.hex()}\n".encode()
    return b"zTXt", f"Raw profile type {kind}".encode() + b"\x00\x00" + zlib.compress(said)


def png_with_note(words: str, keyword: str = "parameters") -> bytes:
    return png((b"iTXt", keyword.encode() + b"\x00\x00\x00\x00\x00" + words.encode()))


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    """An extended WebP, whose flags say that EXIF and XMP follow."""
    frame = _plain("WEBP")[12:]
    head = b"VP8X" + struct.pack("<I", 10) + bytes([0x0C, 0, 0, 0]) + b"\x2f\x00\x00\x1f\x00\x00"
    made = (name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2) for name, body in chunks)
    whole = b"WEBP" + head + frame + b"".join(made)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def gif(*blocks: bytes) -> bytes:
    data = _plain("GIF")
    palette = 3 << ((data[10] & 7) + 1)
    return data[: 13 + palette] + b"".join(blocks) + data[13 + palette :]


def gif_xmp(xmp: str) -> bytes:
    return b"!\xff\x0bXMP DataXMP" + xmp.encode() + b"\x01" + bytes(range(255, -1, -1)) + b"\x00"


# HEIC


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


EXIF_HEAD = struct.pack(">I", 6) + b"Exif\x00\x00"


def heic(exif: bytes, xmp: bytes, *, inside: bool = False, long: bool = False, head: bytes = EXIF_HEAD) -> bytes:
    """Two items of metadata, behind the index or inside it, with numbers of 16 or of 32 bits."""
    bodies = [head + exif, xmp]
    wide = "I" if long else "H"
    version = bytes([3 if long else 2, 0, 0, 0])
    kinds = [b"Exif" + b"\x00", b"mime" + b"\x00" + b"application/rdf+xml\x00"]
    entries = [
        box(b"infe", version + struct.pack(f">{wide}H", number, 0) + kind) for number, kind in enumerate(kinds, 1)
    ]
    iinf = box(b"iinf", b"\x00" * 4 + struct.pack(">H", 2) + b"".join(entries))
    idat = box(b"idat", b"".join(bodies)) if inside else b""
    hdlr = box(b"hdlr", b"\x00" * 8 + b"pict" + b"\x00" * 13)
    ftyp = box(b"ftyp", b"heic\x00\x00\x00\x00mif1heic")

    def meta(start: int) -> bytes:
        places = b""
        for number, body in enumerate(bodies, 1):
            at = start + sum(map(len, bodies[: number - 1]))
            method = struct.pack(">H", int(inside))
            places += struct.pack(f">{wide}", number) + method + struct.pack(">HHII", 0, 1, at, len(body))
        head = bytes([2 if long else 1, 0, 0, 0]) + b"\x44\x00" + struct.pack(f">{wide}", 2)
        return box(b"meta", b"\x00" * 4 + hdlr + iinf + box(b"iloc", head + places) + idat)

    start = 0 if inside else len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(start) + (b"" if inside else box(b"mdat", b"".join(bodies)))

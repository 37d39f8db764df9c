"""Files that are made to cost, and files that are odd and harmless; each is made here from a small picture."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

INPUTS = Path(__file__).parent / "inputs"


def noise(form: str, mode: str = "RGB", size: tuple[int, int] = (64, 64), **options: Any) -> bytes:
    """A picture that no encoder can make small."""
    out = io.BytesIO()
    Image.effect_noise(size, 50).convert(mode).save(out, form, **options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunks(chunks: bytes, data: bytes | None = None) -> bytes:
    """A PNG with more chunks behind its head."""
    data = data or noise("PNG")
    return data[:33] + chunks + data[33:]


def many_scans(count: int, size: tuple[int, int] = (64, 64)) -> bytes:
    """A progressive JPEG whose last scan comes this many times."""
    data = noise("JPEG", size=size, progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:-2] + data[start:-2] * count + b"\xff\xd9"


def wordy_webp() -> bytes:
    return noise("WEBP", lossless=True, xmp=b"x" * 35_000_000)


def filled_jpeg() -> bytes:
    data = noise("JPEG")
    return data[:2] + b"\xff" * 39_000_000 + data[2:]


def crumbled_png() -> bytes:
    return with_chunks(chunk(b"teSt", b"") * 3_400_000)


def crumbled_webp() -> bytes:
    data = noise("WEBP", lossless=True, xmp=b"x")
    body = data[8:] + (b"ABCD" + bytes(4)) * 1_000_000
    return b"RIFF" + struct.pack("<I", len(body)) + body


def many_profiles() -> bytes:
    """Within every bound, and read for half a minute: each of its profiles unpacks to almost as much as one may."""
    profile = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(16_000_000), 9))
    return with_chunks(profile * 530)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "35 MB of XMP": (wordy_webp, "words about itself"),
    "39 MB of filler": (filled_jpeg, "padded with bytes"),
    "3.4 million chunks": (crumbled_png, "parts"),
    "a million chunks": (crumbled_webp, "parts"),
    "3,000 scans": (lambda: many_scans(3000), "passes"),
}
"""What it is → how it is made, and what is said of it."""

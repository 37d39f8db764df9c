"""From foreign bytes to pixels. Called in a child behind the fence, and nowhere else.

Only the listed formats; bounds before anything is decoded; everything decoded to its last pixel, since a check of the
structure alone lets half a JPEG pass. What the decoder trips over is the file's fault; whatever comes after is ours.
"""

from __future__ import annotations

import contextlib
import encodings
import importlib
import io
import pkgutil
import resource
import sys
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from PIL import ExifTags, Image, ImageChops, PngImagePlugin, UnidentifiedImageError

from assets.imaging import bounds, boxes, colors, containers, formats
from assets.imaging.refusals import TooHeavy, Unreadable

MAX_TEXT = 2 * bounds.MOST_WORDS
"""Bytes to which one text or profile of a PNG may unpack, and all of them together four times."""
MOST_MEMORY = 700 * 1024 * 1024
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024

_NEEDS = {"PNG": 8, "JPEG": 11, "MPO": 11, "WEBP": 18, "GIF": 8, "AVIF": 16, "HEIF": 16}
"""Bytes of memory that decoding takes for each pixel, by measure; of a JPEG, when it is progressive."""

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded picture. Its pixels may be fewer than the file has, where fewer were asked for."""

    data: bytes
    source: Image.Image
    """As the decoder left it, with all that the file says."""
    pixels: Image.Image
    """Not upright yet, and in the file's own colors."""
    profile: bytes
    format: str
    size: Size
    """Of the file, in pixels, as it is looked at."""
    turned: Image.Transpose | None
    """What makes the pixels upright."""

    @property
    def lies(self) -> bool:
        """Whether width and height of the pixels change places."""
        return self.turned in _SIDEWAYS


@cache
def warm_up() -> None:
    """Load all that decoding needs: a child can open no file."""
    import pi_heif  # here, so that only helpers carry it

    for each in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError):  # some are for one system only
            importlib.import_module(f"encodings.{each.name}")
    pi_heif.register_heif_opener()
    pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False
    PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY = MAX_TEXT, 4 * MAX_TEXT
    Image.MAX_IMAGE_PIXELS = None  # they are counted here, in our own words
    Image.init()


def decode(data: bytes, wanted: Size | None = None) -> Decoded:
    """The picture, with at least twice the wanted pixels a side, or all it has. Raises Unreadable with the reason."""
    warm_up()
    bounds.check(data)
    with warnings.catch_warnings():
        # Odd EXIF makes Pillow warn about many a good photograph, and pixels are counted here.
        warnings.simplefilter("ignore")
        source, stored = _loaded(data, wanted)
        form = source.format or ""
        turned = None if form == "HEIF" else _turn(source)  # a HEIC comes upright from its decoder
    size = stored[::-1] if turned in _SIDEWAYS else stored
    pixels, profile = colors.workable(source, data), colors.stated_profile(source, data)
    return Decoded(data, source, pixels, profile, form, size, turned)


def _loaded(data: bytes, wanted: Size | None) -> tuple[Image.Image, Size]:
    """The picture and the size that its file has. What a browser takes is taken: some kinds of damage do no harm."""
    try:
        return _load(data, wanted)
    except (Unreadable, MemoryError):
        raise
    except UnidentifiedImageError:
        first: Exception = Unreadable(f"This is not a picture in {formats.WORDS} format.")
    except Exception as error:  # a decoder may raise anything on hostile bytes
        first = _damaged(error)
    for mended in _mended(data):
        with contextlib.suppress(Exception):
            return _load(mended, wanted)
    raise first


def _load(data: bytes, wanted: Size | None) -> tuple[Image.Image, Size]:
    image = Image.open(io.BytesIO(data), formats=formats.OPENED)
    size = image.size
    _check_size(size, image.format or "")
    if wanted is not None:
        image.draft(None, (wanted[0] * 2, wanted[1] * 2))
    image.load()
    return image, size


def _check_size(size: Size, form: str) -> None:
    width, height = size
    if width * height > formats.MAX_PIXELS:
        raise Unreadable(
            f"The picture has more than {formats.MAX_PIXELS // 1_000_000} million pixels, the most that is taken."
        )
    if min(size) < formats.MIN_SIDE:
        raise Unreadable(f"The picture is only {width} × {height} pixels; both sides need {formats.MIN_SIDE} or more.")
    if width * height * _NEEDS.get(form, max(_NEEDS.values())) > MOST_MEMORY:
        raise TooHeavy("Opening the picture would take more memory than one picture gets. Save it smaller.")


def _damaged(error: Exception) -> Unreadable:
    """Out of memory looks like damage to most decoders."""
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT > MOST_MEMORY:
        return TooHeavy("Opening the picture takes more memory than one picture gets. Save it smaller.")
    if "truncated" in str(error).lower():
        return Unreadable("The picture is cut off: its file ends before the picture does. Get the file once more.")
    return Unreadable("The picture is damaged: it cannot be decoded to its last pixel.")


# What does no harm


def _mended(data: bytes) -> Iterator[bytes]:
    """The same picture without what stands in its decoder's way, where nothing of the picture is lost by that."""
    if data.startswith(containers.PNG_HEAD):
        yield _bare_png(data, _PIXELS | {"iCCP"})
        yield _bare_png(data, _PIXELS)
        yield _bare_png(data, _PIXELS - {"tRNS"})
        yield _summed_png(data)
    elif data.startswith(b"RIFF"):
        yield _bare_webp(data)
    elif data[4:8] == b"ftyp":
        yield data[: boxes.end_of(data)]
    elif data.startswith(b"\xff\xd8"):
        yield _bare_jpeg(data)
        ended = data + b"\xff\xd9"
        if not any(marker == 0xD9 for marker, *_ in containers.jpeg_markers(data)) and _is_complete(data, ended):
            yield ended


_PIXELS = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"}


def _bare_png(data: bytes, names: set[str]) -> bytes:
    """Only what the pixels are made of: an odd text or time is nothing to refuse a picture for."""
    kept = [data[start - 8 : end + 4] for name, start, end in containers.png_chunks(data) if name in names]
    return containers.PNG_HEAD + b"".join(kept)


_PART = 16 * 1024 * 1024
_MOST_PARTS = 9 * formats.MAX_PIXELS // _PART + 1
"""Of a stream of pixels: eight bytes of each, and what stands before each row."""


def _summed_png(data: bytes) -> bytes:
    """With the right sum behind its pixels, if the sums of their chunks say that they came as they were written."""
    chunks = [(data[start - 4 : end], data[end : end + 4]) for _, start, end in containers.png_chunks(data)]
    pixels = [(body, said) for body, said in chunks if body.startswith(b"IDAT")]
    packed = b"".join(body[4:] for body, _ in pixels)
    inflater, left, total = zlib.decompressobj(-zlib.MAX_WBITS), packed[2:], 1
    with contextlib.suppress(zlib.error):
        for _ in range(_MOST_PARTS):
            total = zlib.adler32(inflater.decompress(left, _PART), total)
            left = inflater.unconsumed_tail
    if not inflater.eof or any(zlib.crc32(body).to_bytes(4, "big") != said for body, said in pixels):
        return b""
    body = b"IDAT" + packed[: len(packed) - len(inflater.unused_data)] + total.to_bytes(4, "big")
    whole = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    return _bare_png(data, _PIXELS - {"IDAT", "IEND"}) + whole


def _bare_jpeg(data: bytes) -> bytes:
    """Without marks of JFIF and Adobe that are shorter than such marks are, which browsers pass over."""
    kept, at = [], 0
    for marker, start, end in containers.jpeg_segments(data):
        if end - start < _LEAST.get(marker, 0):
            kept.append(data[at : start - 4])
            at = end
    return b"".join((*kept, data[at:]))


_LEAST = {0xE0: 14, 0xEE: 12}
"""Marker → bytes that its segment has at least."""


def _bare_webp(data: bytes) -> bytes:
    """Without EXIF and XMP, and without the flags that announce them."""
    body = bytearray(b"WEBP")
    for name, start, end in containers.riff_chunks(data):
        if name == "VP8X":
            body += data[start - 8 : start] + bytes([data[start] & ~0x0C]) + data[start + 1 : end]
        elif name not in {"EXIF", "XMP "}:
            body += data[start - 8 : end + (end - start) % 2]
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _is_complete(data: bytes, ended: bytes) -> bool:
    """Whether a JPEG without its end marker has its whole picture: then bytes put behind its data change no pixel."""
    filled = data + bytes(range(1, 255)) * 4 + b"\xff\xd9"
    pictures = []
    for each in (ended, filled):
        with contextlib.suppress(Exception):
            pictures.append(_load(each, None)[0].convert("RGB"))
    return len(pictures) == 2 and ImageChops.difference(*pictures).getbbox() is None


# Upright

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = {_TURNS[number] for number in (5, 6, 7, 8)}


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How the picture is to be turned, as its EXIF says; not at all where that cannot be read.

    Pillow's own reading also goes by XMP and by other programs' text in a PNG, which no browser does.
    """
    try:
        exif = Image.Exif()
        exif.load(image.info.get("exif", b""))
        return _TURNS.get(exif.get(ExifTags.Base.Orientation, 1))
    except Exception:  # EXIF is the last thing to refuse a picture for
        return None

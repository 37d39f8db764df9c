"""Bytes in, facts or bytes out: what a picture is, whether it can be trusted to open, and smaller copies of it.

Nothing here touches the database or the disk. Decoding is fenced by four rules: only the listed formats, a limit on
bytes and on pixels that is checked before anything is decoded, everything decoded to the last pixel (a check of
the structure alone lets half a JPEG pass), and one decoding at a time in each process. The pixel limit is what
bounds the memory: 40 Mpx in four channels are 160 MB. There is no child process around the decoder.
"""

from __future__ import annotations

import hashlib
import io
import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from assets.imaging.containers import trailing_bytes

if TYPE_CHECKING:
    pass

MAX_BYTES = 40 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_SIDE = 16
"""Pixels. Anything smaller is a spacer or a tracking dot, not a picture."""
FLAT_BELOW = 2.0
"""Standard deviation of brightness, of 255, below which a picture is one color: a provider's black frame."""

MEDIA_TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
}
"""Pillow's name → media type. MPO is a JPEG with a second picture behind it, as many phones write them.

TIFF and PSD are left out on purpose: their decoders have the longest record of faults.
"""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif", "image/avif": "avif"}


class Unreadable(Exception):
    """These bytes are not a picture that the portal can take. The message says why, for people."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What a file is, learnt from its bytes alone. Width and height are as it is looked at, rotation applied."""

    sha256: str
    media_type: str
    width: int
    height: int
    size: int
    flat: bool
    animated: bool
    trailing: int = 0
    """Bytes after the end of the picture: a second picture, or something that hides there."""


_one_at_a_time = threading.Lock()


def inspect(data: bytes) -> ImageInfo:
    """Decode the whole picture and say what it is. Raises Unreadable with words for the person who brought it."""
    check_bytes(data)
    with opened(data) as image:
        return info_of(data, image)


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """The decoded picture. Whatever the decoder trips over is the file's fault and becomes Unreadable."""
    with _one_at_a_time, warnings.catch_warnings():
        # Odd EXIF makes Pillow warn about many a good photograph, and nothing here relies on EXIF.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_pixels(image.width, image.height)
                image.load()
                yield image
        except Unreadable:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Unreadable(_TOO_MANY_PIXELS) from error
        except UnidentifiedImageError as error:
            raise Unreadable("This is not a picture in PNG, JPEG, WebP, AVIF or GIF format.") from error
        except Exception as error:  # a decoder may raise anything on hostile bytes
            raise Unreadable("The picture is damaged: it cannot be decoded to its last pixel.") from error


_TOO_MANY_PIXELS = f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels, the most that is taken."


def info_of(data: bytes, image: Image.Image) -> ImageInfo:
    media_type = MEDIA_TYPES[image.format or ""]
    upright = ImageOps.exif_transpose(image)
    return ImageInfo(
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        width=upright.width,
        height=upright.height,
        size=len(data),
        flat=_is_flat(upright),
        animated=image.format != "MPO" and bool(getattr(image, "is_animated", False)),
        trailing=trailing_bytes(data, media_type),
    )


def check_bytes(data: bytes) -> None:
    if not data:
        raise Unreadable("The file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB, the most that is taken.")


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Unreadable(_TOO_MANY_PIXELS)
    if min(width, height) < MIN_SIDE:
        raise Unreadable(f"The picture is only {width} × {height} pixels; both sides need {MIN_SIDE} or more.")


def _is_flat(image: Image.Image) -> bool:
    colors = image if image.mode in {"RGB", "RGBA"} else image.convert("RGBA")
    small = colors.resize((64, 64), Image.Resampling.BOX, reducing_gap=2.0).convert("RGBA")
    ground = Image.new("RGBA", small.size, "white")
    deviations = ImageStat.Stat(Image.alpha_composite(ground, small).convert("RGB")).stddev
    return math.fsum(deviations) / 3 < FLAT_BELOW

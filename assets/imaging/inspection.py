"""Bytes in, facts out: what a picture is, and whether it can be trusted to open.

Nothing here touches the database or the disk. The decoder runs in a child process behind the fence, with limits on time
and memory; what it may be asked to open at all is bounded before, by bytes, pixels and parts.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageStat

from assets.imaging import decoding, fence
from assets.imaging.containers import trailing_bytes
from assets.imaging.decoding import Decoded
from assets.imaging.formats import EXTENSIONS, MAX_BYTES, MEDIA_TYPES
from assets.imaging.refusals import Unreadable

__all__ = ["EXTENSIONS", "MAX_BYTES", "MEDIA_TYPES", "ImageInfo", "Unreadable", "check_bytes", "inspect"]

FLAT_BELOW = 2.0
"""Standard deviation of brightness, of 255, below which a picture is one color: a provider's black frame."""
STILL = {"MPO", "HEIF"}
"""Formats whose further pictures are others than the one that is meant, not its movement."""


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


def inspect(data: bytes) -> ImageInfo:
    """Decode the whole picture and say what it is. Raises Unreadable with words for the person who brought it."""
    check_bytes(data)
    return info_of(data, fence.run(_inspect, data))


def check_bytes(data: bytes) -> None:
    """Raises Unreadable for what is no file, or a file that is too large to be handed to the decoder."""
    if not data:
        raise Unreadable("The file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB, the most that is taken.")


def info_of(data: bytes, seen: dict[str, Any]) -> ImageInfo:
    """What a child saw of a file, as facts."""
    return ImageInfo(sha256=hashlib.sha256(data).hexdigest(), size=len(data), **seen)


def _inspect(data: bytes) -> dict[str, Any]:
    return seen_of(decoding.decode(data, (1, 1)))


def seen_of(picture: Decoded) -> dict[str, Any]:
    """What a child can say of a decoded picture."""
    media_type = MEDIA_TYPES[picture.format]
    width, height = picture.size
    moves = picture.format not in STILL and bool(getattr(picture.source, "is_animated", False))
    return {
        "media_type": media_type,
        "width": width,
        "height": height,
        "flat": _is_flat(picture.pixels),
        "animated": moves,
        "trailing": trailing_bytes(picture.data, media_type),
    }


def _is_flat(image: Image.Image) -> bool:
    small = image.resize((64, 64), Image.Resampling.BOX, reducing_gap=2.0).convert("RGBA")
    ground = Image.new("RGBA", small.size, "white")
    deviations = ImageStat.Stat(Image.alpha_composite(ground, small).convert("RGB")).stddev
    return math.fsum(deviations) / 3 < FLAT_BELOW

"""Masks: which part of a picture may change, as painted, brought as a file, or given by four numbers. Pure.

Inside, a marked picture is gray-scale with white where it may change. Providers get a PNG that is transparent there.
"""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw

from assets.imaging import decoding, fence, inspection

Size = tuple[int, int]
MARKED_FROM = 128


class BadMask(ValueError):
    """This marks nothing that a provider could use. The message says why, for people."""


def read(data: bytes, size: Size) -> Image.Image:
    """The marked picture of a file: clear parts may change; in a file without clear parts, the white ones.

    Raises BadMask.
    """
    try:
        inspection.check_bytes(data)
        marks = fence.run(_marks, data, list(size))
    except inspection.Unreadable as problem:
        raise BadMask(f"The mask cannot be used. {problem}") from problem
    if "bad" in marks:
        raise BadMask(marks["bad"])
    return Image.frombytes("L", size, marks["data"])


def _marks(data: bytes, size: list[int]) -> dict[str, Any]:
    """In a child: the marks of a file, a byte for each pixel, or what is wrong with them."""
    picture = decoding.decode(data)
    width, height = picture.size
    if picture.format != "PNG":
        return {"bad": "A mask is a PNG: clear, or white on black, where the picture may change."}
    if abs(width / height / (size[0] / size[1]) - 1) > 0.02:
        return {"bad": "The mask has another shape than the picture. Paint it over the picture itself."}
    clear = picture.pixels.convert("RGBA").getchannel("A").point(lambda value: 255 - value)
    marked = clear if any(clear.histogram()[MARKED_FROM:]) else picture.pixels.convert("L")
    marked = marked.resize((size[0], size[1]), Image.Resampling.NEAREST)
    return {"data": marked.point(lambda value: 255 if value >= MARKED_FROM else 0).tobytes()}


def rectangle(left: int, top: int, width: int, height: int, size: Size) -> Image.Image:
    """A marked picture with one rectangle, in percent of the picture's sides. Raises BadMask."""
    if width < 1 or height < 1 or left + width > 100 or top + height > 100:
        raise BadMask("The rectangle must lie inside the picture: left + width and top + height are 100 at most.")
    marked = Image.new("L", size, 0)
    corners = (left * size[0] // 100, top * size[1] // 100)
    far = ((left + width) * size[0] // 100 - 1, (top + height) * size[1] // 100 - 1)
    ImageDraw.Draw(marked).rectangle((corners, far), fill=255)
    return marked


def written(marked: Image.Image) -> bytes:
    """The PNG that goes out: clear where it is marked. The same marks are the same bytes. Raises BadMask."""
    if marked.getbbox() is None:
        raise BadMask("The mask marks nothing. Paint over what may change, or send without a mask.")
    mask = Image.new("RGBA", marked.size, (0, 0, 0, 255))
    mask.putalpha(marked.point(lambda value: 255 - value))
    stream = io.BytesIO()
    mask.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def share(marked: Image.Image) -> float:
    """How much of the picture may change, of 1."""
    counts = marked.histogram()
    return sum(counts[MARKED_FROM:]) / max(1, sum(counts))


def warm_up() -> None:
    """Load what the tasks of this module need: a child can open no file."""
    decoding.warm_up()

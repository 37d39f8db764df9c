"""Masks: which part of a picture may change, as painted, brought as a file, or given by four numbers. Pure.

Inside, a marked picture is gray-scale with white where it may change. Providers get a PNG that is transparent there.
"""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from assets.imaging import inspection

Size = tuple[int, int]
MARKED_FROM = 128


class BadMask(ValueError):
    """This marks nothing that a provider could use. The message says why, for people."""


def read(data: bytes, size: Size) -> Image.Image:
    """The marked picture of a file: clear parts may change; in a file without clear parts, the white ones.

    Raises BadMask.
    """
    try:
        facts = inspection.inspect(data)
    except inspection.Unreadable as problem:
        raise BadMask(f"The mask cannot be used. {problem}") from problem
    if facts.media_type != "image/png":
        raise BadMask("A mask is a PNG: clear, or white on black, where the picture may change.")
    if abs(facts.width / facts.height / (size[0] / size[1]) - 1) > 0.02:
        raise BadMask("The mask has another shape than the picture. Paint it over the picture itself.")
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        clear = image.convert("RGBA").getchannel("A").point(lambda value: 255 - value)
        marked = clear if any(clear.histogram()[MARKED_FROM:]) else image.convert("L")
    return marked.resize(size, Image.Resampling.NEAREST).point(lambda value: 255 if value >= MARKED_FROM else 0)


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


def share(mask: bytes) -> float:
    """How much of the picture may change, of 1."""
    with Image.open(io.BytesIO(mask), formats=("PNG",)) as image:
        counts = image.getchannel("A").histogram()
    return counts[0] / max(1, sum(counts))

"""Pictures for stand-ins to return: real files of the size asked for, never flat, a little different each time."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter


def picture(width: int, height: int, words: str = "", kind: str = "PNG") -> bytes:
    """An encoded picture with sky, ground, shapes and grain, different for different words."""
    chance = random.Random(words)
    small = Image.new("RGB", (max(8, width // 4), max(8, height // 4)))
    pen = ImageDraw.Draw(small)
    top, bottom = _color(chance), _color(chance)
    for row in range(small.height):
        share = row / small.height
        color = tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        pen.line([(0, row), (small.width, row)], fill=color)
    for _ in range(14):
        x, y = chance.uniform(0, small.width), chance.uniform(0, small.height)
        reach = chance.uniform(0.05, 0.25) * small.width
        shape = pen.rectangle if chance.random() < 0.5 else pen.ellipse
        shape([x - reach, y - reach * 0.7, x + reach, y + reach * 0.7], fill=_color(chance))
    grain = Image.frombytes("L", small.size, chance.randbytes(small.width * small.height)).convert("RGB")
    mixed = Image.blend(small, grain, 0.08).filter(ImageFilter.GaussianBlur(0.6)).resize((width, height))
    stream = io.BytesIO()
    mixed.save(stream, kind)
    return stream.getvalue()


def edited(pictures: list[bytes], mask: bytes | None, size: tuple[int, int], words: str, kind: str = "PNG") -> bytes:
    """The first picture painted anew where the mask is clear (all over, faintly, without one), the others small below.

    So a test can see in the result which pictures and which mask were really used.
    """
    first, *others = (Image.open(io.BytesIO(data)).convert("RGB") for data in pictures)
    base = first.resize(size)
    new = Image.open(io.BytesIO(picture(*size, words)))
    if mask is None:
        result = Image.blend(base, new, 0.35)
    else:
        kept = Image.open(io.BytesIO(mask)).convert("RGBA").getchannel("A").resize(size)
        result = Image.composite(base, new, kept)
    width, height = size[0] // 8, size[1] // 8
    for number, other in enumerate(others):
        result.paste(other.resize((width, height)), (number * width, size[1] - height))
    stream = io.BytesIO()
    result.save(stream, kind)
    return stream.getvalue()


def clear_where_white(mask: bytes) -> bytes:
    """A mask that is white where to paint, in the form that `edited` reads."""
    light = Image.open(io.BytesIO(mask)).convert("L")
    clear = Image.new("RGBA", light.size)
    clear.putalpha(light.point(lambda value: 255 - value))
    stream = io.BytesIO()
    clear.save(stream, "PNG")
    return stream.getvalue()


def _color(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(30, 235), chance.randrange(30, 235), chance.randrange(30, 235)

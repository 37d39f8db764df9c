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
    top, bottom = _colour(chance), _colour(chance)
    for row in range(small.height):
        share = row / small.height
        colour = tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        pen.line([(0, row), (small.width, row)], fill=colour)
    for _ in range(14):
        x, y = chance.uniform(0, small.width), chance.uniform(0, small.height)
        reach = chance.uniform(0.05, 0.25) * small.width
        shape = pen.rectangle if chance.random() < 0.5 else pen.ellipse
        shape([x - reach, y - reach * 0.7, x + reach, y + reach * 0.7], fill=_colour(chance))
    grain = Image.frombytes("L", small.size, chance.randbytes(small.width * small.height)).convert("RGB")
    mixed = Image.blend(small, grain, 0.08).filter(ImageFilter.GaussianBlur(0.6)).resize((width, height))
    stream = io.BytesIO()
    mixed.save(stream, kind)
    return stream.getvalue()


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(30, 235), chance.randrange(30, 235), chance.randrange(30, 235)

"""Words drawn across a copy that is only for looking, so that nobody takes it for what was released."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw, ImageFont

NOT_RELEASED = "NOT RELEASED"
SLANT = 30
"""Degrees by which the lines rise: no edge of a house or a room runs along them."""
SHARE, LINES, SMALLEST = 14, 5, 10
"""How often the letters' height goes into the longer side and into the shorter, and the least to be read, in pixels."""
INK, EDGE = "white", "black"
"""One of the two stands out from any ground: 21:1 against each other."""


def warm_up() -> None:
    """Load the letters: a child can open no file."""
    _letters(SMALLEST)


def mark(pixels: Image.Image, words: str) -> Image.Image:
    """The picture with the words across all of it, line after line, so that no part can be cut out without them."""
    side = math.ceil(math.hypot(*pixels.size))
    size = max(SMALLEST, min(max(pixels.size) // SHARE, min(pixels.size) // LINES))
    sheet = _sheet(side, size, words).rotate(SLANT, Image.Resampling.BICUBIC)
    left, top = (side - pixels.width) // 2, (side - pixels.height) // 2
    across = sheet.crop((left, top, left + pixels.width, top + pixels.height))
    marked = pixels.convert("RGBA")
    marked.alpha_composite(across)
    return marked if pixels.mode == "RGBA" else marked.convert("RGB")


def _sheet(side: int, size: int, words: str) -> Image.Image:
    """A transparent square full of lines, each of them moved by half of its words against the one above."""
    sheet, letters = Image.new("RGBA", (side, side)), _letters(size)
    drawn, width = ImageDraw.Draw(sheet), math.ceil(letters.getlength(words)) + 2 * size
    for number, top in enumerate(range(0, side, 3 * size)):
        for left in range(-(number % 2) * width // 2, side, width):
            drawn.text((left, top), words, INK, letters, stroke_width=max(1, size // 14), stroke_fill=EDGE)
    return sheet


def _letters(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)

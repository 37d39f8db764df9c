"""Drawing over a photograph: furniture in an empty room, planting before a front, in pencil and wash, with a mark.

The photograph stays as it is wherever nothing is drawn, and outside the mask, pixel for pixel.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from generation.providers.colors import RGB
from generation.providers.sketch import interior, nature
from generation.providers.sketch.canvas import PAPER, PENCIL, Canvas, Point
from generation.providers.sketch.reading import Storyboard
from generation.providers.sketch.sheet import STAMP, drawable

MARK = "SKETCH – drawn over a photograph"


class Tracing(Canvas):
    """A photograph being drawn over: what is painted hides it, and nothing else does."""

    def __init__(self, photograph: Image.Image, seed: int, board: Storyboard) -> None:
        super().__init__(photograph.size, seed, board)
        self._photograph = photograph
        self._painted = Image.new("L", photograph.size, 0)
        self._stencil = ImageDraw.Draw(self._painted)

    def fill(self, points: Sequence[Point], color: RGB, *, loose: float = 1.0, hides: bool = True) -> None:
        super().fill(points, color, loose=loose, hides=hides)
        if len(points) > 2:
            self._stencil.polygon(list(points), fill=255)

    def develop(self) -> Image.Image:
        wash = self._color.filter(ImageFilter.GaussianBlur(0.8 * self.unit))
        wash = self._lit(ImageChops.multiply(wash, self._grain(46, 26).convert("RGB")))
        drawn = Image.composite(wash, self._photograph, self._painted)
        return Image.composite(drawn, Image.new("RGB", self.size, PENCIL), self._pencil_marks())


def draw_over(photograph: bytes, mask: bytes | None, board: Storyboard, seed: int) -> Image.Image:
    """The photograph with what the brief asks for drawn on it, where the mask lets it; the same for a seed.

    `photograph` and `mask` are as large as each other; the mask is a PNG, transparent where the picture may change.
    """
    below = Image.open(io.BytesIO(photograph)).convert("RGB")
    canvas = Tracing(below, seed, board)
    if board.scene == "exterior":
        _plant(canvas)
    else:
        interior.furnish(canvas)
    drawn = canvas.develop()
    if mask is not None:
        may_change = ImageChops.invert(Image.open(io.BytesIO(mask)).convert("RGBA").getchannel("A"))
        drawn = Image.composite(drawn, below, may_change)
    _stamp(drawn, canvas.unit)
    return drawn


def _plant(canvas: Canvas) -> None:
    """A young tree to one side, and a low bed along the foot of the picture."""
    foot = canvas.height * 0.93
    side = canvas.random.choice((0.12, 0.86))
    nature.tree(canvas, (canvas.width * side, foot), canvas.height * canvas.random.uniform(0.42, 0.55))
    x = canvas.width * canvas.random.uniform(0.02, 0.06)
    while x < canvas.width:
        radius = canvas.height * canvas.random.uniform(0.035, 0.06)
        nature.shrub(canvas, (x, canvas.height * 0.97), radius)
        x += radius * canvas.random.uniform(2.2, 4.0)


def _stamp(drawn: Image.Image, unit: float) -> None:
    """The mark in the lower right corner, on paper of its own, so that it can be read on any picture."""
    words, font = drawable(MARK), ImageFont.load_default(max(9.0, 20 * unit))
    pen, pad = ImageDraw.Draw(drawn), 9 * unit
    left, top, right, bottom = pen.textbbox((0, 0), words, font=font)
    x, y = drawn.width - (right - left) - 3 * pad, drawn.height - (bottom - top) - 3 * pad
    pen.rectangle(
        [x - pad, y - pad, x + right - left + pad, y + bottom - top + pad], fill=PAPER, outline=STAMP, width=2
    )
    pen.text((x - left, y - top), words, fill=STAMP, font=font)

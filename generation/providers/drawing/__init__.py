"""The sketch provider's draughtsman: a storyboard frame of a brief in pencil and wash, from numbers alone."""

from __future__ import annotations

from PIL import Image

from generation.providers.drawing.canvas import Canvas
from generation.providers.drawing.district import draw_district
from generation.providers.drawing.exterior import draw_exterior
from generation.providers.drawing.interior import draw_interior
from generation.providers.drawing.landscape import draw_landscape
from generation.providers.drawing.notice import draw_notice
from generation.providers.drawing.plan import draw_plan
from generation.providers.drawing.reading import Storyboard
from generation.providers.drawing.sheet import lay_out

__all__ = ["Storyboard", "draw"]

SCENES = {
    "exterior": draw_exterior,
    "interior": draw_interior,
    "district": draw_district,
    "notice": draw_notice,
    "plan": draw_plan,
    "landscape": draw_landscape,
}


def draw(board: Storyboard, width: int, height: int, seed: int) -> Image.Image:
    """The whole sheet, exactly `width` x `height` pixels; the same arguments give the same pixels."""
    sheet = lay_out(width, height)
    canvas = Canvas(sheet.picture_size, seed, board)
    SCENES[board.scene](canvas)
    return sheet.finish(canvas.develop(), board, seed)

"""Which scene is drawn by which function."""

from __future__ import annotations

from PIL import Image

from generation.providers.sketch.canvas import Canvas
from generation.providers.sketch.district import draw_district
from generation.providers.sketch.exterior import draw_exterior
from generation.providers.sketch.interior import draw_interior
from generation.providers.sketch.landscape import draw_landscape
from generation.providers.sketch.notice import draw_notice
from generation.providers.sketch.plan import draw_plan
from generation.providers.sketch.reading import Storyboard
from generation.providers.sketch.sheet import lay_out

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

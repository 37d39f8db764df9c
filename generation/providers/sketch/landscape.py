"""What is drawn when a brief names nothing we know: open country, with a frame where the subject goes."""

from __future__ import annotations

from textwrap import wrap

from generation.providers.sketch.canvas import Canvas
from generation.providers.sketch.colors import mix
from generation.providers.sketch.nature import ground, hills, shrub, sky, tree, weather
from generation.providers.sketch.sheet import drawable


def draw_landscape(canvas: Canvas) -> None:
    """Sky, ridges and meadow; a light patch on one third, crossed as storyboards cross a picture to come."""
    horizon = canvas.height * canvas.random.uniform(0.5, 0.62)
    sky(canvas, horizon)
    hills(canvas, horizon)
    ground(canvas, horizon)
    side = canvas.random.choice((0.34, 0.5, 0.66))
    for _ in range(6):
        x = canvas.random.uniform(0, canvas.width)
        shrub(canvas, (x, horizon + canvas.height * 0.02), canvas.height * canvas.random.uniform(0.02, 0.05))
    tree_at = canvas.width * (0.9 if side < 0.5 else 0.1)
    tree(canvas, (tree_at, horizon + canvas.height * 0.2), canvas.height * canvas.random.uniform(0.5, 0.66))
    _placeholder(canvas, canvas.width * side, horizon)
    weather(canvas)


def _placeholder(canvas: Canvas, x: float, horizon: float) -> None:
    """An empty frame, crossed and lettered with the subject, as storyboards mark a picture to come."""
    half, tall = canvas.width * 0.2, canvas.height * 0.46
    top = horizon - tall * 0.62
    frame = [(x - half, top), (x + half, top), (x + half, top + tall), (x - half, top + tall)]
    canvas.fill(frame, mix(canvas.board.palette.accent, (253, 250, 243), 0.84))
    canvas.stroke(frame[0], frame[2], weight=0.8, tone=185)
    canvas.stroke(frame[1], frame[3], weight=0.8, tone=185)
    canvas.outline(frame, weight=2.0)
    inset = 9 * canvas.unit
    canvas.outline([(a + (inset if a < x else -inset), b + (inset if b < top + 1 else -inset)) for a, b in frame],
                   weight=0.9, tone=130)  # fmt: skip
    _lettered(canvas, (x, top + tall / 2), half * 1.6)


def _lettered(canvas: Canvas, center: tuple[float, float], room: float) -> None:
    rows = wrap(drawable(canvas.board.title), 22)[:3]
    size = min(30.0, room / canvas.unit / max(map(len, rows)) * 1.9)
    for index, row in enumerate(rows):
        y = center[1] + (index - (len(rows) - 1) / 2) * size * 1.3 * canvas.unit
        canvas.letter(row, (center[0], y), size)

"""A poster or notice: a pictogram, a lettered heading, lines of text still to come, a tear-off of facts."""

from __future__ import annotations

import re
from math import cos, pi, sin

from generation.providers.colors import RGB
from generation.providers.sketch.canvas import Canvas, Point
from generation.providers.sketch.colors import mix, shade

PICTOGRAMS = {
    "drop": r"water|plumb\w*|leak|boiler|pipe|heating|radiator",
    "bolt": r"electri\w*|power|energy|solar|lighting system",
    "leaf": r"garden\w*|plant\w*|tree|green|spring|autumn|harvest",
    "star": r"christmas|holiday|festive|winter|celebrat\w*|party|season\w*",
    "key": r"open house|viewing|to let|for sale|move|keys?|welcome",
}


def draw_notice(canvas: Canvas) -> None:
    """A sheet pinned to a colored board; heading, pictogram and blocks change places with the seed."""
    _board(canvas)
    left, top, right, bottom = _sheet(canvas)
    wide, tall = right - left, bottom - top
    band = canvas.board.palette.accent
    head = canvas.random.choice((0.3, 0.36, 0.42))
    landscape = wide > tall * 1.05
    if landscape:
        area = (left, top, left + wide * 0.4, bottom)
        text = (left + wide * 0.45, top + tall * 0.1, right - wide * 0.06, bottom - tall * 0.08)
    else:
        area = (left, top, right, top + tall * head)
        text = (left + wide * 0.1, top + tall * (head + 0.06), right - wide * 0.1, bottom - tall * 0.05)
    _band(canvas, area, band)
    _pictogram(canvas, area)
    _lines(canvas, text)


def _board(canvas: Canvas) -> None:
    base = mix(canvas.board.palette.middle, (226, 214, 194), 0.62)
    canvas.gradient(0, canvas.height, [shade(base, 1.08), base, shade(base, 0.93)])
    canvas.soften(4)
    for _ in range(26):
        x, y = canvas.random.uniform(0, canvas.width), canvas.random.uniform(0, canvas.height)
        reach = canvas.random.uniform(20, 70) * canvas.unit
        canvas.stroke((x, y), (x + reach, y + reach * 0.06), weight=0.6, tone=205)


def _sheet(canvas: Canvas) -> tuple[float, float, float, float]:
    tall = canvas.height * 0.84
    wide = min(canvas.width * 0.84, tall * (1.42 if canvas.width > canvas.height * 1.15 else 0.78))
    left, top = (canvas.width - wide) / 2, (canvas.height - tall) / 2
    lean = canvas.random.uniform(-5, 5) * canvas.unit
    corners: list[Point] = [(left, top + lean), (left + wide, top - lean)]
    corners += [(left + wide, top + tall - lean), (left, top + tall + lean)]
    shadow = [(x + 9 * canvas.unit, y + 11 * canvas.unit) for x, y in corners]
    canvas.fill(shadow, (176, 164, 146), hides=False)
    canvas.hatch(shadow, gap=7, tone=175)
    canvas.fill(corners, (253, 251, 244), loose=0.4)
    canvas.outline(corners, weight=1.7)
    for x, y in (
        (left + 18 * canvas.unit, top + 18 * canvas.unit),
        (left + wide - 18 * canvas.unit, top + 18 * canvas.unit),
    ):
        canvas.blob((x, y), 7 * canvas.unit, (196, 70, 56))
        canvas.path(canvas.ring((x, y), 7 * canvas.unit, rough=0.04), weight=1.1)
    return left, top, left + wide, top + tall


def _band(canvas: Canvas, area: tuple[float, float, float, float], color: RGB) -> None:
    left, top, right, bottom = area
    inset = 7 * canvas.unit
    x, y, u, v = left + inset, top + inset, right - inset, bottom - inset
    canvas.fill([(x, y), (u, y), (u, v), (x, v)], color)
    canvas.outline([(x, y), (u, y), (u, v), (x, v)], weight=1.2)
    canvas.hatch([(x, y), (u, y), (u, v), (x, v)], gap=26, tone=190)


def _pictogram(canvas: Canvas, area: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = area
    center = (left + right) / 2, (top + bottom) / 2
    size = min(right - left, bottom - top) * 0.27
    words = canvas.board.words
    kind = next((name for name, found in PICTOGRAMS.items() if re.search(rf"\b(?:{found})", words)), "spanner")
    canvas.blob(center, size * 1.45, (252, 248, 238), rough=0.02)
    canvas.path(canvas.ring(center, size * 1.45, rough=0.02), weight=1.5)
    points = [(center[0] + x * size, center[1] + y * size) for x, y in SHAPES[kind]]
    canvas.fill(points, canvas.board.palette.dark)
    canvas.outline(points, weight=1.4)


def _lines(canvas: Canvas, area: tuple[float, float, float, float]) -> None:
    """A heading as heavy strokes, paragraphs as light ones, and a box of facts with a small calendar."""
    left, top, right, bottom = area
    wide, tall = right - left, bottom - top
    dark = canvas.board.palette.dark
    y = top
    for share in (0.95, canvas.random.uniform(0.5, 0.75)):
        bar = [(left, y), (left + wide * share, y), (left + wide * share, y + tall * 0.075), (left, y + tall * 0.075)]
        canvas.fill(bar, dark, loose=0.5)
        canvas.outline(bar, weight=0.9)
        y += tall * 0.115
    y += tall * 0.05
    facts = top + tall * 0.66
    gap = tall * 0.062
    while y < facts - gap:
        reach = wide * canvas.random.uniform(0.72, 1.0)
        canvas.stroke((left, y), (left + reach, y), weight=2.2, tone=150, over=0)
        y += gap
    _facts(canvas, left, facts, right, bottom)


def _facts(canvas: Canvas, left: float, top: float, right: float, bottom: float) -> None:
    wide, tall = right - left, bottom - top
    pale = mix(canvas.board.palette.accent, (253, 250, 242), 0.78)
    frame = [(left, top), (right, top), (right, bottom), (left, bottom)]
    canvas.fill(frame, pale)
    canvas.outline(frame, weight=1.2)
    size = min(tall * 0.72, wide * 0.3)
    x, y = left + tall * 0.14, top + (tall - size) / 2
    sheet = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
    canvas.fill(sheet, (254, 252, 247))
    canvas.fill([(x, y), (x + size, y), (x + size, y + size * 0.24), (x, y + size * 0.24)], canvas.board.palette.accent)
    canvas.outline(sheet, weight=1.3)
    chosen = canvas.random.randrange(12)
    for index in range(12):
        a, b = x + size * (0.14 + 0.24 * (index % 4)), y + size * (0.4 + 0.2 * (index // 4))
        color = (196, 70, 56) if index == chosen else (170, 164, 158)
        canvas.blob((a, b), size * (0.075 if index == chosen else 0.04), color)
    for row, share in enumerate((0.9, 0.62, 0.76)):
        start, level = x + size * 1.25, top + tall * (0.28 + 0.22 * row)
        canvas.stroke((start, level), (start + (right - start) * share * 0.94, level), weight=2.0, tone=135, over=0)


def _drop() -> list[Point]:
    arc = [(0.7 * cos(step * pi / 10), 0.35 + 0.65 * sin(step * pi / 10)) for step in range(11)]
    return [*arc, (-0.5, -0.2), (0.0, -1.0), (0.5, -0.2)]


def _star() -> list[Point]:
    return [
        ((1 if step % 2 == 0 else 0.45) * sin(step * pi / 6), -(1 if step % 2 == 0 else 0.45) * cos(step * pi / 6))
        for step in range(12)
    ]


SHAPES: dict[str, list[Point]] = {
    "drop": _drop(),
    "star": _star(),
    "bolt": [(0.15, -1), (-0.6, 0.15), (-0.05, 0.15), (-0.2, 1), (0.6, -0.25), (0.08, -0.25)],
    "leaf": [(-0.9, 0.9), (-0.75, -0.1), (-0.2, -0.75), (0.9, -0.9), (0.75, 0.2), (0.1, 0.75), (-0.6, 0.72)],
    "key": [(-1, -0.3), (-0.7, -0.55), (-0.3, -0.5), (-0.1, -0.15), (1, -0.15), (1, 0.35), (0.8, 0.35), (0.8, 0.12),
            (0.5, 0.12), (0.5, 0.3), (0.32, 0.3), (0.32, 0.12), (-0.1, 0.12), (-0.32, 0.42), (-0.75, 0.45), (-1, 0.2)],
    "spanner": [(-0.95, -0.5), (-0.6, -0.2), (-0.3, -0.3), (-0.2, -0.6), (-0.5, -0.95), (-0.05, -0.95), (0.3, -0.5),
                (0.2, -0.1), (0.95, 0.65), (0.65, 0.95), (-0.1, 0.2), (-0.5, 0.3), (-0.95, -0.05)],
}  # fmt: skip

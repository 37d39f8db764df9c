"""Skies, ground, trees and weather: what stands around a house."""

from __future__ import annotations

from math import cos, pi, sin

from generation.providers.colors import RGB
from generation.providers.sketch.canvas import Canvas, Point
from generation.providers.sketch.colors import mix, shade

SKIES: dict[str, tuple[RGB, ...]] = {
    "daylight": ((150, 190, 222), (196, 220, 234), (240, 240, 230)),
    "twilight": ((58, 66, 116), (112, 104, 152), (214, 146, 138), (250, 206, 156)),
    "night": ((30, 38, 72), (48, 58, 96), (84, 96, 132)),
    "golden": ((152, 184, 212), (236, 214, 178), (252, 208, 138)),
    "overcast": ((176, 184, 192), (204, 208, 210), (228, 228, 222)),
}
WINTER_SKY: tuple[RGB, ...] = ((170, 190, 212), (206, 216, 226), (236, 232, 232))
LAWNS: dict[str, RGB] = {
    "summer": (150, 176, 104),
    "spring": (166, 192, 112),
    "autumn": (178, 166, 98),
    "winter": (236, 238, 242),
}
LEAVES: dict[str, tuple[RGB, ...]] = {
    "summer": ((104, 140, 84), (128, 160, 94), (88, 122, 80)),
    "spring": ((244, 196, 206), (150, 184, 104), (248, 222, 224)),
    "autumn": ((206, 128, 56), (190, 92, 52), (218, 170, 76)),
    "winter": ((206, 212, 220), (176, 186, 196), (224, 228, 232)),
}
DIM: dict[str, float] = {"twilight": 0.66, "night": 0.46, "golden": 1.0, "overcast": 0.9, "daylight": 1.0}


def light_of(canvas: Canvas) -> float:
    """How bright things are in this brief's light, 1 for day."""
    return DIM[canvas.board.mood]


def lit(canvas: Canvas, color: RGB) -> RGB:
    """A natural color in this brief's palette and light."""
    dim = light_of(canvas)
    tinted = canvas.board.palette.tinted(color)
    if canvas.board.mood == "golden":
        tinted = mix(tinted, (250, 196, 120), 0.16)
    return mix(tinted, (44, 48, 92), (1 - dim) * 0.72)


def sky(canvas: Canvas, horizon: float) -> None:
    """Bands of light, then clouds or stars."""
    board = canvas.board
    stops = WINTER_SKY if board.season == "winter" and board.mood in ("daylight", "overcast") else SKIES[board.mood]
    canvas.gradient(0, horizon + 4, [board.palette.tinted(stop, 0.1) for stop in stops])
    for _ in range(canvas.random.randint(3, 5)):
        _cloud(canvas, horizon, mix(stops[-1], (255, 252, 246), 0.35))
    canvas.soften(9)
    if board.mood == "night":
        canvas.dots((0, 0, canvas.width, horizon * 0.6), 46, 1.1, (240, 238, 220))


def hills(canvas: Canvas, horizon: float) -> None:
    """Two far ridges with the haze between them, and a row of small trees."""
    base = SKIES[canvas.board.mood][-1]
    for reach, share in ((0.13, 0.32), (0.075, 0.55)):
        color = mix(base, lit(canvas, (112, 138, 128)), share)
        top = _ridge(canvas, horizon, canvas.height * reach)
        canvas.fill([(0, horizon + 3), *top, (canvas.width, horizon + 3)], color)
        canvas.path(top, weight=0.8, tone=170)


def ground(canvas: Canvas, horizon: float) -> None:
    """Lawn or snow down to the lower edge, with tufts."""
    lawn = lit(canvas, LAWNS[canvas.board.season])
    canvas.gradient(horizon, canvas.height, [mix(lawn, SKIES[canvas.board.mood][-1], 0.35), lawn, shade(lawn, 0.9)])
    for _ in range(34):
        y = horizon + (canvas.height - horizon) * canvas.random.random() ** 0.7
        _tuft(canvas, (canvas.random.uniform(0, canvas.width), y), (y - horizon) / (canvas.height - horizon))


def tree(canvas: Canvas, foot: Point, height: float, *, conifer: bool = False) -> None:
    """A tree standing at `foot`, `height` pixels high."""
    if conifer:
        _conifer(canvas, foot, height)
    elif canvas.board.season == "winter":
        _branch(canvas, foot, height * 0.34, pi / 2, 5, height)
    else:
        _crown(canvas, foot, height)


def shrub(canvas: Canvas, foot: Point, radius: float) -> None:
    """A low bush."""
    leaves = LEAVES["summer" if canvas.board.season == "spring" else canvas.board.season]
    color = lit(canvas, canvas.random.choice(leaves))
    center = foot[0], foot[1] - radius * 0.55
    canvas.blob(center, radius, shade(color, 0.86), flat=0.7)
    canvas.blob((center[0] - radius * 0.2, center[1] - radius * 0.2), radius * 0.6, color, flat=0.7, hides=False)
    canvas.scribble(center, radius, flat=0.7)


def weather(canvas: Canvas) -> None:
    """Falling snow, or leaves on the grass."""
    if canvas.board.season == "winter":
        canvas.dots((0, 0, canvas.width, canvas.height), 190, 1.9, (253, 253, 252))
    if canvas.board.season == "autumn":
        for color in LEAVES["autumn"]:
            area = (0.0, canvas.height * 0.74, float(canvas.width), float(canvas.height))
            canvas.dots(area, 26, 2.6, lit(canvas, color))


def _cloud(canvas: Canvas, horizon: float, color: RGB) -> None:
    x, y = canvas.random.uniform(0, canvas.width), horizon * canvas.random.uniform(0.12, 0.62)
    reach = canvas.width * canvas.random.uniform(0.05, 0.1)
    for _ in range(5):
        place = x + canvas.random.uniform(-1.4, 1.4) * reach, y + canvas.random.uniform(-0.2, 0.2) * reach
        canvas.blob(place, reach * canvas.random.uniform(0.4, 0.8), color, flat=0.34)


def _ridge(canvas: Canvas, horizon: float, reach: float) -> list[Point]:
    a, b, phase = canvas.random.uniform(1, 2.2), canvas.random.uniform(3, 5), canvas.random.uniform(0, 6)
    points = []
    for step in range(25):
        share = step / 24
        swell = 0.5 + 0.36 * sin(a * pi * share + phase) + 0.14 * sin(b * pi * share + 2 * phase)
        points.append((share * canvas.width, horizon - reach * swell))
    return points


def _tuft(canvas: Canvas, place: Point, near: float) -> None:
    size = (3 + 11 * near) * canvas.unit
    tone = 205 if canvas.board.season == "winter" else 150
    for lean in (-0.5, 0.0, 0.5):
        tip = place[0] + lean * size, place[1] - size * canvas.random.uniform(0.5, 1)
        canvas.path([place, tip], weight=0.8, tone=tone)


def _crown(canvas: Canvas, foot: Point, height: float) -> None:
    trunk = mix((122, 96, 78), (44, 48, 92), (1 - light_of(canvas)) * 0.6)
    fork = foot[0] + canvas.random.uniform(-0.04, 0.04) * height, foot[1] - height * 0.42
    wide = height * 0.028
    stem = [(foot[0] - wide, foot[1]), (fork[0] - wide * 0.6, fork[1]), (fork[0] + wide * 0.6, fork[1])]
    canvas.fill([*stem, (foot[0] + wide, foot[1])], trunk)
    canvas.stroke(stem[0], stem[1], weight=1.3)
    canvas.stroke((foot[0] + wide, foot[1]), stem[2], weight=1.6)
    leaves = [lit(canvas, color) for color in LEAVES[canvas.board.season]]
    middle = fork[0], foot[1] - height * 0.68
    tufts = [(middle, height * 0.25)]
    for index in range(15):
        turn = index / 15 * 2 * pi + canvas.random.uniform(-0.4, 0.4)
        reach = canvas.random.choice((0.14, 0.23, 0.26))
        place = middle[0] + cos(turn) * height * reach, middle[1] + sin(turn) * height * reach * 0.86
        tufts.append((place, height * canvas.random.uniform(0.07, 0.12)))
    for place, radius in tufts:
        canvas.blob(place, radius, shade(canvas.random.choice(leaves), 0.86))
    for place, radius in sorted(tufts, key=lambda tuft: tuft[0][1]):
        high = place[0] - radius * 0.25, place[1] - radius * 0.3
        canvas.blob(high, radius * 0.62, canvas.random.choice(leaves), hides=False)
        canvas.scribble(place, radius, tone=118)


def _conifer(canvas: Canvas, foot: Point, height: float) -> None:
    color = lit(canvas, (84, 112, 92))
    for tier in range(5):
        base = foot[1] - height * (0.08 + tier * 0.17)
        half = height * (0.21 - tier * 0.036)
        top = base - height * 0.3
        points = [(foot[0] - half, base), (foot[0], top), (foot[0] + half, base)]
        canvas.fill(points, shade(color, 0.86 + tier * 0.06))
        canvas.hatch(points, gap=6, angle=1.2, tone=150)
        canvas.path([points[0], points[1], points[2]], weight=1.1, tone=110)
        if canvas.board.season == "winter":
            snow = [points[0], (foot[0] - half * 0.4, base - height * 0.1), (foot[0], top), points[2]]
            canvas.fill([*snow, (foot[0] + half * 0.3, base - height * 0.06)], (244, 246, 250), hides=False)


def _branch(canvas: Canvas, start: Point, length: float, angle: float, depth: int, height: float) -> None:
    end = start[0] + length * cos(angle), start[1] - length * sin(angle)
    canvas.stroke(start, end, weight=max(0.7, depth * depth * 0.16 * height / (260 * canvas.unit)), tone=88, over=0)
    if depth == 0:
        return
    for lean in (-0.42, 0.38):
        turn = angle + lean + canvas.random.uniform(-0.16, 0.16)
        _branch(canvas, end, length * canvas.random.uniform(0.66, 0.8), turn, depth - 1, height)

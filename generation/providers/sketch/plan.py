"""A floor plan: thick walls, door swings, windows, furniture from above, a measure and a north mark."""

from __future__ import annotations

from math import cos, pi, sin

from generation.providers.colors import RGB
from generation.providers.sketch.canvas import Canvas, Point
from generation.providers.sketch.colors import mix

Rect = tuple[float, float, float, float]  # left, top, right, bottom, in shares of the plan
LAYOUTS: tuple[dict[str, Rect], ...] = (
    {
        "living": (0, 0, 0.56, 0.58),
        "kitchen": (0.56, 0, 1, 0.42),
        "bed": (0.56, 0.42, 1, 1),
        "bath": (0.3, 0.58, 0.56, 1),
        "study": (0, 0.58, 0.3, 1),
    },
    {
        "bed": (0, 0, 0.4, 0.5),
        "bath": (0.4, 0, 0.62, 0.4),
        "kitchen": (0.62, 0, 1, 0.4),
        "living": (0.4, 0.4, 1, 1),
        "study": (0, 0.5, 0.4, 1),
    },
    {
        "kitchen": (0, 0, 0.38, 0.46),
        "living": (0, 0.46, 0.6, 1),
        "study": (0.38, 0, 0.66, 0.46),
        "bath": (0.66, 0, 1, 0.36),
        "bed": (0.6, 0.46, 1, 1),
    },
)


class Plan:
    """Where the plan lies on the canvas, and how thick its walls are."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        tall = canvas.height * 0.76
        wide = min(canvas.width * 0.78, tall * 1.5)
        tall = min(tall, wide * 1.1)
        self.left, self.top = (canvas.width - wide) / 2, (canvas.height - tall) * 0.46
        self.wide, self.tall, self.wall = wide, tall, 7.5 * canvas.unit
        self.flip = canvas.random.random() < 0.5

    def at(self, x: float, y: float) -> Point:
        return self.left + self.wide * (1 - x if self.flip else x), self.top + self.tall * y

    def corners(self, rect: Rect, inset: float = 0.0) -> list[Point]:
        left, top, right, bottom = rect
        (x, y), (u, v) = self.at(left, top), self.at(right, bottom)
        x, u = min(x, u) + inset, max(x, u) - inset
        y, v = y + inset, v - inset
        return [(x, y), (u, y), (u, v), (x, v)]

    def inside(self, room: Rect, rect: Rect) -> list[Point]:
        """A piece of furniture, in shares of its room."""
        left, top, right, bottom = room
        wide, tall = right - left, bottom - top
        return self.corners((left + wide * rect[0], top + tall * rect[1], left + wide * rect[2], top + tall * rect[3]))


def draw_plan(canvas: Canvas) -> None:
    """One of three layouts, mirrored or not, colored room by room."""
    plan = Plan(canvas)
    rooms = canvas.random.choice(LAYOUTS)
    canvas.gradient(0, canvas.height, [(246, 242, 232), (240, 236, 224)])
    _garden(plan)
    canvas.fill(plan.corners((0, 0, 1, 1)), (236, 222, 200))
    _walls(plan, (0, 0, 1, 1))
    for name, rect in rooms.items():
        _floor(plan, name, rect)
    for rect in rooms.values():
        _walls(plan, rect)
    for name, rect in rooms.items():
        FURNITURE[name](plan, rect)
        _door(plan, rect)
    _windows(plan)
    if not canvas.board.avoids("dimensions|scale bar"):
        _measures(plan)
    if not canvas.board.avoids("north"):
        _north(plan)


def _garden(plan: Plan) -> None:
    canvas = plan.canvas
    green = canvas.board.palette.tinted((184, 200, 150), 0.2)
    for _ in range(16):
        angle = canvas.random.uniform(0, 2 * pi)
        x = canvas.width / 2 + cos(angle) * plan.wide * canvas.random.uniform(0.58, 0.66)
        y = plan.top + plan.tall / 2 + sin(angle) * plan.tall * canvas.random.uniform(0.6, 0.68)
        radius = canvas.random.uniform(14, 30) * canvas.unit
        canvas.blob((x, y), radius, green)
        canvas.scribble((x, y), radius, tone=150)


def _floor(plan: Plan, name: str, rect: Rect) -> None:
    colors = plan.canvas.board.palette.colors
    wood: RGB = (222, 190, 150)
    wet: RGB = (196, 214, 220)
    base = {"bath": wet, "kitchen": mix(wet, colors[-1], 0.2)}.get(
        name, mix(wood, colors[len(name) % len(colors)], 0.3)
    )
    corners = plan.corners(rect)
    plan.canvas.fill(corners, mix(base, (252, 248, 240), 0.35))
    (x, y), (u, _), (_, v), _ = corners
    step = (17 if name in ("bath", "kitchen") else 13) * plan.canvas.unit
    row = y + step
    while row < v:
        plan.canvas.stroke((x, row), (u, row), weight=0.6, tone=200, over=0)
        row += step
    while name in ("bath", "kitchen") and x + step < u:
        x += step
        plan.canvas.stroke((x, y), (x, v), weight=0.6, tone=200, over=0)


def _walls(plan: Plan, rect: Rect) -> None:
    half = plan.wall / 2
    (x, y), (u, _), (_, v), _ = plan.corners(rect)
    dark = mix(plan.canvas.board.palette.dark, (60, 58, 64), 0.5)
    for a, b, c, d in ((x, y, u, y), (x, v, u, v), (x, y, x, v), (u, y, u, v)):
        band = [(a - half, b - half), (c + half, b - half), (c + half, d + half), (a - half, d + half)]
        plan.canvas.fill(band, dark, loose=0.3)
        plan.canvas.outline(band, weight=0.9, tone=60)


def _door(plan: Plan, rect: Rect) -> None:
    """An opening in the wall toward the middle of the plan, with its swing."""
    canvas, reach = plan.canvas, 40 * plan.canvas.unit
    (x, _), (u, _), (_, v), (_, _) = plan.corners(rect)
    _, y = plan.corners(rect)[0]
    inner = u if (x + u) / 2 < plan.left + plan.wide / 2 else x
    middle = y + (v - y) * 0.62
    gap = [(inner - plan.wall, middle), (inner + plan.wall, middle), (inner + plan.wall, middle + reach)]
    canvas.fill([*gap, (inner - plan.wall, middle + reach)], (246, 240, 228), loose=0.2)
    side = -1 if inner == u else 1
    leaf = inner + side * reach, middle
    canvas.stroke((inner, middle), leaf, weight=1.5)
    arc = [(inner + side * reach * cos(step * pi / 16), middle + reach * sin(step * pi / 16)) for step in range(9)]
    canvas.path(arc, weight=0.8, tone=140)


def _windows(plan: Plan) -> None:
    for share in (0.16, 0.42, 0.78):
        for y in (0.0, 1.0):
            x, level = plan.at(share, y)
            half, wall = 34 * plan.canvas.unit, plan.wall * 0.6
            pane = [
                (x - half, level - wall),
                (x + half, level - wall),
                (x + half, level + wall),
                (x - half, level + wall),
            ]
            plan.canvas.fill(pane, (206, 224, 232), loose=0.2)
            plan.canvas.outline(pane, weight=0.9)
            plan.canvas.stroke((x - half, level), (x + half, level), weight=0.8)


def _piece(plan: Plan, room: Rect, rect: Rect, color: RGB) -> list[Point]:
    points = plan.inside(room, rect)
    plan.canvas.fill(points, color)
    plan.canvas.outline(points, weight=1.2)
    return points


def _living(plan: Plan, room: Rect) -> None:
    palette = plan.canvas.board.palette
    _piece(plan, room, (0.16, 0.2, 0.78, 0.82), mix(palette.accent, (250, 244, 232), 0.62))
    _piece(plan, room, (0.24, 0.12, 0.7, 0.3), palette.middle)
    _piece(plan, room, (0.24, 0.12, 0.7, 0.18), mix(palette.middle, (40, 40, 50), 0.15))
    _piece(plan, room, (0.34, 0.42, 0.6, 0.58), (206, 168, 124))
    _piece(plan, room, (0.14, 0.4, 0.25, 0.58), palette.accent)
    _piece(plan, room, (0.32, 0.86, 0.62, 0.92), (150, 120, 96))


def _bed(plan: Plan, room: Rect) -> None:
    palette = plan.canvas.board.palette
    _piece(plan, room, (0.28, 0.1, 0.72, 0.58), (250, 247, 240))
    _piece(plan, room, (0.28, 0.28, 0.72, 0.58), palette.middle)
    for left in (0.32, 0.53):
        _piece(plan, room, (left, 0.13, left + 0.15, 0.23), (255, 253, 248))
    for left in (0.13, 0.76):
        _piece(plan, room, (left, 0.1, left + 0.11, 0.22), (206, 168, 124))
    _piece(plan, room, (0.12, 0.84, 0.7, 0.93), (206, 168, 124))


def _kitchen(plan: Plan, room: Rect) -> None:
    palette = plan.canvas.board.palette
    _piece(plan, room, (0.08, 0.08, 0.92, 0.24), mix(palette.light, (240, 238, 232), 0.4))
    for left in (0.16, 0.28):
        x, y = plan.inside(room, (left, 0.12, left + 0.08, 0.2))[0]
        plan.canvas.path(plan.canvas.ring((x + 8 * plan.canvas.unit, y + 6 * plan.canvas.unit), 7 * plan.canvas.unit,
                                          rough=0.03), weight=1.0)  # fmt: skip
    sink = _piece(plan, room, (0.56, 0.1, 0.74, 0.21), (226, 232, 236))
    plan.canvas.outline([(x, y) for x, y in sink], weight=0.7)
    _piece(plan, room, (0.24, 0.52, 0.74, 0.72), mix(palette.dark, (200, 180, 150), 0.4))


def _bath(plan: Plan, room: Rect) -> None:
    tub = _piece(plan, room, (0.14, 0.1, 0.5, 0.6), (250, 252, 252))
    center = (tub[0][0] + tub[2][0]) / 2, (tub[0][1] + tub[2][1]) / 2
    plan.canvas.path(plan.canvas.ring(center, (tub[1][0] - tub[0][0]) * 0.36, flat=1.5, rough=0.02), weight=0.9)
    _piece(plan, room, (0.62, 0.12, 0.88, 0.26), (244, 246, 246))
    basin = _piece(plan, room, (0.16, 0.8, 0.4, 0.92), (244, 246, 246))
    plan.canvas.outline(basin, weight=0.7)


def _study(plan: Plan, room: Rect) -> None:
    palette = plan.canvas.board.palette
    _piece(plan, room, (0.14, 0.1, 0.8, 0.28), (206, 168, 124))
    _piece(plan, room, (0.38, 0.34, 0.58, 0.48), palette.accent)
    shelf = _piece(plan, room, (0.12, 0.82, 0.66, 0.93), (186, 150, 112))
    plan.canvas.hatch(shelf, gap=10, angle=pi / 2, tone=130)


def _measures(plan: Plan) -> None:
    canvas = plan.canvas
    y = plan.top + plan.tall + 34 * canvas.unit
    canvas.stroke((plan.left, y), (plan.left + plan.wide, y), weight=0.9, tone=120)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, tick = plan.left + plan.wide * share, 7 * canvas.unit
        canvas.stroke((x - tick, y + tick), (x + tick, y - tick), weight=1.1, tone=100)


def _north(plan: Plan) -> None:
    canvas = plan.canvas
    size = 24 * canvas.unit
    x, y = canvas.width - 2.4 * size, 2.6 * size
    canvas.path(canvas.ring((x, y), size, rough=0.02), weight=1.1)
    needle = [
        (x, y - size * 1.3),
        (x + size * 0.34, y + size * 0.5),
        (x, y + size * 0.2),
        (x - size * 0.34, y + size * 0.5),
    ]
    canvas.fill(needle, canvas.board.palette.dark)
    canvas.outline(needle, weight=1.1)


FURNITURE = {"living": _living, "bed": _bed, "kitchen": _kitchen, "bath": _bath, "study": _study}

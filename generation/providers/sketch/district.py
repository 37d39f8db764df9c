"""A neighborhood from above: streets, roofs, trees and a pond, with the place itself marked."""

from __future__ import annotations

from generation.providers.colors import RGB
from generation.providers.sketch.canvas import Canvas
from generation.providers.sketch.colors import mix, shade
from generation.providers.sketch.exterior import LAMPLIGHT, lit_wall
from generation.providers.sketch.nature import LAWNS, LEAVES, SKIES, lit
from generation.providers.sketch.space import Eye, Face, Solid, box, show, show_face

BLOCK, STREET = 13.0, 4.6  # meters: one side of a block, the width of a street
CELL = BLOCK + STREET


def draw_district(canvas: Canvas) -> None:
    """A slanted view over blocks of houses; the nearest middle house is in the accent color under a pin."""
    eye = _eye(canvas)
    lawn = lit(canvas, LAWNS[canvas.board.season])
    sky = SKIES[canvas.board.mood]
    canvas.gradient(0, canvas.height * 0.3, [canvas.board.palette.tinted(stop, 0.1) for stop in sky])
    far = [(-400.0, 0.0, 330.0), (400.0, 0.0, 330.0), (400.0, 0.0, -20.0), (-400.0, 0.0, -20.0)]
    show_face(canvas, eye, Face(list(far), lawn, weight=0), both_sides=True)
    canvas.soften(3)
    _streets(canvas, eye)
    park = (canvas.random.choice((-1, 0, 1)), canvas.random.choice((1, 2)))
    _park(canvas, eye, park)
    _blocks(canvas, eye, park)


def _eye(canvas: Canvas) -> Eye:
    wide = canvas.width / canvas.height
    shift = canvas.random.uniform(-7, 7)
    return Eye((shift, 36, -36), canvas.height * (0.86 + 0.2 * wide), (canvas.width / 2, canvas.height * 0.5), 0.6)


def _streets(canvas: Canvas, eye: Eye) -> None:
    color = lit(canvas, (216, 210, 200))
    for index in range(-4, 6):
        middle = index * CELL - STREET / 2
        along = [(middle - STREET / 2, 0.0, -30.0), (middle - STREET / 2, 0.0, 150.0)]
        across = [(-130.0, 0.0, middle - STREET / 2), (-130.0, 0.0, middle + STREET / 2)]
        rest = [(middle + STREET / 2, 0.0, 150.0), (middle + STREET / 2, 0.0, -30.0)]
        show_face(canvas, eye, Face([*along, *rest], color, weight=0.9), both_sides=True)
        ends = [(130.0, 0.0, middle + STREET / 2), (130.0, 0.0, middle - STREET / 2)]
        show_face(canvas, eye, Face([*across, *ends], color, weight=0.9), both_sides=True)


def _park(canvas: Canvas, eye: Eye, park: tuple[int, int]) -> None:
    left, near = park[0] * CELL, park[1] * CELL
    square = [
        (left, 0.0, near),
        (left, 0.0, near + BLOCK),
        (left + BLOCK, 0.0, near + BLOCK),
        (left + BLOCK, 0.0, near),
    ]
    show_face(canvas, eye, Face(square, lit(canvas, (138, 176, 112)), weight=1.0), both_sides=True)
    pond = eye.see([(left + 5, 0, near + 5), (left + 5, 0.01, near + 5)])
    if pond:
        radius = eye.scale((left + 5, 0, near + 5)) * 3.2
        canvas.blob(pond[0], radius, lit(canvas, (140, 178, 198)), flat=0.55)
        canvas.path(canvas.ring(pond[0], radius, flat=0.55), weight=1.0)


def _blocks(canvas: Canvas, eye: Eye, park: tuple[int, int]) -> None:
    """From the far blocks to the near ones, each with its houses and trees."""
    hero = (canvas.random.choice((-1, 0)), 0)
    for row in range(6, -2, -1):
        for column in sorted(range(-5, 6), key=lambda number: -abs(number)):
            if (column, row) == park:
                _grove(canvas, eye, column, row)
                continue
            chosen = (column, row) == hero
            _block(canvas, eye, column, row, chosen=chosen)
    _pin(canvas, eye, hero)


def _block(canvas: Canvas, eye: Eye, column: int, row: int, *, chosen: bool) -> None:
    left, near = column * CELL, row * CELL
    plots = [(left + 1.2, near + 7.4), (left + 7.2, near + 7.4), (left + 1.2, near + 1.0), (left + 7.2, near + 1.0)]
    for index, (x, z) in enumerate(plots):
        if canvas.random.random() < 0.12 and not chosen:
            _tree_at(canvas, eye, x + 2, z + 2)
            continue
        show(canvas, eye, _house(canvas, x, z, hero=chosen and index == 3), weight=0.8)
        if canvas.random.random() < 0.55:
            _tree_at(canvas, eye, x + canvas.random.choice((-0.4, 5.0)), z - 0.3)


def _house(canvas: Canvas, x: float, z: float, *, hero: bool) -> list[Solid]:
    palette, random = canvas.board.palette, canvas.random
    width, depth, height = random.uniform(3.6, 4.6), random.uniform(3.2, 4.2), random.uniform(2.4, 4.4)
    wall = lit_wall(canvas, palette.accent if hero else mix(random.choice(palette.colors), (248, 242, 230), 0.72))
    roof = lit(canvas, palette.dark if hero else mix(random.choice(palette.colors), (176, 110, 84), 0.4))
    if canvas.board.season == "winter":
        roof = (240, 243, 248)
    walls = box((x, 0, z), (x + width, height, z + depth), wall, lights=(1.0, 0.82, 1.0))
    evening = canvas.board.mood in ("twilight", "night")
    for place in (0.16, 0.58):
        bright = evening and random.random() < 0.7
        color = LAMPLIGHT if bright else shade(wall, 0.62)
        walls.faces[0].part(place, 0.34, place + 0.24, 0.76, color, glow=150 if bright else 0)
    return [walls, _roof(x, z, width, depth, height, roof)]


def _roof(x: float, z: float, width: float, depth: float, height: float, color: RGB) -> Solid:
    u, w, top, out = x + width, z + depth, height + 1.6, 0.3
    middle = (z + w) / 2
    front = [(x - out, height - 0.2, z - out), (x - out, top, middle), (u + out, top, middle), (u + out, height - 0.2,
             z - out)]  # fmt: skip
    back = [(u + out, height - 0.2, w + out), (u + out, top, middle), (x - out, top, middle), (x - out, height - 0.2,
            w + out)]  # fmt: skip
    slope = Face(front, color, 1.0)
    slope.lines = [(slope.at(0, n / 4), slope.at(1, n / 4)) for n in range(1, 4)]
    gable = shade(color, 0.9)
    return Solid(
        [
            Face(back, color, 0.82),
            Face([(u, height, z), (u, top, middle), (u, height, w)], gable, 0.9),
            Face([(x, height, w), (x, top, middle), (x, height, z)], gable, 0.9),
            slope,
        ]
    )


def _grove(canvas: Canvas, eye: Eye, column: int, row: int) -> None:
    for _ in range(9):
        x = column * CELL + canvas.random.choice((1.5, 2.5, 9.5, 11, 12))
        _tree_at(canvas, eye, x, row * CELL + canvas.random.uniform(1, 12))


def _tree_at(canvas: Canvas, eye: Eye, x: float, z: float) -> None:
    seen = eye.see([(x, 1.6, z), (x, 0, z)])
    if len(seen) != 2:
        return
    radius = eye.scale((x, 1, z)) * canvas.random.uniform(0.9, 1.5)
    color = lit(canvas, canvas.random.choice(LEAVES[canvas.board.season]))
    canvas.blob((seen[1][0] + radius * 0.3, seen[1][1]), radius * 0.8, shade(lit(canvas, (124, 140, 100)), 0.85),
                flat=0.4, hides=False)  # fmt: skip
    canvas.stroke(seen[1], seen[0], weight=1.2, tone=95)
    canvas.blob(seen[0], radius, shade(color, 0.88))
    high = seen[0][0] - radius * 0.25, seen[0][1] - radius * 0.28
    canvas.blob(high, radius * 0.6, color, hides=False)
    canvas.scribble(seen[0], radius)


def _pin(canvas: Canvas, eye: Eye, hero: tuple[int, int]) -> None:
    x, z = hero[0] * CELL + 9.3, hero[1] * CELL + 2.8
    seen = eye.see([(x, 10.5, z), (x, 5.6, z)])
    if len(seen) != 2:
        return
    head, tip = seen
    radius = eye.scale((x, 9, z)) * 1.7
    accent = mix(canvas.board.palette.accent, (196, 62, 48), 0.55)
    shape = [(head[0] - radius * 0.86, head[1] + radius * 0.5), (head[0] + radius * 0.86, head[1] + radius * 0.5), tip]
    canvas.fill(shape, accent)
    canvas.blob(head, radius, accent)
    canvas.path([shape[0], tip, shape[1]], weight=1.6)
    canvas.path(canvas.ring(head, radius, rough=0.02), weight=1.5)
    canvas.blob(head, radius * 0.4, (250, 246, 238))

"""A house in its garden, seen from the street: four kinds of house, any light, any season."""

from __future__ import annotations

from generation.providers.colors import RGB
from generation.providers.sketch.canvas import Canvas
from generation.providers.sketch.colors import mix, shade
from generation.providers.sketch.nature import ground, hills, light_of, lit, shrub, sky, tree, weather
from generation.providers.sketch.space import Eye, Face, Place, Solid, box, show, show_face, turned

LAMPLIGHT: RGB = (255, 220, 142)


def draw_exterior(canvas: Canvas) -> None:
    """Wide: sky, far hills, the house off center on a third, path, planting, a tree to frame it."""
    horizon = canvas.height * canvas.random.uniform(0.58, 0.62)
    eye = _eye(canvas, horizon)
    sky(canvas, horizon)
    hills(canvas, horizon)
    _far_trees(canvas, horizon)
    ground(canvas, horizon)
    solids, door, front = _house(canvas)
    _path(canvas, eye, door)
    _shadow(canvas, eye, front)
    _back_tree(canvas, eye)
    show(canvas, eye, solids)
    _planting(canvas, eye, front)
    _framing_tree(canvas, horizon)
    weather(canvas)


def _eye(canvas: Canvas, horizon: float) -> Eye:
    side = canvas.random.choice((0.46, 0.5, 0.56))
    wide = canvas.width / canvas.height
    focal = canvas.height * min(1.32, 0.62 + 0.44 * wide)
    return Eye((0, 1.9, -16.5), focal, (canvas.width * side, horizon))


def _house(canvas: Canvas) -> tuple[list[Solid], Place, Face]:
    kind = _kind(canvas)
    angle = canvas.random.choice((-1, 1)) * canvas.random.uniform(0.3, 0.52)
    if kind == "modern":
        solids = _modern(canvas)
    elif kind == "row":
        solids = _row(canvas)
    else:
        solids = _gabled(canvas, low=kind == "bungalow")
    solids = [turned(solid, angle, (0, 0)) for solid in solids]
    front = solids[0].faces[0]
    x, _, z = front.at(0.5, 0)
    return solids, (x, 0, z), front


def _kind(canvas: Canvas) -> str:
    board = canvas.board
    if board.subject_says("modern|contemporary|minimal|flat roof|concrete|villa"):
        return "modern"
    if board.subject_says("townhouse|terraced|row house|row of|apartment|block of flats|city"):
        return "row"
    if board.subject_says("bungalow|ranch|cottage|cabin"):
        return "bungalow"
    return "gabled"


def _gabled(canvas: Canvas, *, low: bool) -> list[Solid]:
    """A main house under a ridge, with a gabled wing in front and a chimney."""
    wall, roof, trim = _colors(canvas)
    height = 3.0 if low else 5.2
    main = _walls((-4.6, 0, -2.6), (4.6, height, 3.2), wall)
    _windows(canvas, main.faces[0], columns=5, stories=1 if low else 2, trim=trim, door=2)
    for side in main.faces[1:3]:
        _windows(canvas, side, columns=2, stories=1 if low else 2, trim=trim)
    wing_at = canvas.random.choice((-4.9, 1.7))
    wing = _walls((wing_at, 0, -4.4), (wing_at + 3.2, height * 0.92, -2.4), wall)
    _windows(canvas, wing.faces[0], columns=1, stories=1 if low else 2, trim=trim, wide=True)
    rise = canvas.random.uniform(2.0, 2.9)
    back = -2.6 + 2.9 * (0.72 - 0.08 * height / rise)  # where the wing's ridge meets the main roof
    return [
        main,
        _roof((-4.6, height, -2.6), (4.6, height, 3.2), rise, roof, wall),
        wing,
        _front_gable(
            (wing_at, height * 0.92, -4.4), (wing_at + 3.2, height * 0.92, -2.6), rise * 0.72, roof, wall, back=back
        ),
        box((2.6, height + 1, -0.2), (3.4, height + rise + 0.9, 0.6), mix(roof, (170, 92, 70), 0.5)),
        _porch(trim, roof),
    ]


def _modern(canvas: Canvas) -> list[Solid]:
    """Stacked flat-roofed boxes with much glass and a timber volume."""
    wall, roof, _ = _colors(canvas)
    timber = canvas.board.palette.tinted((176, 134, 92), 0.35)
    low = _walls((-5.4, 0, -2.8), (4.2, 3.0, 3), wall)
    _glass(canvas, low.faces[0], 0.05, 0.04, 0.4, 0.84, panes=4)
    _door(canvas, low.faces[0], 0.47, 0.55)
    _glass(canvas, low.faces[0], 0.66, 0.3, 0.94, 0.8, panes=3)
    shift = canvas.random.choice((-3.2, -0.8))
    high = _walls((shift, 3.2, -3.9), (shift + 6.6, 6.0, 2.2), timber)
    _glass(canvas, high.faces[0], 0.08, 0.2, 0.62, 0.86, panes=4)
    _glass(canvas, high.faces[0], 0.74, 0.2, 0.92, 0.86, panes=1)
    for solid in (low, high):
        _glass(canvas, solid.faces[1], 0.2, 0.25, 0.6, 0.8, panes=2)
        _glass(canvas, solid.faces[2], 0.3, 0.25, 0.7, 0.8, panes=2)
    dark = shade(roof, 0.9)
    return [
        low,
        box((-5.7, 3.0, -3.2), (4.5, 3.22, 3.2), dark),
        high,
        box((shift - 0.3, 6.0, -4.3), (shift + 6.9, 6.24, 2.4), dark),
    ]


def _row(canvas: Canvas) -> list[Solid]:
    """Three narrow houses side by side, each its own color and roof."""
    wall, roof, trim = _colors(canvas)
    palette = canvas.board.palette
    walls = [wall, lit_wall(canvas, palette.middle), lit_wall(canvas, palette.accent)]
    canvas.random.shuffle(walls)
    solids: list[Solid] = []
    for index, color in enumerate(walls):
        left, height = -6.0 + index * 4.0, canvas.random.uniform(5.3, 6.3)
        house = _walls((left, 0, -2.6), (left + 4.0, height, 3.4), color)
        _windows(canvas, house.faces[0], columns=3, stories=3, trim=trim, door=canvas.random.choice((0, 2)))
        for side in house.faces[1:3]:
            _windows(canvas, side, columns=2, stories=3, trim=trim)
        if canvas.random.random() < 0.6:
            top = _front_gable((left, height, -2.6), (left + 4, height, 3.4), 1.7, roof, color)
        else:
            top = _roof((left, height, -2.6), (left + 4, height, 3.4), 1.6, roof, color)
        solids += [house, top]
    return [solids[2], solids[3], solids[0], solids[1], solids[4], solids[5]]


def _colors(canvas: Canvas) -> tuple[RGB, RGB, RGB]:
    """Wall, roof and trim from the palette, in this light."""
    palette = canvas.board.palette
    roof = (238, 241, 246) if canvas.board.season == "winter" else mix(palette.dark, (96, 88, 92), 0.25)
    roof = roof if canvas.board.season == "winter" else palette.part("roof", roof)
    wall = palette.part("wall", palette.light)
    return lit_wall(canvas, wall), lit(canvas, roof), lit(canvas, (250, 248, 242))


def lit_wall(canvas: Canvas, color: RGB) -> RGB:
    return mix(mix(color, (250, 244, 232), 0.12), (58, 58, 98), (1 - light_of(canvas)) * 0.8)


def _walls(low: Place, high: Place, color: RGB) -> Solid:
    solid = box(low, high, color, lights=(1.0, 0.8, 1.05))
    for side in solid.faces[1:3]:
        side.hatch = 13
    return solid


def _windows(
    canvas: Canvas, face: Face, *, columns: int, stories: int, trim: RGB, door: int = -1, wide: bool = False
) -> None:
    """A grid of windows on a wall; one column may hold the door below."""
    step = 1 / columns
    half = step * (0.34 if wide else 0.26)
    for story in range(stories):
        low, high = (story + 0.3) / stories, (story + 0.8) / stories
        for column in range(columns):
            middle = (column + 0.5) * step
            if story == 0 and column == door:
                _door(canvas, face, middle - step * 0.27, middle + step * 0.27, top=0.86 / stories)
                continue
            face.part(middle - half * 1.18, low - 0.03 / stories, middle + half * 1.18, high + 0.03 / stories, trim)
            _glass(canvas, face, middle - half, low, middle + half, high, panes=2, rows=2)


def _glass(
    canvas: Canvas, face: Face, left: float, low: float, right: float, high: float, *, panes: int, rows: int = 1
) -> None:
    evening = canvas.board.mood in ("twilight", "night")
    share = 1.0 if canvas.board.mentions("every window|all windows|windows lit") else 0.75
    bright = evening and canvas.random.random() < share
    color = LAMPLIGHT if bright else lit(canvas, (138, 164, 184))
    pane = face.part(left, low, right, high, color, glow=215 if bright else 0, hatch=0 if bright else 8)
    pane.cross(panes, rows)


def _door(canvas: Canvas, face: Face, left: float, right: float, *, top: float = 0.76) -> None:
    face.part(left - 0.012, 0, right + 0.012, top + 0.03, lit(canvas, (250, 248, 242)))
    leaf = face.part(left, 0, right, top, mix(_door_color(canvas), (50, 46, 70), (1 - light_of(canvas)) * 0.5))
    leaf.lines += [(leaf.at(0.78, 0.45), leaf.at(0.86, 0.45)), (leaf.at(0.2, 0.55), leaf.at(0.8, 0.55))]


def _door_color(canvas: Canvas) -> RGB:
    return canvas.board.palette.part("door", canvas.board.palette.accent)


def _roof(low: Place, high: Place, rise: float, color: RGB, wall: RGB) -> Solid:
    """A roof whose ridge runs along x, with gable triangles in the wall's color."""
    (x, y, z), (u, _, w) = low, high
    out, ridge, middle = 0.45, y + rise, (z + w) / 2
    drop = y - out * rise / ((w - z) / 2)
    front = Face([(x - out, drop, z - out), (x - out, ridge, middle), (u + out, ridge, middle), (u + out, drop, z
                 - out)], color, 1.0)  # fmt: skip
    front.lines = [(front.at(0, n / 6), front.at(1, n / 6)) for n in range(1, 6)]
    return Solid(
        [
            Face([(u, y, z), (u, ridge, middle), (u, y, w)], wall, 0.8, hatch=13),
            Face([(x, y, w), (x, ridge, middle), (x, y, z)], wall, 0.8, hatch=13),
            front,
        ]
    )


def _front_gable(low: Place, high: Place, rise: float, color: RGB, wall: RGB, *, back: float | None = None) -> Solid:
    """A roof whose gable looks at the street; its ridge may run on to `back`."""
    (x, y, z), (u, _, w) = low, high
    out, middle, ridge = 0.35, (x + u) / 2, y + rise
    drop = y - out * rise / ((u - x) / 2)
    end = w if back is None else back
    left = [(x - out, drop, w), (middle, ridge, end), (middle, ridge, z - out), (x - out, drop, z - out)]
    right = [(u + out, drop, z - out), (middle, ridge, z - out), (middle, ridge, end), (u + out, drop, w)]
    gable = Face([(x, y, z), (middle, ridge, z), (u, y, z)], wall, 1.0)
    edge = 0.16
    boards = [
        Face([(x - out, drop, z - out), (middle, ridge, z - out), (middle, ridge - edge * 2, z - out), (x - out + edge,
             drop - 0.06, z - out)], (248, 246, 240), 0.96, weight=1.1),
        Face([(middle, ridge, z - out), (u + out, drop, z - out), (u + out - edge, drop - 0.06, z - out), (middle, ridge
             - edge * 2, z - out)], (248, 246, 240), 0.96, weight=1.1),
    ]  # fmt: skip
    return Solid([Face(left, color, 0.9), Face(right, color, 0.86, hatch=12), gable, *boards])


def _porch(trim: RGB, roof: RGB) -> Solid:
    """A flat canopy on two posts before the door."""
    canopy = box((-1.1, 2.55, -4.1), (1.1, 2.75, -2.6), roof, lights=(0.9, 0.8, 1.05))
    posts = [box((x, 0, -4.05), (x + 0.14, 2.55, -3.9), trim) for x in (-1.05, 0.9)]
    step = box((-1.2, 0, -4.2), (1.2, 0.18, -2.6), (214, 206, 194))
    return Solid([*step.faces, *(face for post in posts for face in post.faces), *canopy.faces])


def _path(canvas: Canvas, eye: Eye, door: Place) -> None:
    x, _, z = door
    bend = canvas.random.uniform(-2.2, 2.2)
    color = lit(canvas, (218, 206, 186))
    path = Face([(bend - 0.9, 0, -14.2), (x - 0.75, 0, z), (x + 0.75, 0, z), (bend + 0.9, 0, -14.2)], color, weight=0)
    path.lines = [(path.at(0, n / 14), path.at(1, n / 14)) for n in range(1, 14)]
    show_face(canvas, eye, path, both_sides=True)
    for start, end in ((0, 1), (3, 2)):
        seen = eye.see([path.places[start], path.places[end]])
        if len(seen) == 2:
            canvas.stroke(seen[0], seen[1], weight=1.2, tone=120)


def _shadow(canvas: Canvas, eye: Eye, front: Face) -> None:
    """The dark under the walls that sets the house on the ground."""
    a, d = front.at(-0.05, 0), front.at(1.05, 0)
    points = eye.see([a, (a[0] + 0.3, 0, a[2] - 1.4), (d[0] + 0.9, 0, d[2] - 1.4), d])
    lawn = lit(canvas, (112, 132, 88) if canvas.board.season != "winter" else (196, 204, 220))
    canvas.fill(points, shade(lawn, 0.86), hides=False)
    canvas.hatch(points, gap=7, angle=0.12, tone=150)


def _planting(canvas: Canvas, eye: Eye, front: Face) -> None:
    for share in (0.02, 0.12, 0.3, 0.68, 0.78, 0.9, 1.0):
        if canvas.random.random() < 0.82:
            x, _, z = front.at(share, 0)
            foot = eye.see([(x, 0, z - 0.8), (x, 0.01, z - 0.8)])
            radius = eye.scale((x, 0, z)) * canvas.random.uniform(0.45, 0.8)
            if foot:
                shrub(canvas, foot[0], radius)


def _far_trees(canvas: Canvas, horizon: float) -> None:
    for _ in range(9):
        x = canvas.random.uniform(0, canvas.width)
        height = canvas.height * canvas.random.uniform(0.05, 0.13)
        shrub(canvas, (x, horizon + 3), height * 0.5)


def _back_tree(canvas: Canvas, eye: Eye) -> None:
    side = canvas.random.choice((-1, 1))
    for reach, height in ((7.2, 7.5), (9.4, 6.2)):
        foot = eye.see([(side * reach, 0, 5.0), (side * reach, 0.01, 5.0)])
        if foot:
            tree(canvas, foot[0], eye.scale((side * reach, 0, 5)) * height, conifer=canvas.random.random() < 0.4)


def _framing_tree(canvas: Canvas, horizon: float) -> None:
    left = canvas.random.random() < 0.5
    x = canvas.width * (canvas.random.uniform(0.02, 0.09) if left else canvas.random.uniform(0.91, 0.98))
    tree(canvas, (x, horizon + canvas.height * 0.26), canvas.height * canvas.random.uniform(0.72, 0.86))

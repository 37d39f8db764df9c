"""A furnished room in one-point perspective: living, bedroom, kitchen, dining or work."""

from __future__ import annotations

from collections.abc import Callable

from generation.providers.colors import RGB
from generation.providers.sketch.canvas import Canvas
from generation.providers.sketch.colors import mix, shade
from generation.providers.sketch.exterior import LAMPLIGHT
from generation.providers.sketch.nature import SKIES
from generation.providers.sketch.space import Eye, Face, Place, Solid, box, show, show_face

Furnishing = Callable[["Room"], list[Solid]]
WOOD: RGB = (186, 148, 108)


class Room:
    """The measures of one room in meters, and its colors."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.random = canvas, canvas.random
        palette = canvas.board.palette
        wide = canvas.width / canvas.height
        self.half = 2.9 * min(1.5, max(0.78, wide / 1.45))
        self.depth, self.height = self.random.uniform(4.6, 5.2), 2.75
        side = self.random.choice((0.4, 0.5, 0.6))
        # The vanishing point lies off the middle, so that one side wall shows more than the other.
        focal = canvas.width / self.half * (2.15 if wide > 1 else 2.4)
        self.eye = Eye((0.0, 1.35, -1.85), focal, (canvas.width * side, canvas.height * 0.46))
        self.mirror = 1 if side <= 0.5 else -1
        self.wall = mix(palette.part("wall", palette.light), (252, 248, 240), 0.35)
        self.floor = palette.part("floor", palette.tinted(WOOD, 0.25))
        self.soft = palette.part("sofa", palette.middle)
        self.accent, self.dark = palette.accent, palette.dark
        self.evening = canvas.board.mood in ("twilight", "night")

    def box(self, low: Place, high: Place, color: RGB) -> Solid:
        """A box with a soft shading; mirrored together with the room."""
        (x, y, z), (u, v, w) = low, high
        if self.mirror < 0:
            x, u = -u, -x
        return box((x, y, z), (u, v, w), self.dim(color), lights=(0.92, 0.78, 1.08))

    def dim(self, color: RGB) -> RGB:
        return mix(color, (70, 62, 92), 0.3) if self.evening else color


def draw_interior(canvas: Canvas) -> None:
    """Shell, window light on the floor, rug and furniture, a lamp and a picture on the wall."""
    room = Room(canvas)
    _shell(room)
    _openings(room)
    _sun_patch(room)
    _furnish(room)
    _pendant(room)


def furnish(canvas: Canvas) -> None:
    """The furniture and a plant alone, in a room that is there already."""
    _furnish(Room(canvas))


def _furnish(room: Room) -> None:
    solids = FURNISHINGS.get(room.canvas.board.room, _living)(room)
    _plant(room)
    show(room.canvas, room.eye, solids, weight=0.95)


def _shell(room: Room) -> None:
    canvas, h, half, far = room.canvas, room.height, room.half, room.depth
    near = -1.2
    floor = Face([(-half, 0, near), (-half, 0, far), (half, 0, far), (half, 0, near)], room.dim(room.floor), 1.0)
    floor.lines = [(floor.at(n / 13, 0), floor.at(n / 13, 1)) for n in range(1, 13)]
    ceiling = Face([(-half, h, far), (-half, h, near), (half, h, near), (half, h, far)], room.dim((250, 247, 240)))
    left = Face([(-half, 0, near), (-half, h, near), (-half, h, far), (-half, 0, far)], room.dim(room.wall), 0.93)
    right = Face([(half, 0, far), (half, h, far), (half, h, near), (half, 0, near)], room.dim(room.wall), 0.86)
    back = Face([(-half, 0, far), (-half, h, far), (half, h, far), (half, 0, far)], room.dim(room.wall), 1.02)
    for wall in (left, right, back):
        wall.part(0, 0, 1, 0.045, room.dim((248, 246, 240)))
    for face in (ceiling, floor, left, right, back):
        show_face(canvas, room.eye, face, both_sides=True)


def _openings(room: Room) -> None:
    """A tall window in one side wall with curtains, and a picture or window behind."""
    x, far = -room.half * room.mirror, room.depth
    start = room.random.uniform(0.9, 1.4)
    for index in range(2):
        z = start + index * 1.6
        _window(room, [(x, 0.35, z), (x, 2.4, z), (x, 2.4, z + 1.25), (x, 0.35, z + 1.25)])
    _curtain(room, x, start - 0.35)
    _curtain(room, x, start + 3.0)
    if room.canvas.board.room in ("living", "bedroom", "dining", "office"):
        _picture(room, far)


def _window(room: Room, places: list[Place]) -> None:
    outside = SKIES["twilight"][1] if room.evening else (214, 232, 240)
    frame = Face(places, room.dim((252, 250, 246)), weight=1.5)
    glass = frame.part(0.06, 0.04, 0.94, 0.96, outside, glow=0 if room.evening else 120)
    glass.part(0, 0, 1, 0.3, mix(outside, (128, 156, 108), 0.6))
    frame.lines += [(frame.at(0.5, 0.04), frame.at(0.5, 0.96)), (frame.at(0.06, 0.66), frame.at(0.94, 0.66))]
    show_face(room.canvas, room.eye, frame, both_sides=True)
    bars = Face(places, (0, 0, 0))
    bars.cross(2, 3)
    for start, end in bars.lines:
        seen = room.eye.see([start, end])
        if len(seen) == 2:
            room.canvas.stroke(seen[0], seen[1], weight=1.5, tone=90)


def _curtain(room: Room, x: float, z: float) -> None:
    inside = x + 0.06 * room.mirror
    cloth = Face([(inside, 0.05, z), (inside, 2.55, z), (inside, 2.55, z + 0.42), (inside, 0.05, z + 0.42)],
                 room.dim(mix(room.soft, (252, 246, 236), 0.5)))  # fmt: skip
    cloth.lines = [(cloth.at(n / 5, 0), cloth.at(n / 5, 1)) for n in range(1, 5)]
    show_face(room.canvas, room.eye, cloth, both_sides=True)


def _picture(room: Room, far: float) -> None:
    middle = room.random.uniform(-0.3, 0.5) * room.mirror
    for shift in room.random.choice(((0.0,), (-0.55, 0.55))):
        x, half = middle + shift, 0.42 if shift else 0.72
        back = far - 0.02
        frame = Face([(x - half, 1.35, back), (x - half, 2.15, back), (x + half, 2.15, back), (x + half, 1.35, back)],
                     room.dim((250, 247, 240)))  # fmt: skip
        art = frame.part(0.1, 0.1, 0.9, 0.9, room.dim(mix(room.accent, (244, 238, 226), 0.45)))
        art.part(0, 0, 1, room.random.uniform(0.3, 0.5), room.dim(mix(room.dark, (240, 230, 215), 0.35)))
        show_face(room.canvas, room.eye, frame, both_sides=True)


def _sun_patch(room: Room) -> None:
    if room.evening:
        return
    x = (-room.half + 0.5) * room.mirror
    for z in (1.0, 2.5):
        places = [(x, 0.0, z), (x + 1.6 * room.mirror, 0.0, z - 0.5), (x + 1.6 * room.mirror, 0.0, z + 0.5)]
        points = room.eye.see([*places, (x, 0.0, z + 1.0)])
        room.canvas.fill(points, shade(room.floor, 1.35), hides=False)


def _rug(room: Room, left: float, near: float, right: float, far: float) -> Solid:
    solid = room.box((left, 0, near), (right, 0.02, far), mix(room.accent, (246, 238, 224), 0.5))
    top = solid.faces[3]
    top.part(0.06, 0.08, 0.94, 0.92, room.dim(mix(room.accent, (246, 238, 224), 0.66)))
    return solid


def _living(room: Room) -> list[Solid]:
    far = room.depth
    sofa = room.soft
    low = far - 1.25
    table = room.random.choice((1.9, 2.15))
    solids = [
        _rug(room, -1.5, 1.5, 1.7, 3.3),
        room.box((-1.35, 0.12, low), (1.45, 0.46, far - 0.3), sofa),
        room.box((-1.35, 0.4, far - 0.5), (1.45, 0.92, far - 0.25), shade(sofa, 0.95)),
        room.box((-1.55, 0.12, low), (-1.33, 0.64, far - 0.25), sofa),
        room.box((1.43, 0.12, low), (1.65, 0.64, far - 0.25), sofa),
    ]
    for x, color in ((-1.2, room.accent), (-0.75, mix(room.accent, (252, 246, 236), 0.6)), (0.95, room.accent)):
        solids.append(room.box((x, 0.46, far - 0.72), (x + 0.42, 0.84, far - 0.55), color))
    solids += _table(room, (-0.6, table), (0.7, table + 0.62), 0.4)
    solids += _armchair(room, room.half - 1.35, 2.2)
    return solids


def _bedroom(room: Room) -> list[Solid]:
    far = room.depth
    cloth = mix(room.soft, (250, 246, 238), 0.62)
    return [
        _rug(room, -1.9, 1.7, 1.9, 3.2),
        room.box((-1.1, 0.3, far - 0.18), (1.1, 1.25, far - 0.02), room.dark),
        room.box((-1.0, 0.16, far - 2.2), (1.0, 0.5, far - 0.2), (248, 244, 236)),
        room.box((-1.05, 0.2, far - 2.25), (1.05, 0.58, far - 0.95), cloth),
        room.box((-1.08, 0.34, far - 2.05), (1.08, 0.62, far - 1.5), room.accent),
        room.box((-0.85, 0.56, far - 0.66), (-0.1, 0.8, far - 0.26), (252, 250, 244)),
        room.box((0.1, 0.56, far - 0.66), (0.85, 0.8, far - 0.26), (252, 250, 244)),
        room.box((-1.75, 0, far - 0.6), (-1.25, 0.5, far - 0.1), WOOD),
        room.box((1.25, 0, far - 0.6), (1.75, 0.5, far - 0.1), WOOD),
        *_lamp(room, -1.5, 0.5, far - 0.35),
        *_lamp(room, 1.5, 0.5, far - 0.35),
    ]


def _kitchen(room: Room) -> list[Solid]:
    far = room.depth
    cupboard = mix(room.soft, (246, 242, 234), 0.15)
    run = room.box((-1.9, 0, far - 0.65), (room.half - 0.1, 0.9, far - 0.02), cupboard)
    upper = room.box((-0.4, 1.5, far - 0.4), (room.half - 0.1, 2.3, far - 0.02), cupboard)
    for face in (run.faces[0], upper.faces[0]):
        face.cross(5, 1)
    island = room.box((-1.3, 0, 1.9), (1.3, 0.88, 2.75), mix(room.dark, cupboard, 0.2))
    island.faces[0].cross(3, 1)
    top = (242, 238, 230)
    stools = [part for x in (-0.95, -0.15, 0.65) for part in _stool(room, x, 1.35)]
    return [
        run,
        room.box((-1.95, 0.9, far - 0.7), (room.half - 0.08, 0.96, far - 0.02), top),
        room.box((-1.95, 0, far - 0.7), (-1.2, 2.05, far - 0.02), (226, 228, 228)),
        upper,
        island,
        room.box((-1.4, 0.88, 1.8), (1.4, 0.95, 2.8), top),
        *stools,
        room.box((0.5, 0.95, 2.2), (0.78, 1.1, 2.45), room.accent),
    ]


def _dining(room: Room) -> list[Solid]:
    chairs = [part for x in (-0.95, -0.1, 0.75) for z in (1.55, 3.2) for part in _chair(room, x, z)]
    board = room.box((-1.9, 0, room.depth - 0.5), (1.9, 0.82, room.depth - 0.05), WOOD)
    board.faces[0].cross(4, 1)
    bowl = room.box((-0.2, 0.76, 2.45), (0.25, 0.9, 2.75), room.accent)
    return [_rug(room, -1.9, 1.3, 1.9, 3.8), *_table(room, (-1.3, 2.05), (1.3, 3.05), 0.74), *chairs, board, bowl]


def _office(room: Room) -> list[Solid]:
    far = room.depth
    shelves = room.box((-1.9, 0, far - 0.4), (-0.7, 2.2, far - 0.02), WOOD)
    shelves.faces[0].cross(2, 5)
    return [
        shelves,
        *_table(room, (-0.4, far - 1.3), (1.7, far - 0.5), 0.74),
        room.box((0.3, 0.8, far - 0.75), (1.0, 1.25, far - 0.7), (70, 74, 82)),
        *_chair(room, 0.4, far - 2.1),
        *_lamp(room, 1.5, 0.78, far - 0.7),
        _rug(room, -0.8, 1.6, 1.8, 3.4),
        *_armchair(room, room.half - 1.35, 1.9),
    ]


def _table(room: Room, near: tuple[float, float], far: tuple[float, float], height: float) -> list[Solid]:
    (x, z), (u, w) = near, far
    legs = [(x + 0.05, z + 0.05), (u - 0.11, z + 0.05), (x + 0.05, w - 0.11), (u - 0.11, w - 0.11)]
    parts = [room.box((a, 0, b), (a + 0.06, height, b + 0.06), WOOD) for a, b in legs]
    return [*parts, room.box((x, height, z), (u, height + 0.05, w), shade(WOOD, 1.06))]


def _armchair(room: Room, x: float, z: float) -> list[Solid]:
    color = mix(room.accent, (244, 236, 222), 0.25)
    return [
        room.box((x, 0.14, z), (x + 0.8, 0.44, z + 0.8), color),
        room.box((x + 0.66, 0.4, z), (x + 0.86, 0.95, z + 0.8), color),
    ]


def _stool(room: Room, x: float, z: float) -> list[Solid]:
    legs = [room.box((x + dx, 0, z + dz), (x + dx + 0.04, 0.66, z + dz + 0.04), room.dark)
            for dx in (0.02, 0.3) for dz in (0.02, 0.3)]  # fmt: skip
    return [*legs, room.box((x, 0.66, z), (x + 0.36, 0.72, z + 0.36), WOOD)]


def _chair(room: Room, x: float, z: float) -> list[Solid]:
    color = room.soft
    legs = [room.box((x + dx, 0, z + dz), (x + dx + 0.04, 0.44, z + dz + 0.04), WOOD)
            for dx in (0.02, 0.38) for dz in (0.02, 0.38)]  # fmt: skip
    back = z + 0.4 if z > room.depth / 2 else z
    return [*legs, room.box((x, 0.44, z), (x + 0.44, 0.5, z + 0.44), color),
            room.box((x, 0.5, back), (x + 0.44, 0.95, back + 0.04), color)]  # fmt: skip


def _lamp(room: Room, x: float, y: float, z: float) -> list[Solid]:
    shadow = room.box((x - 0.16, y + 0.28, z - 0.16), (x + 0.16, y + 0.55, z + 0.16), LAMPLIGHT)
    for face in shadow.faces:
        face.glow = 230 if room.evening else 90
    return [room.box((x - 0.025, y, z - 0.025), (x + 0.025, y + 0.3, z + 0.025), room.dark), shadow]


def _plant(room: Room) -> None:
    x, z = (room.half - 0.5) * room.mirror, room.depth - 0.6
    pot = box((x - 0.2, 0, z - 0.2), (x + 0.2, 0.42, z + 0.2), room.dim((206, 170, 140)))
    show(room.canvas, room.eye, [pot])
    scale, green = room.eye.scale((x, 0, z)), room.dim(room.canvas.board.palette.tinted((104, 140, 96), 0.2))
    for lean in (-0.24, -0.1, 0.05, 0.2):
        stem = room.eye.see([(x, 0.42, z), (x + lean, 1.2, z)])
        if len(stem) == 2:
            room.canvas.stroke(stem[0], stem[1], weight=1.1, tone=90)
    for _ in range(17):
        place = (x + room.random.uniform(-0.3, 0.3), room.random.uniform(0.66, 1.4), z)
        center = room.eye.see([place, place])
        if center:
            radius = scale * room.random.uniform(0.09, 0.15)
            room.canvas.blob(center[0], radius, shade(green, room.random.uniform(0.82, 1.1)), flat=0.8)
            room.canvas.scribble(center[0], radius, flat=0.8)


def _pendant(room: Room) -> None:
    z = 2.4 if room.canvas.board.room in ("kitchen", "dining") else 2.9
    for x in (-0.7, 0.7) if room.canvas.board.room in ("kitchen", "dining") else (0.1,):
        seen = room.eye.see([(x, room.height, z), (x, 2.15, z)])
        if len(seen) != 2:
            continue
        room.canvas.stroke(seen[0], seen[1], weight=1.1, over=0)
        size = room.eye.scale((x, 2.1, z)) * 0.2
        foot = seen[1]
        hood = [(foot[0] - size * 0.35, foot[1]), (foot[0] + size * 0.35, foot[1]), (foot[0] + size, foot[1] + size)]
        hood.append((foot[0] - size, foot[1] + size))
        room.canvas.fill(hood, LAMPLIGHT if room.evening else room.accent)
        room.canvas.outline(hood, weight=1.2)
        if room.evening:
            room.canvas.glow(hood)


FURNISHINGS: dict[str, Furnishing] = {
    "living": _living,
    "bedroom": _bedroom,
    "kitchen": _kitchen,
    "dining": _dining,
    "office": _office,
}

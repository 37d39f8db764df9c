"""Solids in space and the eye that sees them: x to the right, y up, z away, in meters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, sin
from typing import Any

from generation.providers.colors import RGB
from generation.providers.sketch.canvas import Canvas, Point
from generation.providers.sketch.colors import shade

Place = tuple[float, float, float]
NEAR = 0.15  # meters before the eye at which everything is cut


@dataclass(frozen=True)
class Eye:
    """Where one stands and looks: `focal` in pixels, `center` the vanishing point straight ahead."""

    place: Place
    focal: float
    center: Point
    pitch: float = 0.0  # radians; positive looks down

    def depth(self, place: Place) -> float:
        return self._turned(place)[2]

    def see(self, places: Sequence[Place]) -> list[Point]:
        """The outline of a flat shape as seen; empty when it lies behind."""
        return [self._flat(turned) for turned in _before([self._turned(place) for place in places])]

    def scale(self, place: Place) -> float:
        """Pixels for one meter at this place; 0 behind the eye."""
        depth = self.depth(place)
        return self.focal / depth if depth > NEAR else 0.0

    def _turned(self, place: Place) -> Place:
        x, y, z = (a - b for a, b in zip(place, self.place, strict=True))
        return x, y * cos(self.pitch) + z * sin(self.pitch), z * cos(self.pitch) - y * sin(self.pitch)

    def _flat(self, turned: Place) -> Point:
        x, y, z = turned
        return self.center[0] + self.focal * x / z, self.center[1] - self.focal * y / z


@dataclass
class Face:
    """A flat, convex piece of a solid, its corners clockwise as seen from outside."""

    places: list[Place]
    color: RGB
    light: float = 1.0
    weight: float = 1.5
    hatch: float = 0.0  # gap of the shading strokes; 0 for none
    glow: int = 0
    marks: list[Face] = field(default_factory=list)  # windows, doors: drawn on top of it
    lines: list[tuple[Place, Place]] = field(default_factory=list)

    def part(self, left: float, low: float, right: float, high: float, color: RGB, **more: Any) -> Face:
        """A rectangle on this face, in shares of its width and height from its lower left corner; it is marked."""
        corners = [self.at(left, low), self.at(left, high), self.at(right, high), self.at(right, low)]
        mark = Face(corners, color, weight=1.1, **more)
        self.marks.append(mark)
        return mark

    def at(self, across: float, up: float) -> Place:
        """A place on this four-cornered face (lower left, upper left, upper right, lower right)."""
        a, b, c, d = self.places
        low = tuple(p + (q - p) * across for p, q in zip(a, d, strict=True))
        high = tuple(p + (q - p) * across for p, q in zip(b, c, strict=True))
        x, y, z = (p + (q - p) * up for p, q in zip(low, high, strict=True))
        return x, y, z

    def cross(self, across: int = 2, up: int = 2) -> None:
        """Bars that divide this face into panes."""
        self.lines += [(self.at(n / across, 0), self.at(n / across, 1)) for n in range(1, across)]
        self.lines += [(self.at(0, n / up), self.at(1, n / up)) for n in range(1, up)]


@dataclass
class Solid:
    """Faces that belong together; only those that look at the eye are drawn."""

    faces: list[Face]

    def center(self) -> Place:
        places = [place for face in self.faces for place in face.places]
        x, y, z = (sum(values) / len(places) for values in zip(*places, strict=True))
        return x, y, z


def box(low: Place, high: Place, color: RGB, *, lights: tuple[float, float, float] = (1.0, 0.82, 1.1)) -> Solid:
    """An upright box between two corners; `lights` of its front, its sides and its top. Front is faces[0]."""
    (x, y, z), (u, v, w) = low, high
    front, side, top = lights
    return Solid(
        [
            Face([(x, y, z), (x, v, z), (u, v, z), (u, y, z)], color, front),
            Face([(u, y, z), (u, v, z), (u, v, w), (u, y, w)], color, side),
            Face([(x, y, w), (x, v, w), (x, v, z), (x, y, z)], color, side),
            Face([(x, v, z), (x, v, w), (u, v, w), (u, v, z)], color, top),
        ]
    )


def turned(solid: Solid, angle: float, about: tuple[float, float]) -> Solid:
    """The solid turned around an upright axis through x, z; changes it in place and returns it."""

    def turn(place: Place) -> Place:
        x, z = place[0] - about[0], place[2] - about[1]
        return about[0] + x * cos(angle) - z * sin(angle), place[1], about[1] + x * sin(angle) + z * cos(angle)

    def turn_face(face: Face) -> None:
        face.places = [turn(place) for place in face.places]
        face.lines = [(turn(a), turn(b)) for a, b in face.lines]
        for mark in face.marks:
            turn_face(mark)

    for face in solid.faces:
        turn_face(face)
    return solid


def show(canvas: Canvas, eye: Eye, solids: Sequence[Solid], *, weight: float = 1.0) -> None:
    """Draws solids from the farthest to the nearest."""
    for solid in sorted(solids, key=lambda item: -eye.depth(item.center())):
        for face in solid.faces:
            show_face(canvas, eye, face, weight=weight)


def show_face(canvas: Canvas, eye: Eye, face: Face, *, weight: float = 1.0, both_sides: bool = False) -> None:
    points = eye.see(face.places)
    if len(points) < 3 or (not both_sides and _area(points) <= 0):
        return
    canvas.fill(points, shade(face.color, face.light))
    if face.glow:
        canvas.glow(points, face.glow)
    if face.hatch:
        canvas.hatch(points, gap=face.hatch)
    if face.weight:
        canvas.outline(points, weight=face.weight * weight)
    for start, end in face.lines:
        seen = eye.see([start, end])
        if len(seen) == 2:
            canvas.stroke(seen[0], seen[1], weight=0.9 * weight, tone=105)
    for mark in face.marks:
        show_face(canvas, eye, mark, weight=weight, both_sides=True)


def _before(turned_places: Sequence[Place]) -> list[Place]:
    """The part of a shape that is before the eye."""
    kept: list[Place] = []
    closing = turned_places[1:] if len(turned_places) == 2 else [*turned_places[1:], turned_places[0]]
    if len(turned_places) == 2:
        return list(turned_places) if all(place[2] > NEAR for place in turned_places) else []
    for one, other in zip(turned_places, closing, strict=True):
        if one[2] > NEAR:
            kept.append(one)
        if (one[2] > NEAR) != (other[2] > NEAR):
            share = (NEAR - one[2]) / (other[2] - one[2])
            x, y, z = (a + (b - a) * share for a, b in zip(one, other, strict=True))
            kept.append((x, y, z))
    return kept


def _area(points: Sequence[Point]) -> float:
    """Positive for corners that run clockwise on the screen."""
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2

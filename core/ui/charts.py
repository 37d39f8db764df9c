"""The geometry of the portal's small charts: numbers in, coordinates for inline SVG out."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

Rows = Sequence[tuple[str, float, str]]
"""`(label, number, the number in words)`, in the order in which they are drawn."""

WIDTH = 520
HEIGHT = 200
FOOT = 28
"""Room under the axis for the labels, in the same units as WIDTH."""
HEAD = 22
LABELS = 6
"""Labels that fit along the foot; with more rows, only some are written."""


@dataclass(frozen=True)
class Mark:
    """One number on the chart; x and y are its top middle."""

    label: str
    text: str
    x: float
    y: float
    left: float
    width: float
    height: float
    labeled: bool
    """Its label is written under the axis."""
    spoken: bool
    """Its number is written above it."""

    @property
    def value_y(self) -> float:
        return round(self.y - 7, 1)


@dataclass(frozen=True)
class Chart:
    kind: str
    marks: tuple[Mark, ...]
    points: str
    area: str
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = HEIGHT - FOOT
    label_y: int = HEIGHT - 7


def bars(rows: Rows) -> Chart:
    return Chart("bars", tuple(_marks(rows, spoken=range(len(rows)) if len(rows) <= 2 * LABELS else ())), "", "")


def line(rows: Rows) -> Chart:
    peak = max(range(len(rows)), key=lambda place: rows[place][1], default=0)
    marks = tuple(_marks(rows, spoken=(peak,)))
    points = " ".join(f"{mark.x},{mark.y}" for mark in marks)
    floor = HEIGHT - FOOT
    area = f"{marks[0].x},{floor} {points} {marks[-1].x},{floor}" if marks else ""
    return Chart("line", marks, points, area)


def _marks(rows: Rows, spoken: Container[int]) -> list[Mark]:
    top = max((number for _, number, _ in rows), default=0) or 1
    step = WIDTH / max(len(rows), 1)
    every = -(-len(rows) // LABELS)
    room = HEIGHT - FOOT - HEAD
    marks = []
    for place, (label, number, text) in enumerate(rows):
        height = round(room * number / top, 1)
        width = round(min(step * 0.62, 72), 1)
        x = round(step * (place + 0.5), 1)
        y = round(HEIGHT - FOOT - height, 1)
        marks.append(
            Mark(label, text, x, y, round(x - width / 2, 1), width, height, place % every == 0, place in spoken)
        )
    return marks

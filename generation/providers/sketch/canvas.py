"""Paper, wash and pencil: a color layer, an ink layer and a glow layer, developed into one picture."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, sin
from random import Random
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from generation.providers.colors import RGB
from generation.providers.sketch.colors import mix

if TYPE_CHECKING:
    from generation.providers.sketch.reading import Storyboard

Point = tuple[float, float]
INK_SCALE = 2  # the ink layer is drawn this much larger and reduced, which smooths its lines
PAPER: RGB = (250, 247, 239)
PENCIL: RGB = (52, 48, 54)


class Canvas:
    """A picture being drawn. Coordinates are pixels of the finished picture, from its upper left corner."""

    def __init__(self, size: tuple[int, int], seed: int, board: Storyboard) -> None:
        self.size = self.width, self.height = size
        self.board = board
        self.random = Random(seed)  # noqa: S311 - the same seed must draw the same picture
        self.unit = hypot(*size) / 1000  # strokes and jitters scale with the picture
        self._color = Image.new("RGB", size, PAPER)
        self._ink = Image.new("L", (size[0] * INK_SCALE, size[1] * INK_SCALE), 255)
        self._glow = Image.new("L", size, 0)
        self._wash = ImageDraw.Draw(self._color)
        self._pencil = ImageDraw.Draw(self._ink)
        self._light = ImageDraw.Draw(self._glow)

    # -- wash ---------------------------------------------------------------------------------------------------

    def fill(self, points: Sequence[Point], color: RGB, *, loose: float = 1.0, hides: bool = True) -> None:
        """A wash over a polygon, its edge a little off; hides the pencil below it unless told not to."""
        if len(points) < 3:
            return
        slack = 1.6 * self.unit * loose
        self._wash.polygon([self._near(point, slack) for point in points], fill=self._varied(color))
        if hides:
            self._pencil.polygon([(x * INK_SCALE, y * INK_SCALE) for x, y in points], fill=255)

    def blob(
        self, center: Point, radius: float, color: RGB, *, flat: float = 1.0, rough: float = 0.1, hides: bool = True
    ) -> None:
        """A round, uneven wash; `flat` below 1 presses it down."""
        points = self.ring(center, radius, flat=flat, rough=rough)
        self.fill(points, color, loose=min(1.0, rough * 10), hides=hides)

    def gradient(self, top: float, bottom: float, stops: Sequence[RGB]) -> None:
        """Bands of color melting into each other from one height to another, over the whole width."""
        span = max(1, int(bottom - top))
        for step in range(span):
            place = step / span * (len(stops) - 1)
            index = min(int(place), len(stops) - 2)
            color = mix(stops[index], stops[index + 1], place - index)
            self._wash.line([(0, top + step), (self.width, top + step)], fill=color)

    def soften(self, radius: float) -> None:
        """Lets all wash so far run, as on wet paper."""
        self._color.paste(self._color.filter(ImageFilter.GaussianBlur(radius * self.unit)))

    def glow(self, points: Sequence[Point], strength: int = 255) -> None:
        """A lit place that will shine into its surroundings."""
        self._light.polygon([(x, y) for x, y in points], fill=strength)

    # -- pencil -------------------------------------------------------------------------------------------------

    def stroke(self, start: Point, end: Point, *, weight: float = 1.5, tone: int = 70, over: float = 1.0) -> None:
        """One drawn line: it wobbles, presses unevenly, and runs a little past its ends."""
        length = hypot(end[0] - start[0], end[1] - start[1])
        if length < 0.5:
            return
        reach = over * min(self.random.uniform(0, 3.5) * self.unit, length * 0.12) / length
        start = _along(start, end, -reach)
        end = _along(start, end, 1 + reach)
        self._line(self._wobbly(start, end, length), weight, tone)

    def path(self, points: Sequence[Point], *, weight: float = 1.4, tone: int = 75) -> None:
        """A freehand line through points."""
        self._line([self._near(point, 0.5 * self.unit) for point in points], weight, tone)

    def outline(self, points: Sequence[Point], *, weight: float = 1.5, tone: int = 70) -> None:
        """A closed shape, one stroke to a side; long sides are gone over twice."""
        for start, end in zip(points, [*points[1:], points[0]], strict=True):
            self.stroke(start, end, weight=weight, tone=tone)
            if hypot(end[0] - start[0], end[1] - start[1]) > 90 * self.unit:
                slack = 1.3 * self.unit
                self.stroke(self._near(start, slack), self._near(end, slack), weight=weight * 0.6, tone=tone + 70)

    def hatch(self, points: Sequence[Point], *, gap: float = 9, angle: float = 0.9, tone: int = 165) -> None:
        """Parallel strokes inside a convex shape: shade."""
        direction = cos(angle), -sin(angle)
        normal = -direction[1], direction[0]
        depths = [x * normal[0] + y * normal[1] for x, y in points]
        depth = min(depths) + gap * self.unit * self.random.uniform(0.4, 1)
        while depth < max(depths):
            self._hatch_line(points, normal, depth, tone)
            depth += gap * self.unit * self.random.uniform(0.75, 1.3)

    def ring(self, center: Point, radius: float, *, flat: float = 1.0, rough: float = 0.1) -> list[Point]:
        """The points of an uneven circle."""
        count = max(12, min(40, int(radius / (3 * self.unit)) + 10))
        wave, phase = self.random.uniform(2, 4), self.random.uniform(0, 6)
        points = []
        for index in range(count):
            turn = 2 * pi * index / count
            reach = radius * (1 + rough * sin(wave * turn + phase) + self.random.uniform(-rough, rough) * 0.7)
            points.append((center[0] + reach * cos(turn), center[1] + reach * flat * sin(turn)))
        return points

    def scribble(self, center: Point, radius: float, *, flat: float = 1.0, tone: int = 110) -> None:
        """Leafy arcs around a center, heavier below and to the right."""
        for _ in range(max(6, int(radius / (2.6 * self.unit)))):
            turn = self.random.gauss(0.8, 1.5)
            reach = radius * self.random.uniform(0.55, 1.03)
            x, y = center[0] + reach * cos(turn), center[1] + reach * flat * sin(turn)
            self._leaf((x, y), radius * self.random.uniform(0.1, 0.2), turn, tone)

    def dots(self, area: tuple[float, float, float, float], count: int, radius: float, color: RGB) -> None:
        """Specks of opaque color, such as snow, inside left, top, right, bottom."""
        left, top, right, bottom = area
        for _ in range(count):
            x, y = self.random.uniform(left, right), self.random.uniform(top, bottom)
            r = radius * self.unit * self.random.uniform(0.5, 1.4)
            self._wash.ellipse([x - r, y - r, x + r, y + r], fill=color)
            self._pencil.ellipse([(x - r) * 2, (y - r) * 2, (x + r) * 2, (y + r) * 2], fill=255)

    def letter(self, text: str, center: Point, size: float) -> None:
        """A line of lettering in pencil, its middle at `center`."""
        font = ImageFont.load_default(size * self.unit * INK_SCALE)
        place = center[0] * INK_SCALE, center[1] * INK_SCALE
        self._pencil.text(place, text, fill=80, font=font, anchor="mm")

    # -- developing ---------------------------------------------------------------------------------------------

    def develop(self) -> Image.Image:
        """The finished picture: pooled and grained wash, lit windows, ragged edges, pencil on top."""
        wash = self._color.filter(ImageFilter.GaussianBlur(0.8 * self.unit))
        wash = wash.filter(ImageFilter.UnsharpMask(round(7 * self.unit), 75, 0))
        wash = ImageChops.multiply(wash, self._grain(46, 26).convert("RGB"))
        wash = self._lit(wash)
        paper = ImageChops.multiply(Image.new("RGB", self.size, PAPER), self._grain(2, 10).convert("RGB"))
        painted = Image.composite(ImageChops.multiply(wash, self._grain(2, 13).convert("RGB")), paper, self._edge())
        return Image.composite(painted, Image.new("RGB", self.size, PENCIL), self._pencil_marks())

    def _pencil_marks(self) -> Image.Image:
        """Where there is no pencil, white: strokes that catch on the grain of the paper."""
        ink = self._ink.reduce(INK_SCALE)
        return ImageChops.lighter(ink, ImageChops.invert(self._grain(1.3, 120)).point(lambda tone: max(0, tone - 30)))

    def _lit(self, wash: Image.Image) -> Image.Image:
        if self._glow.getbbox() is None:
            return wash
        near = self._glow.filter(ImageFilter.GaussianBlur(6 * self.unit)).point(lambda tone: tone * 0.55)
        far = self._glow.filter(ImageFilter.GaussianBlur(34 * self.unit)).point(lambda tone: min(255, tone * 2.4))
        warm = Image.merge("RGB", [far.point(lambda t, k=k: t * k) for k in (0.62, 0.42, 0.16)])
        hot = Image.merge("RGB", [near.point(lambda t, k=k: t * k) for k in (0.5, 0.4, 0.2)])
        return ImageChops.screen(ImageChops.screen(wash, warm), hot)

    def _edge(self) -> Image.Image:
        """Where the wash ends: a brushed, uneven margin inside the paper."""
        margin = 10 * self.unit
        mask = Image.new("L", self.size, 0)
        box = [margin, margin, self.width - margin, self.height - margin]
        ImageDraw.Draw(mask).rectangle(box, fill=255)
        mask = mask.filter(ImageFilter.GaussianBlur(10 * self.unit))
        rough = Image.blend(self._noise(44), self._noise(5), 0.36)
        mixed = ImageChops.add(mask, rough, scale=1, offset=-128)
        return mixed.point(lambda tone: max(0, min(255, (tone - 104) * 6))).filter(ImageFilter.GaussianBlur(0.8))

    def _grain(self, coarseness: float, depth: int) -> Image.Image:
        """Near-white noise that takes away up to `depth` levels."""
        return self._noise(coarseness).point(lambda tone: 255 - tone * depth // 255)

    def _noise(self, coarseness: float) -> Image.Image:
        """Clouds of the given grain size, the same for the same seed; contrast is stretched."""
        step = max(1.0, coarseness * self.unit)
        width, height = int(self.width / step) + 2, int(self.height / step) + 2
        small = Image.frombytes("L", (width, height), self.random.randbytes(width * height))
        return small.resize(self.size, Image.Resampling.BICUBIC)

    # -- small parts --------------------------------------------------------------------------------------------

    def _line(self, points: Sequence[Point], weight: float, tone: int) -> None:
        width = max(1, round(weight * self.unit * INK_SCALE * self.random.uniform(0.8, 1.15)))
        fill = max(0, min(235, tone + self.random.randint(-18, 22)))
        scaled = [(x * INK_SCALE, y * INK_SCALE) for x, y in points]
        self._pencil.line(scaled, fill=fill, width=width, joint="curve")

    def _wobbly(self, start: Point, end: Point, length: float) -> list[Point]:
        steps = max(2, min(24, int(length / (22 * self.unit))))
        across = (end[1] - start[1]) / length, -(end[0] - start[0]) / length
        bow = self.random.gauss(0, 0.0035) * min(length, 300 * self.unit)
        drift, points = 0.0, [start]
        for step in range(1, steps):
            drift = drift * 0.7 + self.random.gauss(0, 0.42 * self.unit)
            off = drift + bow * sin(pi * step / steps)
            x, y = _along(start, end, step / steps)
            points.append((x + across[0] * off, y + across[1] * off))
        return [*points, end]

    def _hatch_line(self, points: Sequence[Point], normal: Point, depth: float, tone: int) -> None:
        ends = []
        for one, other in zip(points, [*points[1:], points[0]], strict=True):
            a = one[0] * normal[0] + one[1] * normal[1] - depth
            b = other[0] * normal[0] + other[1] * normal[1] - depth
            if (a < 0) != (b < 0):
                ends.append(_along(one, other, a / (a - b)))
        if len(ends) == 2:
            self.stroke(ends[0], ends[1], weight=0.8, tone=tone, over=0)

    def _leaf(self, place: Point, size: float, turn: float, tone: int) -> None:
        bend = self.random.uniform(0.6, 1.3)
        arc = [turn + bend * (step / 5 - 0.5) * 2 for step in range(6)]
        back = place[0] - size * cos(turn), place[1] - size * sin(turn)
        points = [(back[0] + size * cos(angle), back[1] + size * sin(angle)) for angle in arc]
        self.path(points, weight=1.0, tone=tone)

    def _near(self, point: Point, slack: float) -> Point:
        return point[0] + self.random.uniform(-slack, slack), point[1] + self.random.uniform(-slack, slack)

    def _varied(self, color: RGB) -> RGB:
        shift = self.random.randint(-6, 6)
        r, g, b = (max(0, min(255, part + shift + self.random.randint(-2, 2))) for part in color)
        return r, g, b


def _along(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share

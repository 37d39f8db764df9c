"""What is known about one model: its price, its sizes, its words for quality, and what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt
from typing import Literal

from generation.providers.prices import Free, Price

Quality = Literal["draft", "standard", "final"]
QUALITIES: tuple[Quality, ...] = ("draft", "standard", "final")
SIZE_TOLERANCE = Fraction(1, 50)  # how far a shape may be from the ratio asked for and still be that ratio


def ratio_of(text: str) -> Fraction:
    """The shape "3:2" as width over height; raises ValueError in words for anything else."""
    width, colon, height = text.partition(":")
    if not (colon and width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise ValueError(f"A shape is written like 3:2, not {text[:20]!r}.")
    return Fraction(int(width), int(height))


@dataclass(frozen=True)
class Sizes:
    """Which sizes a model draws: one of a list, one of some ratios, or any within limits (all in pixels)."""

    target_pixels: int = 1_572_864  # the area aimed at, 1536 x 1024
    multiple: int = 1  # both sides are multiples of this
    min_pixels: int = 0
    max_pixels: int = 0  # 0: no limit known
    longest_edge: int = 0
    steepest: int = 0  # the longer side at most so many times the shorter
    listed: tuple[str, ...] = ()  # the only sizes there are, as "1024x1024"
    ratios: tuple[str, ...] = ()  # the only shapes there are, as "3:2"

    @property
    def free(self) -> bool:
        """Whether an exact size in pixels may be asked for."""
        return not self.listed and not self.ratios

    def fit(self, ratio: str) -> tuple[int, int]:
        """The size to ask for: the listed one nearest in shape, or the target area in that shape."""
        wanted = ratio_of(ratio)
        if self.listed:
            return min(map(_pair, self.listed), key=lambda pair: _distance(Fraction(*pair), wanted))
        return self._scaled(wanted)

    def carries(self, ratio: str) -> bool:
        """Whether the picture would come back in this shape."""
        if self.ratios:
            return ratio in self.ratios
        wanted = ratio_of(ratio)
        if self.steepest and max(wanted, 1 / wanted) > self.steepest:
            return False
        return _distance(Fraction(*self.fit(ratio)), wanted) <= SIZE_TOLERANCE

    def allows(self, width: int, height: int) -> bool:
        """Whether this exact size can be asked for."""
        if self.listed:
            return f"{width}x{height}" in self.listed
        limits = (
            self.free,
            width % self.multiple == 0 and height % self.multiple == 0,
            width * height >= self.min_pixels,
            not self.max_pixels or width * height <= self.max_pixels,
            not self.longest_edge or max(width, height) <= self.longest_edge,
            not self.steepest or max(width, height) <= self.steepest * min(width, height),
        )
        return all(limits)

    def _scaled(self, wanted: Fraction) -> tuple[int, int]:
        area = max(self.target_pixels, self.min_pixels)
        width = sqrt(area * wanted)
        height = width / wanted
        shrink = min(1.0, self.longest_edge / max(width, height)) if self.longest_edge else 1.0
        return self._whole(width * shrink), self._whole(height * shrink)

    def _whole(self, side: float) -> int:
        return max(self.multiple, round(side / self.multiple) * self.multiple)


@dataclass(frozen=True)
class ModelSpec:
    """One model of one provider, as far as sending a wish to it needs to know."""

    id: str
    name: str
    qualities: Mapping[Quality, str] = field(default_factory=dict)  # ours → the provider's word
    price: Price = field(default_factory=Free)
    sizes: Sizes = field(default_factory=Sizes)
    max_n: int = 1  # pictures per call
    max_references: int = 0
    min_references: int = 0  # how many must go along, where one is not enough
    lacks: frozenset[str] = frozenset()  # options the provider carries in general but not on this model
    needs: frozenset[str] = frozenset()  # of "references" and "mask", what it cannot do without
    settings: Mapping[str, str] = field(default_factory=dict)  # facts only its own adapter reads
    successor: str = ""

    def quality(self, wanted: Quality) -> str:
        """The provider's word for our quality; "" where the model has no such choice."""
        return self.qualities.get(wanted, "")


def _pair(size: str) -> tuple[int, int]:
    width, _, height = size.partition("x")
    return int(width), int(height)


def _distance(one: Fraction, other: Fraction) -> Fraction:
    return max(one / other, other / one) - 1

"""Colors by name and by hex, and which of a palette paints what."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from colorsys import rgb_to_hls
from dataclasses import dataclass, field

from PIL import Image

from generation.providers.colors import NAMES, RGB

_HEX = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
_PART = re.compile(
    r"\b("
    + "|".join(sorted(NAMES, key=len, reverse=True))
    + r")[\w-]* (?:front |painted |boarded )?(roof|wall|door|sofa|floor|trim)s?\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b(" + "|".join(sorted(NAMES, key=len, reverse=True)) + r")s?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Palette:
    """The colors a text names, in its order, and the parts they play in a picture."""

    colors: tuple[RGB, ...]
    named: bool  # False when the text named none and these are ours
    parts: Mapping[str, RGB] = field(default_factory=dict)  # "roof": what a text says of one part

    @property
    def light(self) -> RGB:
        return max(self.colors, key=luminance)

    @property
    def dark(self) -> RGB:
        return min(self.colors, key=luminance)

    @property
    def accent(self) -> RGB:
        return max(self.colors, key=saturation)

    def part(self, name: str, otherwise: RGB) -> RGB:
        """The color the text gives to one part, such as a roof; else the other."""
        return self.parts.get(name, otherwise)

    @property
    def middle(self) -> RGB:
        ranked = sorted(self.colors, key=luminance)
        return ranked[len(ranked) // 2]

    def tinted(self, color: RGB, share: float = 0.22) -> RGB:
        """A natural color leaning toward the nearest one of this palette, so that a picture holds together."""
        if not self.named:
            return color
        return mix(color, min(self.colors, key=lambda other: _distance(color, other)), share)


def colors_in(text: str) -> list[RGB]:
    """Every color named in the text, by hex or by word, in order and once each."""
    found = [(match.start(), _from_hex(match.group(1))) for match in _HEX.finditer(text)]
    found += [(match.start(), NAMES[match.group(1).lower()]) for match in _NAME.finditer(text)]
    return list(dict.fromkeys(color for _, color in sorted(found)))


def parts_in(text: str) -> dict[str, RGB]:
    """What the text says of single parts: "slate roof" is {"roof": slate}."""
    return {match.group(2).lower(): NAMES[match.group(1).lower()] for match in _PART.finditer(text)}


def colors_of(picture: bytes, count: int = 5) -> tuple[RGB, ...]:
    """The main colors of a picture, the most common first."""
    with Image.open(io.BytesIO(picture)) as image:
        small = image.convert("RGB").resize((64, 64), Image.Resampling.BOX).quantize(count)
    table = small.getpalette() or []
    ranked = sorted(small.getcolors() or [], reverse=True)
    return tuple((table[3 * n], table[3 * n + 1], table[3 * n + 2]) for _, n in ranked if isinstance(n, int))


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """`one` with `share` (0 to 1) of `other`."""
    r, g, b = (round(a + (z - a) * share) for a, z in zip(one, other, strict=True))
    return r, g, b


def shade(color: RGB, factor: float) -> RGB:
    """Darker below 1, lighter above."""
    return mix(color, (38, 36, 58), 1 - factor) if factor <= 1 else mix(color, (255, 252, 244), factor - 1)


def luminance(color: RGB) -> float:
    return 0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]


def saturation(color: RGB) -> float:
    _, lightness, strength = rgb_to_hls(*(part / 255 for part in color))
    return strength * (1 - abs(2 * lightness - 1))


def _distance(one: RGB, other: RGB) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _from_hex(digits: str) -> RGB:
    full = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    return int(full[:2], 16), int(full[2:4], 16), int(full[4:], 16)

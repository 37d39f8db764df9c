"""Colours by name and by hex, and which of a palette paints what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from colorsys import rgb_to_hls
from dataclasses import dataclass, field

RGB = tuple[int, int, int]

NAMES: dict[str, RGB] = {
    "amber": (222, 160, 60), "apricot": (240, 182, 136), "aqua": (120, 196, 196), "beige": (222, 206, 178),
    "black": (44, 42, 44), "blue": (72, 112, 172), "brass": (186, 150, 82), "brick": (168, 88, 68),
    "bronze": (150, 112, 66), "brown": (124, 88, 62), "burgundy": (120, 40, 54), "burnt orange": (196, 98, 46),
    "butter": (244, 222, 150), "camel": (196, 154, 104), "charcoal": (70, 72, 78), "clay": (188, 122, 92),
    "cobalt": (52, 84, 164), "copper": (184, 112, 74), "coral": (236, 126, 104), "cream": (244, 234, 210),
    "crimson": (172, 42, 56), "emerald": (46, 128, 96), "forest": (54, 90, 64), "gold": (214, 170, 74),
    "gray": (146, 146, 148), "green": (98, 142, 88), "grey": (146, 146, 148), "honey": (224, 168, 84),
    "indigo": (66, 68, 124), "ivory": (246, 240, 222), "lavender": (176, 164, 208), "lilac": (190, 166, 206),
    "linen": (236, 226, 208), "mauve": (172, 138, 164), "midnight": (38, 46, 80), "mint": (168, 212, 188),
    "moss": (120, 132, 76), "mustard": (210, 166, 60), "navy": (42, 58, 98), "oak": (192, 152, 104),
    "ochre": (204, 150, 70), "olive": (124, 126, 74), "orange": (228, 136, 64), "peach": (246, 196, 160),
    "pink": (230, 158, 168), "plum": (116, 70, 104), "purple": (118, 86, 148), "red": (186, 62, 56),
    "render": (236, 228, 212),
    "rose": (214, 132, 140), "rust": (172, 88, 52), "sage": (160, 176, 146), "salmon": (236, 154, 132),
    "sand": (222, 200, 160), "silver": (190, 194, 198), "sky": (158, 196, 224), "slate": (98, 112, 126),
    "stone": (188, 180, 166), "tan": (206, 174, 134), "taupe": (158, 142, 126), "teal": (58, 128, 130),
    "terracotta": (198, 110, 78), "turquoise": (86, 180, 180), "violet": (136, 108, 180), "walnut": (112, 80, 58),
    "white": (248, 246, 240), "wine": (126, 48, 66), "yellow": (240, 206, 96),
}  # fmt: skip
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
    """The colours a text names, in its order, and the parts they play in a picture."""

    colours: tuple[RGB, ...]
    named: bool  # False when the text named none and these are ours
    parts: Mapping[str, RGB] = field(default_factory=dict)  # "roof": what a text says of one part

    @property
    def light(self) -> RGB:
        return max(self.colours, key=luminance)

    @property
    def dark(self) -> RGB:
        return min(self.colours, key=luminance)

    @property
    def accent(self) -> RGB:
        return max(self.colours, key=saturation)

    def part(self, name: str, otherwise: RGB) -> RGB:
        """The colour the text gives to one part, such as a roof; else the other."""
        return self.parts.get(name, otherwise)

    @property
    def middle(self) -> RGB:
        ranked = sorted(self.colours, key=luminance)
        return ranked[len(ranked) // 2]

    def tinted(self, colour: RGB, share: float = 0.22) -> RGB:
        """A natural colour leaning towards the nearest one of this palette, so that a picture holds together."""
        if not self.named:
            return colour
        return mix(colour, min(self.colours, key=lambda other: _distance(colour, other)), share)


def colours_in(text: str) -> list[RGB]:
    """Every colour named in the text, by hex or by word, in order and once each."""
    found = [(match.start(), _from_hex(match.group(1))) for match in _HEX.finditer(text)]
    found += [(match.start(), NAMES[match.group(1).lower()]) for match in _NAME.finditer(text)]
    return list(dict.fromkeys(colour for _, colour in sorted(found)))


def parts_in(text: str) -> dict[str, RGB]:
    """What the text says of single parts: "slate roof" is {"roof": slate}."""
    return {match.group(2).lower(): NAMES[match.group(1).lower()] for match in _PART.finditer(text)}


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """`one` with `share` (0 to 1) of `other`."""
    r, g, b = (round(a + (z - a) * share) for a, z in zip(one, other, strict=True))
    return r, g, b


def shade(colour: RGB, factor: float) -> RGB:
    """Darker below 1, lighter above."""
    return mix(colour, (38, 36, 58), 1 - factor) if factor <= 1 else mix(colour, (255, 252, 244), factor - 1)


def luminance(colour: RGB) -> float:
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


def saturation(colour: RGB) -> float:
    _, lightness, strength = rgb_to_hls(*(part / 255 for part in colour))
    return strength * (1 - abs(2 * lightness - 1))


def _distance(one: RGB, other: RGB) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _from_hex(digits: str) -> RGB:
    full = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    return int(full[:2], 16), int(full[2:4], 16), int(full[4:], 16)

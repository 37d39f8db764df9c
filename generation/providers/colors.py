"""Names of colors, as people write them in prompts, and what they look like."""

from __future__ import annotations

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

"""What a draftsman takes from a brief: the kind of scene, the light, the season, the colors and the title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generation.providers.colors import NAMES, RGB
from generation.providers.sketch.colors import Palette, colors_in, mix, parts_in

SCENE_WORDS: dict[str, str] = {
    "plan": r"floor.?plan|site plan|layout plan|axonometric",
    "notice": r"notice|poster|sign|flyer|leaflet|announcement|postcard|banner|maintenance|invitation",
    "district": r"neighbou?rhood|district|map|aerial|bird'?s.?eye|streetscape|village|town\b|quarter|masterplan",
    "interior": r"interior|room|bedroom|kitchen|lounge|bathroom|office|staging|staged|loft|dining|hallway|studio"
    r"|sofa|living",
    "exterior": r"exterior|house|home|villa|cottage|bungalow|fa[cç]ade|building|apartment|townhouse|garden|porch"
    r"|driveway|property|residence|duplex|terrace|front door|campaign|doorstep|curb|kerb",
}
SURE_WORDS: dict[str, str] = {
    "plan": r"floor.?plan",
    "notice": r"maintenance notice|notice to|poster",
    "district": r"neighbou?rhood illustration|illustrated map|bird'?s.?eye",
    "interior": r"virtual staging|staged room",
}
"""Words that settle the scene wherever they stand in a brief; the others are looked for in the subject first."""

MOOD_WORDS: dict[str, str] = {
    "twilight": r"twilight|dusk|blue hour|evening|sunset|nightfall",
    "night": r"night|moonl\w+|midnight sky",
    "golden": r"golden|dawn|sunrise|late afternoon|autumn light|low sun|warm light",
    "overcast": r"overcast|cloudy|gr[ae]y day|rain\w*|soft diffuse|mist\w*|fog\w*",
}
SEASON_WORDS: dict[str, str] = {
    "winter": r"winter\w*|snow\w*|christmas|december|january|frost\w*|holiday|festive",
    "autumn": r"autumn\w*|fall (?:colou?rs|season|campaign|leaves|day)|\bfall,|\bin (?:the )?fall\b"
    r"|october|november|harvest|pumpkins?|halloween",
    "spring": r"spring|blossom\w*|easter|april|tulips?|cherry",
}
ROOM_WORDS: dict[str, str] = {
    "kitchen": r"kitchen\w*",
    "bedroom": r"bedroom|bed\b|guest room|nursery",
    "dining": r"dining",
    "office": r"office|study|desk|workspace",
}
_IDIOMS = re.compile(
    r"\b(?:blue hour|(?:the|a|clear|pale|open|oversaturated) sky|sky holds|fresh green|golden)\b", re.IGNORECASE
)
DEFAULT_PALETTES: dict[str, tuple[str, ...]] = {
    "twilight": ("cream", "slate", "amber", "navy"),
    "night": ("stone", "midnight", "honey", "slate"),
    "golden": ("ivory", "terracotta", "ochre", "olive"),
    "overcast": ("linen", "slate", "teal", "stone"),
    "daylight": ("ivory", "brick", "sage", "slate"),
}


@dataclass(frozen=True)
class Storyboard:
    """One brief as a draftsman reads it."""

    scene: str
    mood: str
    season: str
    room: str
    palette: Palette
    title: str
    notes: tuple[tuple[str, str], ...]  # label and words, for the title block
    ratio: str
    words: str  # all of it in lower case, for finer choices
    without: str = ""  # what must not appear, in lower case

    def avoids(self, pattern: str) -> bool:
        """Whether the brief asks for a picture without this."""
        wanted_gone = rf"\b(?:{pattern})"
        return bool(re.search(wanted_gone, self.without) or re.search(rf"\bno {wanted_gone}", self.words))

    def subject_says(self, pattern: str) -> bool:
        return re.search(rf"\b(?:{pattern})", self.title.lower()) is not None

    def mentions(self, pattern: str) -> bool:
        return re.search(rf"\b(?:{pattern})", self.words) is not None


def read_brief(prompt: str, hints: Mapping[str, str], ratio: str, negative: str = "") -> Storyboard:
    """The storyboard of a prompt and its template fields; the fields are believed before the prompt."""
    subject = hints.get("subject", "") or prompt
    everything = " ".join([*hints.values(), prompt]).lower()
    light = hints.get("lighting", "").lower()
    season = _first(SEASON_WORDS, everything, "summer")
    mood = _first(MOOD_WORDS, light, "") or _first(MOOD_WORDS, everything, "daylight")
    scene = (
        _first(SURE_WORDS, everything, "")
        or _first(SCENE_WORDS, subject.lower(), "")
        or _first(SCENE_WORDS, everything, "landscape")
    )
    return Storyboard(
        scene=scene,
        mood=mood,
        season=season,
        room=_first(ROOM_WORDS, everything, "living"),
        palette=_palette(hints.get("palette", ""), prompt, mood),
        title=_title(subject),
        notes=_notes(hints, mood, season, negative),
        ratio=ratio,
        words=everything,
        without=negative.lower(),
    )


def _first(table: Mapping[str, str], text: str, otherwise: str) -> str:
    return next((name for name, words in table.items() if re.search(rf"\b(?:{words})", text)), otherwise)


def _palette(hint: str, prompt: str, mood: str) -> Palette:
    found = colors_in(hint) or colors_in(_IDIOMS.sub(" ", prompt))
    if not found:
        return Palette(tuple(NAMES[name] for name in DEFAULT_PALETTES[mood]), named=False)
    return Palette(tuple(_rounded_out(found[:6])), named=True, parts=parts_in(f"{hint} {prompt}"))


def _rounded_out(colors: list[RGB]) -> list[RGB]:
    """One or two colors are too few to draw with: add a light and a dark of their own kin."""
    if len(colors) >= 3:
        return colors
    return [*colors, mix(colors[0], (252, 246, 234), 0.75), mix(colors[-1], (40, 40, 56), 0.6)]


def _title(subject: str) -> str:
    first = re.split(r"(?<=[a-z]{3})[.;\n]", subject.strip(), maxsplit=1)[0]
    title = " ".join(first.split())[:160] or "Untitled"
    return title[0].upper() + title[1:]


def _notes(hints: Mapping[str, str], mood: str, season: str, negative: str) -> tuple[tuple[str, str], ...]:
    notes = [
        ("composition", hints.get("composition", "")),
        ("light", hints.get("lighting", "") or mood + (f", {season}" if season != "summer" else "")),
        ("style", hints.get("style", "")),
        ("without", negative),
    ]
    return tuple((label, " ".join(words.split())) for label, words in notes if words.strip())

"""A channel's way of disclosing, as one frozen type: its words per language and alteration, and how they are shown.

It is stored as JSON with a format number. Whoever fills one in does so in fields (`approvals.channels.forms`); what
the portal ships is in `data/profiles.toml`. `approvals.channels.disclosure` works out what is said about one picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from approvals.channels.rules import BadRules, typed_values
from approvals.models.document import BurnIn, Kind, Order
from assets.provenance.alterations import ALTERATIONS, EARLIER, in_plain_words
from core import clock
from core.languages import LANGUAGES, name_of

FORMAT = 2
"""Of a profile as it is stored. The first had no number, one language, and one caption for all alterations."""

CAPTION_LIMIT = 50
"""Characters. RESO Data Dictionary 2.1, `Media.ShortDescription`. Read 2026-11-22."""
SHORTEST_LIMIT = 10

ANY = "any"
"""In place of an alteration: the words for each that has none of its own, so they must be true of all."""

ORIGINAL = "{original}"
"""In a statement, stands for the address of the unaltered original."""

PEOPLE = "people"
"""Beside the kinds of picture that must be told: people made or changed by AI."""
SAID_UNLESS = (Kind.ALTERED.value, Kind.GENERATED.value)
"""The kinds that must be told unless a profile says otherwise, with its source."""
MAY_ASK = (*SAID_UNLESS, Kind.DRAWN.value, PEOPLE)

SPEAKS_OF_STAGING = re.compile(r"\b(virtual(ly)?\s+)?(staged|staging)\b", re.IGNORECASE)
Value = TypeVar("Value")


class Icon(StrEnum):
    """Which mark stands beside the label: ours, drawn on the letters “AI” as the EU's Code of Practice asks."""

    NONE = ""
    BASIC = "basic"
    BY_KIND = "by_kind"


@dataclass(frozen=True, slots=True)
class Words:
    """What a channel says in one language. Empty words mean that it asks for none."""

    captions: Mapping[str, str] = field(default_factory=dict)
    """Alteration, or `any` → the caption of a picture that was so altered."""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Alteration, or `any` → how the public remarks of a listing begin with such a picture among its photographs."""
    caption_generated: str = ""
    caption_drawn: str = ""
    label_altered: str = ""
    """Shown beside an altered picture, and on it only where a service wants that."""
    label_ai_altered: str = ""
    """The same where a trained model made the change; without it, what is said of any change."""
    label_generated: str = ""
    statement: str = ""
    """Shown beside an altered picture. `{original}` stands for where the channel shows the original."""
    print_address: str = ""
    """Printed beside an altered picture, with `{original}` for an address that people can type or scan."""
    people: str = ""
    """Shown where a picture has people in it whom AI made or changed."""


WORDS = tuple(each.name for each in fields(Words) if each.name not in ("captions", "prefixes"))
"""Those that are one text each."""
WORDS_ARE = {
    "caption_generated": "Caption of a generated picture",
    "caption_drawn": "Caption of a drawing",
    "label_altered": "Label of an altered picture",
    "label_ai_altered": "Label of a picture altered with AI",
    "label_generated": "Label of a generated picture",
    "statement": "Statement beside an altered picture",
    "print_address": "Printed beside an altered picture",
    "people": "People made or changed by AI",
}
ORDERS_ARE = {
    Order.ANY: "",
    Order.ORIGINAL_AFTER: "The original is shown immediately after the altered picture.",
    Order.ORIGINAL_BEFORE: "The original is shown immediately before the altered picture.",
    Order.ADJACENT: "The original is shown immediately before or after the altered picture.",
}
BURN_IN_IS = {
    BurnIn.NOT_STATED: "",
    BurnIn.FORBIDDEN: "Nothing may be written on the picture itself.",
    BurnIn.ALLOWED: "The label may be written on the picture itself.",
    BurnIn.REQUIRED: "The label must be written on the picture itself.",
}
ICONS_ARE = {
    Icon.NONE: "",
    Icon.BASIC: "An “AI” icon stands beside the label.",
    Icon.BY_KIND: "An icon “AI generated” or “AI modified” stands beside the label.",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """A channel's way of disclosing, and where it comes from."""

    name: str = ""
    source: str = ""
    read_on: date | None = None
    quoted: str = ""
    """What was read there."""
    jurisdictions: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    is_draft: bool = False
    """Whether its official text is still to be read: nothing is released under a draft."""
    language: str = "en"
    """Of the words that are shown first."""
    words: Mapping[str, Words] = field(default_factory=dict)
    must_say: tuple[str, ...] = SAID_UNLESS
    """Kinds of picture that may not go out without a word."""
    caption_limit: int = CAPTION_LIMIT
    checkboxes: Mapping[str, str] = field(default_factory=dict)
    """Alteration, or `any` → the box to tick in the listing system."""
    icon: Icon = Icon.NONE
    burn_in: BurnIn = BurnIn.NOT_STATED
    order: Order = Order.ANY
    refuses_exteriors: bool = False
    """Whether the outside of a house may not be altered."""
    refused_slots: tuple[int, ...] = ()
    """Places among a listing's photographs that no altered picture may take; the first is 1."""

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Profile:
        """Read a channel's stored profile; `BadRules` for what is not understood, too long or not true."""
        if not isinstance(raw, Mapping):
            raise BadRules("The profile is no set of fields.")
        if "format" not in raw:
            return _first_format(raw)
        if raw["format"] != FORMAT:
            raise BadRules(f"format is {raw['format']!r}, not {FORMAT}.")
        return _checked(_read(cls, {name: value for name, value in raw.items() if name != "format"}))

    def said(self, language: str = "") -> Words:
        """The words in a language; in the main one where it has none of that."""
        return self.words.get(language) or self.words.get(self.language) or Words()

    def in_force(self, on: date) -> bool:
        """Whether it is between its first and its last day."""
        return (self.first_day or on) <= on <= (self.last_day or on)

    def in_words(self) -> list[str]:
        """The profile as sentences for a page."""
        return [*self._words(), *self._showing(), *self._origin()]

    def _words(self) -> Iterator[str]:
        for language, words in self.words.items():
            where = "" if len(self.words) == 1 and language == "en" else f" ({name_of(language)})"
            for name, text in words.captions.items():
                yield f"Caption{where} {_when(name, words.captions)}: “{text}”"
            for name, text in words.prefixes.items():
                yield f"The listing’s remarks begin{where} {_when(name, words.prefixes)}: “{text}”"
            texts = ((label, getattr(words, name)) for name, label in WORDS_ARE.items())
            yield from (f"{label}{where}: “{text}”" for label, text in texts if text)

    def _showing(self) -> Iterator[str]:
        if self.words:
            yield f"A caption has at most {self.caption_limit} characters."
        if len(self.words) > 1:
            yield f"{name_of(self.language)} is shown first."
        yield from (f"To tick {_when(name, self.checkboxes)}: “{box}”" for name, box in self.checkboxes.items())
        yield from filter(None, (ICONS_ARE[self.icon], BURN_IN_IS[self.burn_in], ORDERS_ARE[self.order]))
        if self.refuses_exteriors:
            yield "The outside of a house may not be altered."
        if self.refused_slots:
            yield f"No altered picture in place {', '.join(map(str, self.refused_slots))} of a listing."
        if unsaid := [name for name in SAID_UNLESS if name not in self.must_say]:
            yield f"No word is required for pictures that are {' or '.join(unsaid)}."
        if asked := [name for name in self.must_say if name not in SAID_UNLESS]:
            yield f"A word is required also for {' and '.join(MUST_SAY_IS[name] for name in asked)}."

    def _origin(self) -> Iterator[str]:
        if self.is_draft:
            yield "A draft: its official text is still to be read, and nothing is released under it."
        if self.name:
            yield f"Profile: {self.name}"
        if self.source:
            yield f"Source: {self.source}" + (f", read {clock.written(self.read_on)}" if self.read_on else "")
        if self.quoted:
            yield f"What was read: {self.quoted}"
        if self.jurisdictions:
            yield f"Applies in {', '.join(self.jurisdictions)}."
        if self.first_day:
            yield f"In force from {clock.written(self.first_day)}."
        if self.last_day:
            yield f"In force until {clock.written(self.last_day)}."


MUST_SAY_IS = {
    Kind.ALTERED.value: "altered photographs",
    Kind.GENERATED.value: "generated pictures",
    Kind.DRAWN.value: "drawings",
    PEOPLE: "people made or changed by AI",
}


def _when(name: str, among: Mapping[str, str]) -> str:
    """After which alteration a text is used."""
    if name == ANY:
        return "of an altered picture" if len(among) == 1 else "for any other alteration"
    return f"for “{in_plain_words(name).lower()}”"


# Reading


def _first_format(raw: Mapping[str, Any]) -> Profile:
    """One caption for all alterations, in one language. `disclosure_untrue` stops it where it is not true."""
    old = _First(**dict(typed_values(_First, raw)))
    for name in ("caption_altered", "caption_generated", "caption_drawn"):
        if len(getattr(old, name)) > CAPTION_LIMIT:
            raise BadRules(f"{name} has more than {CAPTION_LIMIT} characters.")
    words = Words(
        captions={ANY: old.caption_altered} if old.caption_altered else {},
        prefixes={ANY: old.remark_prefix} if old.remark_prefix else {},
        caption_generated=old.caption_generated,
        caption_drawn=old.caption_drawn,
        label_altered=old.label_altered,
        label_generated=old.label_generated,
        statement=old.statement,
    )
    return Profile(words={} if words == Words() else {"en": words}, order=_one_of(Order, "order", old.order))


@dataclass(frozen=True, slots=True)
class _First:
    """The fields of a profile in the first format."""

    caption_altered: str = ""
    caption_generated: str = ""
    caption_drawn: str = ""
    remark_prefix: str = ""
    label_altered: str = ""
    label_generated: str = ""
    statement: str = ""
    order: str = ""


def _read(kind: type[Profile], raw: Mapping[str, Any]) -> Profile:
    return kind(**{name: _field(name)(name, value) for name, value in raw.items()})


def _field(name: str) -> Callable[[str, Any], Any]:
    if reader := READERS.get(name):
        return reader
    raise BadRules(f"“{name}” is not known; use {', '.join(sorted(READERS))}.")


def _text(name: str, value: Any) -> str:
    return _typed(str, name, value)


def _flag(name: str, value: Any) -> bool:
    return _typed(bool, name, value)


def _number(name: str, value: Any) -> int:
    if isinstance(value, bool):
        raise BadRules(f"{name} is {value!r}, which is not of the right kind.")
    return _typed(int, name, value)


def _day(name: str, value: Any) -> date | None:
    try:
        return date.fromisoformat(_text(name, value)) if value else None
    except ValueError as error:
        raise BadRules(f"{name} is “{value}”, not a day such as 2027-01-01.") from error


def _texts(name: str, value: Any) -> tuple[str, ...]:
    return tuple(_text(name, each) for each in _typed(list, name, value))


def _numbers(name: str, value: Any) -> tuple[int, ...]:
    return tuple(_number(name, each) for each in _typed(list, name, value))


def _by_alteration(name: str, value: Any) -> dict[str, str]:
    """Texts by alteration, in the order in which people choose among those, and what holds for any other last."""
    said = {key: _text(f"{name}, {key}", text) for key, text in _typed(dict, name, value).items()}
    order = (*ALTERATIONS, *EARLIER, ANY)
    if unknown := sorted(said.keys() - set(order)):
        raise BadRules(f"{name}: “{unknown[0]}” is no alteration.")
    return {key: said[key] for key in order if said.get(key)}


def _all_words(name: str, value: Any) -> dict[str, Words]:
    return {language: _words(language, said) for language, said in sorted(_typed(dict, name, value).items())}


def _words(language: str, value: Any) -> Words:
    if language not in LANGUAGES:
        raise BadRules(f"words: “{language}” is no language of the list.")
    said = _typed(dict, f"words, {language}", value)
    if unknown := sorted(said.keys() - {each.name for each in fields(Words)}):
        raise BadRules(f"words, {language}: “{unknown[0]}” is not known.")
    texts: dict[str, Any] = {name: _text(name, said[name]) for name in WORDS if name in said}
    return Words(**texts | {name: _by_alteration(name, said.get(name, {})) for name in ("captions", "prefixes")})


def _icon(name: str, value: Any) -> Icon:
    return _one_of(Icon, name, value)


def _burn_in(name: str, value: Any) -> BurnIn:
    return _one_of(BurnIn, name, value)


def _order(name: str, value: Any) -> Order:
    return _one_of(Order, name, value)


def _one_of(kind: Callable[[Any], Value], name: str, value: Any) -> Value:
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise BadRules(f"{name} is {value!r}, which is none of its values.") from error


def _typed(kind: type[Value], name: str, value: Any) -> Value:
    if not isinstance(value, kind):
        raise BadRules(f"{name} is {value!r}, which is not of the right kind.")
    return value


READERS: Mapping[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(("name", "source", "quoted", "language"), _text),
    **dict.fromkeys(("read_on", "first_day", "last_day"), _day),
    **dict.fromkeys(("jurisdictions", "must_say"), _texts),
    **dict.fromkeys(("is_draft", "refuses_exteriors"), _flag),
    "words": _all_words,
    "caption_limit": _number,
    "checkboxes": _by_alteration,
    "icon": _icon,
    "burn_in": _burn_in,
    "order": _order,
    "refused_slots": _numbers,
}


# Whether what was read fits


def _checked(profile: Profile) -> Profile:
    if problem := next(_problems(profile), ""):
        raise BadRules(problem)
    return profile


def _problems(profile: Profile) -> Iterator[str]:
    if not SHORTEST_LIMIT <= profile.caption_limit <= CAPTION_LIMIT:
        yield f"caption_limit is {profile.caption_limit}, not between {SHORTEST_LIMIT} and {CAPTION_LIMIT}."
    if profile.words and profile.language not in profile.words:
        yield f"language is “{profile.language}”, and there are no words in it."
    for language, words in profile.words.items():
        yield from (f"{problem} ({language})" for problem in _problems_of(words, profile.caption_limit))
    if unknown := set(profile.must_say) - set(MAY_ASK):
        yield f"must_say: “{sorted(unknown)[0]}” is none of {', '.join(MAY_ASK)}."
    if set(SAID_UNLESS) - set(profile.must_say) and not (profile.source and profile.read_on):
        yield "must_say: where no word is required, the source must be named, with the day it was read."
    if profile.first_day and profile.last_day and profile.last_day < profile.first_day:
        yield "last_day is before first_day."
    if any(slot < 1 for slot in profile.refused_slots):
        yield "refused_slots: the first place is 1."


def _problems_of(words: Words, limit: int) -> Iterator[str]:
    for name, text in _captions(words):
        if len(text) > limit:
            yield f"{name} has more than {limit} characters."
    if words.captions and ANY not in words.captions:
        yield "captions: the words for any other alteration are missing."
    for texts in (words.captions, words.prefixes):
        if SPEAKS_OF_STAGING.search(texts.get(ANY, "")):
            yield f"“{texts[ANY]}” is said of any alteration, and is not true where nothing was staged."


def _captions(words: Words) -> Iterable[tuple[str, str]]:
    altered = ((f"The caption for “{in_plain_words(name)}”", text) for name, text in words.captions.items())
    return (
        *altered,
        ("caption_generated", words.caption_generated),
        ("caption_drawn", words.caption_drawn),
    )

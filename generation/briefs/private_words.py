"""Private words in a text: e-mail addresses, telephone numbers, street addresses, and names that we know. Pure.

A name is never guessed from its capital letters: only one that the portal knows is found. Digits are a telephone
number only where they are written like one: seeds, sizes, years and camera settings are none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Private(StrEnum):
    """What may stand in a text and is nobody else's business, with its article."""

    EMAIL = "an e-mail address"
    TELEPHONE = "a telephone number"
    ADDRESS = "an address"
    REFERENCE = "the listing’s reference"
    NAME = "a name"


@dataclass(frozen=True, slots=True)
class Known:
    """What the portal knows and a text should not tell."""

    names: frozenset[str] = frozenset()
    """Of people: of the team, of those who gave consent, of those whom the listing's facts name."""
    address: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One private word, as it stands in the text."""

    what: Private
    words: str


NOTHING_KNOWN = Known()

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

_ENDS = r"(?![\w-]|[.,]\d)"
_UNITS = r"(?! ?(?:px|pixels?|k|mm|cm|m|ft|feet|square|sq|kelvin|lumens?|usd|dollars?)\b)"
_TELEPHONES = (
    re.compile(rf"\+\d(?:[ ().\-/]{{0,2}}\d){{7,14}}{_ENDS}"),
    re.compile(rf"(?<![\w.+-])(?:1[ .-])?(?:\(\d{{3}}\) ?|\d{{3}}[ .-])\d{{3}}[ .-]\d{{4}}{_ENDS}"),
    re.compile(rf"(?<![\w$€£.,+-])(?<!iso )[2-9]\d\d-\d{{4}}{_ENDS}{_UNITS}", re.IGNORECASE),
    re.compile(
        r"\b(?:tel|phone|call|cell|mobile|fax|whatsapp)\b[ .:]{0,3}((?:\d[ .\-/]?){6,13}\d)(?!\w)", re.IGNORECASE
    ),
)
"""Written internationally; in the American way with an area code; without one; and bare digits after “call”."""

_NUMBER = r"(?<![\w.,/:#+-])\d{1,6}[A-Za-z]? "
_SIDE = r"(?i:(?:north|south|east|west|ne|nw|se|sw|[nsew])\.? )?"
_NAMED = r"(?:(?:[A-Z][\w'-]*\.?|\d{1,3}(?:st|nd|rd|th)) ){1,3}"
_STREET = r"(?i:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|parkway|pkwy|highway|hwy|trail|trl)\b"
_OTHER = r"(?i:court|ct|place|pl|terrace|way|circle|cir|square|sq|loop|row|alley|crescent)(?=\.?(?:[,;\n]|$))"
_COUNTED = (
    "the|a|an|of|in|on|at|to|by|near|from|along|and|or|with|wide|long|deep|foot|feet|meters?|metres?|yards?|cars?|lane"
    "|trees?|houses?|bedroom|degrees?|year|quiet|busy|empty|narrow|wet|broad"
)
"""Words after a number that count or tell of something, and name no street."""
_STREET_ADDRESSES = (
    re.compile(_NUMBER + _SIDE + _NAMED + _STREET),
    re.compile(_NUMBER + _SIDE + _NAMED + _OTHER),
    re.compile(rf"(?<![\w.,/:#+-])\d{{2,6}} (?!(?:{_COUNTED})\b)[a-z'-]{{3,}} (?:street|avenue|road|boulevard)\b"),
)
"""“1042 N. Harbor Blvd”; “7 Elm Court,” where the last word may also be a thing; “1042 harbor street”."""


def found_in(text: str, known: Known = NOTHING_KNOWN) -> list[Found]:
    """The private words of a text, each once, in the order of their kinds."""
    plain = _plain(text)
    return _longest(dict.fromkeys([*_patterns(plain), *_of_listing(plain, known), *_names(plain, known.names)]))


def _patterns(text: str) -> Iterator[Found]:
    yield from (Found(Private.EMAIL, match[0]) for match in _EMAIL.finditer(text))
    for pattern in _TELEPHONES:
        yield from (Found(Private.TELEPHONE, match[match.lastindex or 0]) for match in pattern.finditer(text))
    for pattern in _STREET_ADDRESSES:
        yield from (Found(Private.ADDRESS, match[0].rstrip(" .")) for match in pattern.finditer(text))


def _of_listing(text: str, known: Known) -> Iterator[Found]:
    whole, street = known.address, known.address.partition(",")[0]
    if match := _whole_word(whole, text) or (_tells_a_place(street) and _whole_word(street, text)):
        yield Found(Private.ADDRESS, match[0])
    if _has_a_digit(known.reference) and (match := _whole_word(known.reference, text)):
        yield Found(Private.REFERENCE, match[0])


def _names(text: str, names: Iterable[str]) -> Iterator[Found]:
    """A single name is found only as it is written: Rose is somebody, a rose is not."""
    for name in sorted(filter(None, map(_plain, names))):
        if match := _whole_word(name, text, any_case=" " in name):
            yield Found(Private.NAME, match[0])


def _whole_word(words: str, text: str, *, any_case: bool = True) -> re.Match[str] | None:
    parts = r"\s+".join(map(re.escape, _plain(words).split()))
    flags = re.IGNORECASE if any_case else 0
    return re.search(rf"(?<!\w){parts}(?!\w)", text, flags) if parts else None


def _tells_a_place(street: str) -> bool:
    return _has_a_digit(street) and any(map(str.isalpha, street))


def _has_a_digit(text: str) -> bool:
    return any(map(str.isdecimal, text)) and len(text) > 2


def _longest(found: Iterable[Found]) -> list[Found]:
    """Without those that are a part of another of the same kind, such as a street in a whole address."""
    every = list(found)
    order = list(Private)
    kept = [each for each in every if not any(_is_part(each, other) for other in every)]
    return sorted(kept, key=lambda each: order.index(each.what))


def _is_part(each: Found, other: Found) -> bool:
    return each.what == other.what and each.words != other.words and each.words in other.words


def _plain(text: str) -> str:
    """Look-alike digits, dashes and spaces as the plain ones; invisible characters are left out."""
    plain = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    return re.sub(r"[^\S\n]+", " ", re.sub(r"[\u2010-\u2015\u2212]", "-", plain).replace("’", "'")).strip()

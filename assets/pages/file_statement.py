"""File statement: what a file says about itself, as names, words, and where they stand in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from assets.imaging import metadata
from assets.imaging.metadata.file_words import CODES, CREDENTIALS, GENERATOR, MAKING, RIGHTS, STATES, TRAVELS
from assets.models import DigitalSource, Version


class About(Enum):
    """What a fact of a file is about."""

    RIGHTS = "rights"
    MAKING = "making"
    ALL_ELSE = "all else"


@dataclass(frozen=True, slots=True)
class FileFact:
    """One thing that a file says; none of it is believed."""

    name: str
    value: str
    about: About = About.ALL_ELSE
    source: str = ""
    """Every place that says just this, as other programs name it: `EXIF Copyright, XMP dc:rights`."""


def file_statement(version: Version, about: About) -> list[FileFact]:
    """What the file says about this, rights in the order of `RIGHTS`. What several places say stands once."""
    made = getattr(version, "provenance", None)
    facts: dict[tuple[str, str], FileFact] = {}
    for fact in _facts(made.found) if made else ():
        before = facts.get((fact.name, fact.value), fact)
        sources = dict.fromkeys(source for source in (before.source, fact.source) if source)
        facts[fact.name, fact.value] = replace(before, source=", ".join(sources))
    told = [fact for fact in facts.values() if fact.about is about and fact.value]
    return sorted(told, key=lambda fact: _RANKS.get(fact.name.partition(" (")[0], len(_RANKS)))


_TOLD = {name: (words, About.RIGHTS) for words, names in RIGHTS.items() for name in names} | {
    name: (words, About.MAKING) for words, names in MAKING.items() for name in names
}
_RANKS = {words: rank for rank, words in enumerate(RIGHTS)}
_PLUS = "http://ns.useplus.org/ldf/vocab/"


def _facts(found: Mapping[str, Any]) -> Iterator[FileFact]:
    for kind, part in found.items():
        if isinstance(part, Mapping):
            yield from _of_part(kind, part)
        else:
            yield FileFact(_plain(kind), _text(part))


def _of_part(kind: str, part: Mapping[str, Any]) -> Iterator[FileFact]:
    if kind == "c2pa":
        yield from _credentials(part)
        return
    for name, value in part.items():
        place = metadata.place_of(kind, name)
        if place and isinstance(value, Mapping):
            yield from _in_languages(kind, value)
        elif isinstance(value, Mapping):
            yield from (FileFact(_plain(kind, name, key), _text(inner)) for key, inner in value.items())
        elif place and name in _TOLD:
            words, about = _TOLD[name]
            yield FileFact(words, _value(name, value), about, place)
        elif kind == "generator" and name in GENERATOR:
            yield FileFact(GENERATOR[name], _text(value), About.MAKING)
        else:
            yield FileFact(_plain(*(() if place else (kind,)), name), _text(value), source=place)


def _in_languages(kind: str, texts: Mapping[str, Any]) -> Iterator[FileFact]:
    """The same property in further languages."""
    for name, said in texts.items():
        words, about = _TOLD.get(name, (_plain(name), About.ALL_ELSE))
        for tag, value in said.items() if isinstance(said, Mapping) else ():
            yield FileFact(f"{words} ({tag})", _text(value), about, metadata.place_of(kind, name))


def _value(name: str, value: object) -> str:
    """A value in plain words where it is a code."""
    parts = _text(value).split("; ")
    return "; ".join(_source(part) if name in MAKING["How it was made"] else _coded(part) for part in parts)


def _source(value: str) -> str:
    term = metadata.source_term(value)
    return str(DigitalSource(term).label) if term in DigitalSource.values else value


def _coded(value: str) -> str:
    return CODES.get(value.removeprefix(_PLUS), value)


def _credentials(part: Mapping[str, Any]) -> Iterator[FileFact]:
    """Whether Content Credentials hold, and what they say."""
    state = STATES.get(str(part.get("state", "")), STATES[""])
    problem = f": {part['problem']}" if part.get("problem") else ""
    yield FileFact("Content Credentials", f"{state}{problem}", About.MAKING)
    for name, words in CREDENTIALS.items():
        value = part.get(name) or ""
        if name == "says" and isinstance(value, list):
            value = [_source(term) for term in value]
        if name == "travels":
            value = TRAVELS.get(str(value), "")
        told = "; ".join(map(str, value)) if isinstance(value, list) else _text(value)
        yield FileFact(words, told, About.MAKING)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(*names: str) -> str:
    words = " ".join(names).replace("_", " ")
    return words[:1].upper() + words[1:]

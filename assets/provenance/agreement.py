"""Agreement: what a file says about itself, what its path knows and what a person states, held against each other.

They are kept apart, and none of them overrules another. Where two differ there is a contradiction, which stops the
picture until a person changes what is stated or explains it in words; the explanation is part of what is judged.
Everything here is worked out from the facts of a dossier, so that it is the same for a page and for a decision.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.models import DigitalSource, Origin, Version
from assets.models.version import COMPOSITES, DRAWN, PHOTOGRAPHS
from assets.provenance import ai_systems, file_says
from assets.provenance.file_says import Saying
from assets.versions import dossier
from core import clock
from core.errors import Finding, Severity

Facts = Mapping[str, Any]
"""A dossier's facts, in the newest format."""
PANEL = "agreement"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two things that are said about a picture and cannot both be true, or one that forbids the other."""

    code: str
    said: str
    """What the file says or its path knows, with where."""
    stated: str
    """What a person stated."""
    explanation: str = ""
    """Why it is right nevertheless, in a person's words; empty while nobody explained it."""

    @property
    def about(self) -> str:
        """What an explanation speaks of: it ends when either side says something else."""
        return dossier.digest_of({"code": self.code, "said": self.said, "stated": self.stated})

    @property
    def words(self) -> str:
        return f"{self.said} {self.stated}"


def contradictions(facts: Facts) -> list[Contradiction]:
    """All contradictions of a dossier, each with what explains it."""
    found = [Contradiction(code, said, stated) for code, said, stated in _all(_Sides(facts))]
    return [_explained(each, facts["disclosure"]["explanations"]) for each in found]


def of(version: Version) -> list[Contradiction]:
    """The contradictions of a version as it is now."""
    return contradictions(dossier.facts(version))


def findings(version: Version) -> list[Finding]:
    """What is contradictory blocks until it is explained; what is explained stays to be seen by whoever decides."""
    return [_finding(each) for each in of(version)]


def _finding(each: Contradiction) -> Finding:
    if each.explanation:
        return Finding(each.code, f"{each.words} Explained: “{each.explanation}”", Severity.WARNS, PANEL)
    return Finding(each.code, f"{each.words} Correct what is stated, or explain it.", field=PANEL)


def _explained(each: Contradiction, explanations: object) -> Contradiction:
    said = explanations.get(each.code) if isinstance(explanations, Mapping) else None
    fits = isinstance(said, Mapping) and said.get("about") == each.about
    return Contradiction(each.code, each.said, each.stated, str(said["words"])) if said and fits else each


# The two sides


class _Sides:
    """What is held against each other, read from a dossier."""

    def __init__(self, facts: Facts) -> None:
        self.disclosure, self.license, self.path = facts["disclosure"], facts["license"], facts["provenance"]
        found = self.path.get("file_says", {})
        self.found: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
        self.source: str = self.disclosure["digital_source"]
        self.is_altered = bool(self.disclosure["alterations"]) or self.source in COMPOSITES
        self.known: str = self.path.get("digital_source", "")
        self.terms = file_says.source_types(self.found)

    @property
    def stated_source(self) -> str:
        label = DigitalSource(self.source).label if self.source in DigitalSource.values else self.source
        altered = ", altered" if self.is_altered and self.source not in COMPOSITES else ""
        return f"It is stated to be: {_lower(str(label))}{altered}."

    @property
    def path_agrees(self) -> bool:
        """Whether it was made here as what it is stated to be: then the path knows better than a mark that fits all."""
        return bool(self.known) and self.known == self.source


Found = Iterator[tuple[str, str, str]]
"""Code, what is said, what is stated."""


def _all(sides: _Sides) -> Found:
    checks: list[Callable[[_Sides], Found]] = [_credentials, _owner, _restrictions, _last_day]
    if sides.source:
        checks += [_path, _system]
    if sides.source and not sides.path_agrees:
        checks += [_claims_ai, _claims_camera, _claims_other]
    for check in checks:
        yield from check(sides)


def _credentials(sides: _Sides) -> Found:
    if file_says.credentials(sides.found) == "tampered":
        said = "The file’s Content Credentials do not fit its picture: it was changed after they were signed."
        yield "credentials_tampered", said, "Nothing that they say can be relied on."


# How it was made


def _path(sides: _Sides) -> Found:
    if sides.known and sides.known != sides.source:
        by = sides.path.get("provider_name") or sides.path.get("maker", "")
        where = f"It came from {by}" if sides.path["origin"] == Origin.BROUGHT else f"It was made here with {by}"
        yield "path_knows_otherwise", f"{where}: {_lower(label_of(sides.known))}.", sides.stated_source


def _claims_ai(sides: _Sides) -> Found:
    """Marks of AI on what is stated to be made without it."""
    terms = [each for each in sides.terms if each.text in _AI_TERMS]
    marks = [*terms, *file_says.systems(sides.found), *file_says.speaks_of_ai(sides.found)]
    if marks and sides.source not in _BY_AI:
        yield "file_says_ai", f"The file says that AI made or changed it: {_listed(marks)}.", sides.stated_source


def _claims_camera(sides: _Sides) -> Found:
    """A camera's data, or a source type of photographs alone, on what is stated to be made without a camera."""
    if sides.source in (*PHOTOGRAPHS, *COMPOSITES) or any(each.text not in _OF_CAMERAS for each in sides.terms):
        return
    camera = file_says.camera(sides.found)
    if said := [*sides.terms, *([camera] if camera else [])]:
        yield "file_says_camera", f"The file says that a camera took it: {_listed(said)}.", sides.stated_source


def _claims_other(sides: _Sides) -> Found:
    """Any further source type that does not go with the one that is stated.

    Content Credentials name the types of all parts: the stated one among them is enough for what is made of parts.
    """
    named = {each.text for each in sides.terms}
    if sides.source in _OF_PARTS and named & ({sides.source} if sides.source == DigitalSource.GENERATED else _MIXED):
        return
    told = _AI_TERMS if sides.source not in _BY_AI else frozenset()
    told |= _OF_CAMERAS if sides.source not in PHOTOGRAPHS and named <= _OF_CAMERAS else frozenset()
    if others := [each for each in sides.terms if each.text not in _GOES_WITH.get(sides.source, frozenset()) | told]:
        yield "file_says_other_source", f"The file gives another source: {_listed(others)}.", sides.stated_source


def _system(sides: _Sides) -> Found:
    """Another AI system than the one that made it here, or that somebody named when bringing it."""
    stated = [sides.path.get("provider_name", ""), sides.path.get("model_asked", "")]
    stated = [name for name in (*stated, sides.path.get("model_reported", "")) if name]
    if not stated or sides.source in PHOTOGRAPHS:
        return
    others = [
        each
        for each in file_says.systems(sides.found)
        if each.text != ai_systems.NAMELESS and not any(ai_systems.may_be_the_same(each.text, one) for one in stated)
    ]
    if others:
        yield "file_names_other_system", f"The file names another AI system: {_listed(others)}.", _made_with(sides)


def _made_with(sides: _Sides) -> str:
    return f"It is stated to be made with {sides.path.get('provider_name') or sides.path.get('maker', '')}."


_BY_AI = (DigitalSource.GENERATED, DigitalSource.COMPOSITE, DigitalSource.SYNTHETIC)
_OF_PARTS = (DigitalSource.GENERATED, *COMPOSITES)
_AI_TERMS = frozenset({*(source.value for source in _BY_AI), "trainedAlgorithmicData"})
_MIXED = frozenset(source.value for source in COMPOSITES)
_EDITED = frozenset({DigitalSource.HUMAN_EDITS.value, DigitalSource.ENHANCED.value, "minorHumanEdits"})
_TAKEN = frozenset(source.value for source in PHOTOGRAPHS) - _EDITED
_OF_CAMERAS = _TAKEN | _EDITED
_GOES_WITH: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_TAKEN, _TAKEN),
    **dict.fromkeys(_EDITED, _OF_CAMERAS),
    **dict.fromkeys(_MIXED, _MIXED | _OF_CAMERAS),
    DigitalSource.GENERATED.value: frozenset({DigitalSource.GENERATED.value}),
    **{source.value: frozenset({source.value, "digitalArt", "softwareImage"}) for source in DRAWN},
}
"""Stated source type → what a file may say of itself beside it: of its parts, or of the time before it was edited."""


# Whose it is, and what may be done with it


def _owner(sides: _Sides) -> Found:
    """Names in the file that are in none of what is stated. Where nobody states anybody, the file's words are kept."""
    fields = ("holder", "creator", "notice", "attribution")
    stated = {name: said for name in fields if (said := str(sides.license.get(name) or ""))}
    if not stated:
        return
    known = [_name(words) for words in stated.values()]
    people = [each for each in file_says.owners(sides.found) if not ai_systems.is_named_in(each.text)]
    others = [each for each in people if (name := _name(each.text)) and not _among(name, known)]
    if others:
        words = f"It is stated: {'; '.join(stated.values())}."
        yield "file_names_other_owner", f"The file names somebody else: {_listed(others)}.", words


def _restrictions(sides: _Sides) -> Found:
    if said := file_says.restrictions(sides.found):
        words = "Publishing it for marketing, in the sizes that channels need, must be allowed."
        yield "file_restricts_use", f"The file restricts its use: {_listed(said)}.", words


def _last_day(sides: _Sides) -> Found:
    found, until = file_says.last_day(sides.found), sides.license.get("valid_until", "")
    if not found or (until and date.fromisoformat(until) <= found[0]):
        return
    stated = f"The license is stated to last until {clock.written(date.fromisoformat(until))}." if until else ""
    words = stated or "The license is stated without an end."
    yield "file_ends_earlier", f"The file says that its use ends on {clock.written(found[0])}: {found[1]}.", words


_NOISE = re.compile(
    r"©|\(c\)|copyright|all rights reserved|alle rechte vorbehalten|tous droits réservés"
    r"|(?:19|20)\d\d|\bby\b|\bphoto(graphy|s)?\b",
    re.IGNORECASE,
)


def _name(words: str) -> str:
    """A notice without what every notice says: what is left is whose it is."""
    return " ".join(re.sub(r"[\W_]+", " ", _NOISE.sub(" ", words.casefold())).split())


def _among(name: str, known: Iterable[str]) -> bool:
    """Whether a name is one of those stated, or a longer or shorter form of one."""
    return any(f" {name} " in f" {one} " or f" {one} " in f" {name} " for one in known if one)


# Words


def label_of(term: str) -> str:
    """A source type in plain words; one that nobody knows stands for itself."""
    return str(DigitalSource(term).label) if term in DigitalSource.values else term


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _listed(said: Iterable[Saying], most: int = 4) -> str:
    every = [_in_words(each) for each in said]
    more = f", and {len(every) - most} more" if len(every) > most else ""
    return f"{', '.join(every[:most])}{more}"


def _in_words(each: Saying) -> str:
    text = each.text if len(each.text) <= 160 else f"{each.text[:160]}…"
    return f"“{_lower(label_of(text)) if text in DigitalSource.values else text}” ({each.place})"

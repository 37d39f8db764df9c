"""What a channel says about one picture: caption, remark, label, statement and how they are shown.

`disclose` is the one place that decides it, for pages, releases and files alike; `untrue` and `unresolved` say what
would be wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from approvals.channels.profiles import (
    ANY,
    CAPTION_LIMIT,
    ORIGINAL,
    SPEAKS_OF_STAGING,
    Icon,
    Profile,
    Words,
)
from approvals.models.document import BurnIn, Kind, Mark, Order, PublicWords
from assets.models import DigitalSource, Shown
from assets.models.consent import MADE_BY_AI
from assets.models.version import COMPOSITES, DRAWN, PHOTOGRAPHS
from assets.provenance.alterations import in_order

__all__ = ["CAPTION_LIMIT", "ORIGINAL", "Disclosure", "Profile", "disclose", "kind_of"]

STAGING = "VirtualStagingItemAddition"
WITH_AI = (DigitalSource.GENERATED, DigitalSource.COMPOSITE, DigitalSource.SYNTHETIC)
"""Source types in which a trained model made something of the picture."""
SPEAKS_OF_AI = re.compile(r"\b(AI|A\.I\.|artificial intelligence)", re.IGNORECASE)
PLACEHOLDER = re.compile(r"[{}][^{}]*}?")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is said about one picture in one channel; the fields of the release document of the same names."""

    caption: str = ""
    remark_prefix: str = ""
    label: str = ""
    statement: str = ""
    order: str = Order.ANY
    language: str = ""
    icon: str = Mark.NONE
    people: str = ""
    print_address: str = ""
    checkboxes: list[str] = field(default_factory=list)
    burn_in: str = BurnIn.NOT_STATED
    refused_slots: list[int] = field(default_factory=list)
    translations: Mapping[str, PublicWords] = field(default_factory=dict)

    def statement_with(self, original: str) -> str:
        """The statement with the address of the original in it."""
        return self.statement.replace(ORIGINAL, original)

    @property
    def says_something(self) -> bool:
        return bool(self.caption or self.label or self.statement)

    @property
    def with_addresses(self) -> Iterator[str]:
        """The texts in which the address of the original may stand."""
        yield from (self.statement, self.print_address)
        for words in self.translations.values():
            yield from (words.statement, words.print_address)


KINDS = {
    DigitalSource.GENERATED: Kind.GENERATED,
    **dict.fromkeys(PHOTOGRAPHS, Kind.PHOTOGRAPH),
    **dict.fromkeys(COMPOSITES, Kind.ALTERED),
    **dict.fromkeys(DRAWN, Kind.DRAWN),
}


def kind_of(digital_source: str, alterations: Collection[str]) -> Kind | None:
    """What a picture is to the people who look at it; None when that is not stated."""
    return Kind.ALTERED if alterations else KINDS.get(DigitalSource(digital_source))


def people_by_ai(kind: Kind | None, shows_people: str) -> bool:
    """Whether it shows people whom AI made: as it was answered, or since the picture is generated whole."""
    return shows_people in MADE_BY_AI or (kind is Kind.GENERATED and shows_people == Shown.REAL)


def disclose(
    profile: Profile,
    kind: Kind,
    *,
    alterations: Collection[str] = (),
    note: str = "",
    language: str = "",
    digital_source: str = "",
    people: bool = False,
) -> Disclosure:
    """What the channel must show with a picture of this kind. `note` is the author's own description of the change.

    `people` says that there are people in it whom AI made or changed. The statement keeps its `{original}`: only who
    shows the pair knows at which address the original is shown.
    """
    if kind is Kind.PHOTOGRAPH:
        return Disclosure()
    main = language if language in profile.words else profile.language
    is_altered, by_ai = kind is Kind.ALTERED, digital_source in WITH_AI
    said = {
        tag: _said(words, kind, alterations, note, profile.caption_limit, by_ai=by_ai, people=people)
        for tag, words in profile.words.items()
    }
    first = said.pop(main, PublicWords())
    return Disclosure(
        caption=first.caption,
        remark_prefix=_together(profile.said(main).prefixes, alterations) if is_altered else "",
        label=first.label,
        statement=first.statement,
        order=profile.order if is_altered else Order.ANY,
        language=main if profile.words else "",
        icon=_icon(profile.icon, kind, by_ai=by_ai),
        people=first.people,
        print_address=first.print_address,
        checkboxes=_each(profile.checkboxes, alterations) if is_altered else [],
        burn_in=profile.burn_in,
        refused_slots=[*profile.refused_slots] if is_altered else [],
        translations=said,
    )


def _said(
    words: Words, kind: Kind, alterations: Collection[str], note: str, limit: int, *, by_ai: bool, people: bool
) -> PublicWords:
    shown = words.people if people else ""
    if kind is Kind.GENERATED:
        return PublicWords(_caption(words.caption_generated, note, limit), words.label_generated, people=shown)
    if kind is Kind.DRAWN:
        return PublicWords(_caption(words.caption_drawn, note, limit), people=shown)
    label = (words.label_ai_altered if by_ai else "") or words.label_altered
    caption = _caption(_true_of_all(words.captions, alterations, limit), note, limit)
    return PublicWords(caption, label, words.statement, words.print_address, shown)


def _true_of_all(captions: Mapping[str, str], alterations: Collection[str], limit: int) -> str:
    """The words for each alteration, where they fit side by side; otherwise those that are true of any."""
    each = ". ".join(_each(captions, alterations))
    return each if each and len(each) <= limit else captions.get(ANY, "")


def _each(texts: Mapping[str, str], alterations: Collection[str]) -> list[str]:
    """The texts for these alterations, each once; without an alteration, those for any."""
    found = (texts.get(name) or texts.get(ANY, "") for name in in_order(alterations) or [ANY])
    return [text for text in dict.fromkeys(found) if text]


def _together(texts: Mapping[str, str], alterations: Collection[str]) -> str:
    return " ".join(_each(texts, alterations))


def _caption(required: str, note: str, limit: int) -> str:
    """The channel's words first, then as much of the note as still fits whole."""
    if not required:
        return ""
    together = f"{required}: {note.strip()}"
    return together if note.strip() and len(together) <= limit else required


def _icon(icon: Icon, kind: Kind, *, by_ai: bool) -> Mark:
    """Nothing is marked as AI that no trained model had a part in."""
    if icon is Icon.NONE or not (by_ai or kind is Kind.GENERATED):
        return Mark.NONE
    if icon is Icon.BASIC:
        return Mark.AI
    return Mark.AI_GENERATED if kind is Kind.GENERATED else Mark.AI_MODIFIED


# What would be wrong with it


def untrue(said: Disclosure, alterations: Collection[str], digital_source: str) -> str:
    """The words that are not true of a picture with these alterations, and empty where none is found.

    A net beneath the profile: words for any alteration that speak of staging, where a pole was removed, or that speak
    of AI where a person made the change.
    """
    words = (said.caption, said.label, said.remark_prefix, said.statement, said.print_address, *said.checkboxes)
    further = ((each.caption, each.label, each.statement) for each in said.translations.values())
    for text in chain(words, *further):
        if alterations and SPEAKS_OF_STAGING.search(text) and STAGING not in alterations:
            return text
        if digital_source and SPEAKS_OF_AI.search(text) and digital_source not in WITH_AI:
            return text
    return ""


def unresolved(said: Disclosure, *, has_original: bool) -> str:
    """The first placeholder that nothing can be put in place of; empty where there is none."""
    plain = (said.caption, said.label, said.remark_prefix, said.people)
    further = ((each.caption, each.label, each.people) for each in said.translations.values())
    texts = (text.replace(ORIGINAL, "") if has_original else text for text in said.with_addresses)
    found = (match for text in chain(plain, *further, texts) for match in PLACEHOLDER.findall(text))
    return next(found, "")

"""People whom no camera saw: what a channel must say of people that AI made or changed, and whether it would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from approvals.channels.disclosure import Disclosure, Profile
from assets.models import Shown
from core.errors import Finding

MADE = (Shown.MADE, Shown.BOTH)
"""Answers by which a person who was made or changed by AI can be seen."""
ANY = (Shown.REAL, *MADE)
"""Answers by which anybody can be seen."""
BETWEEN = " · "
"""Between a label and what is said of people."""


def with_people(said: Disclosure, profile: Profile, shows_people: str) -> Disclosure:
    """What is said of a picture, with what the channel says of people made by AI, beside the picture."""
    words = profile.people_made_words
    if shows_people not in MADE or not words or _says(said, words):
        return said
    return replace(said, label=BETWEEN.join(filter(None, (said.label, words))))


def findings(said: Disclosure, profile: Profile, shows_people: str) -> Iterator[Finding]:
    """Blocks where the channel asks for words about people made by AI, and nothing of what leaves would say them."""
    words = profile.people_made_words
    if shows_people in MADE and words and not _says(said, words):
        told = f"It shows people made or changed by AI, and nothing beside it would say “{words}”."
        yield Finding("people_made_silent", told, field="disclosure")


def _says(said: Disclosure, words: str) -> bool:
    return any(words.casefold() in each.casefold() for each in (said.caption, said.label, said.statement))

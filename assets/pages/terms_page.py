"""One snapshot of terms, gathered for its page: its sheet, how it differs from another, and what rests on it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cached_property

from assets.library.differences import Difference, between
from assets.models import LicenseSet, Question, Terms, Version
from assets.models.rights import Indemnity
from assets.rights import terms as verbs
from assets.rights.licenses import QUESTIONS, Asked, GivenAnswer, answers_of, answers_under
from core import storage

SHOWN = 24
"""Pictures that the page names; the others are counted."""
LONGEST = 400_000
"""Bytes of a text that is compared line by line."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One question with its answer."""

    asked: Asked
    answer: GivenAnswer


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a text that was added or taken out."""

    kind: str
    words: str


@dataclass
class TermsPage:
    """Everything that the page of a snapshot shows; `other` is the key of the one it is held against."""

    terms: Terms
    other: int = 0

    @cached_property
    def rows(self) -> list[SheetRow]:
        given = answers_of(self.terms)
        return [SheetRow(asked, given[asked.question]) for asked in QUESTIONS]

    @cached_property
    def plans(self) -> list[tuple[str, str]]:
        """Each plan, with whether it allows commercial use."""
        return [(name, str(self._commercial(name))) for name in self.terms.plans]

    def _commercial(self, plan: str) -> str:
        return answers_under(self.terms, plan)[Question.COMMERCIAL].answer

    @property
    def key(self) -> str:
        """Of the snapshot, for an address."""
        return str(self.terms.pk)

    @property
    def indemnity(self) -> str:
        return str(Indemnity(self.terms.indemnity).label)

    @cached_property
    def snapshots(self) -> list[Terms]:
        """All snapshots of the same terms, the newest first."""
        return list(Terms.objects.filter(key=self.terms.key))

    @property
    def others(self) -> list[Terms]:
        return [each for each in self.snapshots if each.pk != self.terms.pk]

    @property
    def newest(self) -> Terms:
        return self.snapshots[0]

    @property
    def is_older(self) -> bool:
        return self.newest.pk != self.terms.pk

    # What rests on it

    @cached_property
    def count(self) -> int:
        return verbs.resting_on(self.terms).count()

    @cached_property
    def versions(self) -> list[Version]:
        return list(verbs.resting_on(self.terms)[:SHOWN])

    @property
    def more(self) -> int:
        return self.count - len(self.versions)

    @cached_property
    def sets(self) -> list[LicenseSet]:
        """License sets that rest on it: each is changed on its own page, for all of its pictures."""
        return list(LicenseSet.objects.filter(terms=self.terms))

    # Held against another

    @cached_property
    def against(self) -> Terms | None:
        return next((each for each in self.others if each.pk == self.other), None)

    @cached_property
    def differences(self) -> list[Difference]:
        """What the sheets say differently, the older first."""
        older, newer = self._in_order()
        return between(_said(older), _said(newer), lambda path: path) if older and newer else []

    @cached_property
    def text_lines(self) -> list[TextLine]:
        """Lines of the full texts that differ, with what stands around them; nothing where one is missing."""
        older, newer = self._in_order()
        before, after = _lines(older), _lines(newer)
        if before is None or after is None:
            return []
        kinds = {"+": "added", "-": "removed", "@": "place", " ": "same"}
        changed = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
        return [TextLine(kinds.get(line[:1], "same"), line[1:] if line[:1] != "@" else "…") for line in changed]

    def _in_order(self) -> tuple[Terms | None, Terms | None]:
        pair = [each for each in self.snapshots if each.pk in {self.terms.pk, self.other}]
        return (pair[1], pair[0]) if len(pair) == 2 else (None, None)


def _said(terms: Terms) -> dict[str, str]:
    """What a snapshot says, by what it is called on the page."""
    said = {"Title": terms.title, "Address": terms.source_url, "In our words": terms.summary}
    said |= {"Indemnity": str(Indemnity(terms.indemnity).label), "Plans": ", ".join(terms.plans)}
    inputs = (str(terms.takes_inputs.label), terms.inputs.get("detail"), terms.inputs.get("source"))
    said["Photographs of a listing may be sent"] = ". ".join(filter(None, inputs))
    for question, given in answers_of(terms).items():
        said[str(question.label)] = ". ".join(filter(None, (str(given.answer.label), given.detail, given.source)))
    return said


def _lines(terms: Terms | None) -> list[str] | None:
    """The full text line by line; None for a file that holds no text, or that cannot be had."""
    if terms is None or not terms.text_sha256:
        return None
    try:
        data = storage.read(terms.text_sha256)
        return data.decode().splitlines() if len(data) <= LONGEST else None
    except (OSError, ValueError, storage.CorruptFile):
        return None

"""What may be done with a version: the eight questions, terms snapshots, and what stands on a given day.

What terms allow is data with a source and a date. Here is only what an answer means: which ones stop a picture.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assets.models import Answer, Consent, Licence, Question, Terms, Version
from core.errors import Finding


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer as a person or a rule sheet gives it, with where it comes from."""

    answer: Answer = Answer.UNKNOWN
    detail: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question's answers mean. `no` says what is wrong when that is the answer; empty when it is fine."""

    question: Question
    short: str
    no: str = ""
    help: str = ""


QUESTIONS: tuple[Asked, ...] = (
    Asked(
        Question.COMMERCIAL,
        "commercial use",
        no="The licence does not allow commercial use.",
        help="Marketing a property is commercial use.",
    ),
    Asked(
        Question.SUBLICENCE,
        "use by clients and listing sites",
        no="The licence does not let clients or listing sites use it.",
        help="They copy the picture to their own servers.",
    ),
    Asked(Question.ATTRIBUTION, "credit", help="If yes, write the credit line below, word for word."),
    Asked(
        Question.OWNERSHIP,
        "ownership",
        no="Nobody here owns the picture or holds it from its owner.",
        help="Ours, our client's, or licensed to us by whoever owns it.",
    ),
    Asked(Question.TERRITORY, "territory", help="If no, say where it may be used."),
    Asked(Question.CHANNELS, "channels", help="If no, say which channels it may be used in."),
    Asked(Question.TERM, "end date", help="If no, give the last day below."),
    Asked(
        Question.TERMS,
        "the terms themselves",
        no="Nobody has read the terms and kept a copy.",
        help="A snapshot in the portal, or a document in your files.",
    ),
)
_LIMITS = {
    Question.TERRITORY: ("It may not be used everywhere", "where it may be used"),
    Question.CHANNELS: ("It may not be used in every channel", "in which channels it may be used"),
}


def prefill(terms: Terms | None) -> dict[Question, GivenAnswer]:
    """What a terms snapshot answers; Unknown, not yes, for everything it is silent about."""
    sheet: Mapping[str, Any] = terms.answers if terms else {}
    return {question: _from_sheet(sheet.get(question.value, {})) for question in Question}


def findings(version: Version, on: date) -> list[Finding]:
    """What stands in the way of using the version on a day, as far as rights go; with what to look at besides."""
    return [*_licence_findings(version.licence, on), *_consent_findings(version, on)]


def valid_until(version: Version) -> date | None:
    """The last day on which licence and consents all hold; None when none of them ends."""
    ends = [version.licence.valid_until if version.licence else None]
    ends += [consent.valid_until for consent in version.consents.all()]
    return min((end for end in ends if end), default=None)


def current_terms(key: str) -> Terms | None:
    """The newest snapshot of somebody's terms."""
    return Terms.objects.filter(key=key).order_by("-read_on", "-id").first()


def newer_terms(version: Version) -> Terms | None:
    """A newer snapshot than the one the version's licence was answered from, if there is one."""
    held = version.licence.terms if version.licence else None
    current = current_terms(held.key) if held else None
    return current if current and held and current.pk != held.pk else None


# Licence


def _licence_findings(licence: Licence | None, on: date) -> Iterator[Finding]:
    if licence is None:
        yield _stop("licence_missing", "No licence question has been answered yet.")
        return
    given = {answer.question: answer for answer in licence.answers.all()}
    for asked in QUESTIONS:
        answer = given.get(asked.question)
        yield from _answer_findings(asked, Answer(answer.answer) if answer else Answer.UNKNOWN, licence, on)
        if answer and answer.answer == Answer.NO and asked.question in _LIMITS:
            yield _limit_finding(asked.question, answer.detail)
    if licence.valid_until and licence.valid_until < on:
        yield _stop("licence_ended", f"The licence ended on {licence.valid_until:%-d %B %Y}.")


def _answer_findings(asked: Asked, answer: Answer, licence: Licence, on: date) -> Iterator[Finding]:
    name = asked.question.value
    if answer == Answer.UNKNOWN:
        yield _stop(f"licence_{name}_unknown", f"The licence question about {asked.short} has no answer.")
    elif answer == Answer.NO and asked.no:
        yield _stop(f"licence_{name}_no", asked.no)
    elif answer == Answer.YES and asked.question == Question.ATTRIBUTION and not licence.attribution:
        yield _stop("licence_attribution_missing", "Somebody must be credited, but there is no credit line.")
    elif answer == Answer.NO and asked.question == Question.TERM and not licence.valid_until:
        yield _stop("licence_end_missing", "The licence has an end, but no last day is given.")


def _limit_finding(question: Question, detail: str) -> Finding:
    what, which = _LIMITS[question]
    if detail:
        return Finding(f"licence_{question.value}_limited", f"{what}: {detail}", "warns", "licence")
    return _stop(f"licence_{question.value}_no", f"{what}, and nobody has said {which}.")


# Consents


def _consent_findings(version: Version, on: date) -> Iterator[Finding]:
    consents = list(version.consents.all())
    yield from _shown(version.shows_people, "people", "recognisable people", Consent.Kind.PERSON, consents)
    yield from _shown(version.shows_property, "property", "a private property", Consent.Kind.PROPERTY, consents)
    for consent in consents:
        if consent.given != Answer.YES:
            yield _stop("consent_not_given", f"{consent.name} has not given consent.", "consents")
        elif consent.valid_until and consent.valid_until < on:
            words = f"The consent of {consent.name} ended on {consent.valid_until:%-d %B %Y}."
            yield _stop("consent_ended", words, "consents")


def _shown(answer: str, code: str, what: str, kind: Consent.Kind, consents: Iterable[Consent]) -> Iterator[Finding]:
    if answer == Answer.UNKNOWN:
        yield _stop(f"shows_{code}_unknown", f"Nobody has said whether it shows {what}.", "consents")
    elif answer == Answer.YES and not any(consent.kind == kind for consent in consents):
        yield _stop(f"consent_{code}_missing", f"It shows {what}, but no consent is recorded.", "consents")


def _stop(code: str, words: str, where: str = "licence") -> Finding:
    return Finding(code, words, field=where)


# Terms files


class BadTerms(Exception):
    """A terms file that cannot be used. The message says where."""


@dataclass(frozen=True, slots=True)
class TermsSheet:
    """One entry of a terms file, checked."""

    key: str
    title: str
    publisher: str
    url: str
    read_on: date
    summary: str
    answers: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of everything that makes a difference; the same words on the same day are the same snapshot."""
        said = [self.key, self.read_on.isoformat(), self.summary, self.answers]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def load_terms(path: Path | str) -> list[Terms]:
    """Keep a snapshot of each entry of a TOML file that is not kept yet; returns the new ones. Raises BadTerms."""
    entries = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    sheets = [_sheet(key, entry) for key, entry in entries.items()]
    return [terms for sheet in sheets if (terms := _keep(sheet))]


def _keep(sheet: TermsSheet) -> Terms | None:
    facts = {
        "key": sheet.key,
        "title": sheet.title,
        "publisher": sheet.publisher,
        "source_url": sheet.url,
        "read_on": sheet.read_on,
        "summary": sheet.summary,
        "answers": sheet.answers,
    }
    terms, is_new = Terms.objects.get_or_create(sha256=sheet.sha256, defaults=facts)
    return terms if is_new else None


def _sheet(key: str, entry: Any) -> TermsSheet:
    if not isinstance(entry, dict):
        raise BadTerms(f"“{key}” is not a table of terms.")
    answers = {str(name): _written_answer(key, str(name), given) for name, given in entry.get("answers", {}).items()}
    try:
        return TermsSheet(
            key=key,
            title=entry["title"],
            publisher=entry["publisher"],
            url=entry.get("url", ""),
            read_on=date.fromisoformat(str(entry["read_on"])),
            summary=entry["summary"],
            answers=answers,
        )
    except (KeyError, ValueError) as error:
        raise BadTerms(f"The terms of “{key}” lack {error}.") from error


def _written_answer(key: str, name: str, given: Any) -> dict[str, str]:
    if name not in Question.values:
        raise BadTerms(f"“{key}” answers “{name}”, which is not one of the eight questions.")
    if not isinstance(given, dict) or given.get("answer") not in Answer.values:
        raise BadTerms(f"“{key}” answers “{name}” with something other than yes, no or unknown.")
    return {part: str(given.get(part, "")) for part in ("answer", "detail", "source")}


def _from_sheet(given: Mapping[str, str]) -> GivenAnswer:
    return GivenAnswer(Answer(given.get("answer", Answer.UNKNOWN)), given.get("detail", ""), given.get("source", ""))

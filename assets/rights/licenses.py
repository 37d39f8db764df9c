"""The license of a version: eight questions, what their answers mean, and answering them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import transaction

from assets.models import Answer, License, Part, Question, Terms, Version
from assets.versions.changing import hold
from core import audit, clock, sets
from core.errors import Finding, Severity
from core.models import User
from core.sets import AT_ONCE


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
        no="The license does not allow commercial use.",
        help="Marketing a property is commercial use.",
    ),
    Asked(
        Question.SUBLICENSE,
        "use by clients and listing sites",
        no="The license does not let clients or listing sites use it.",
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
    Asked(Question.CHANNELS, "channels", help="If no, say which channels it can be used in."),
    Asked(Question.TERM, "end date", help="If no, enter the date it expires below."),
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


def answers_of(source: License | Terms | None) -> dict[Question, GivenAnswer]:
    """What a license or a terms snapshot answers; Unknown, not yes, for everything it is silent about."""
    sheet = _mapping(source.answers if source else {})
    return {question: _from_sheet(sheet.get(question.value, {})) for question in Question}


def findings(license: License | None, on: date) -> Iterator[Finding]:
    if license is None:
        yield _stop("license_missing", "No license question has been answered yet.")
        return
    given = answers_of(license)
    for asked in QUESTIONS:
        answer = given[asked.question]
        yield from _answer_findings(asked, answer.answer, license, on)
        if answer.answer == Answer.NO and asked.question in _LIMITS:
            yield _limit_finding(asked.question, answer.detail)
    if license.valid_until and license.valid_until < on:
        yield _stop("license_ended", f"The license ended on {clock.written(license.valid_until)}.")


def _answer_findings(asked: Asked, answer: Answer, license: License, on: date) -> Iterator[Finding]:
    name = asked.question.value
    if answer == Answer.UNKNOWN:
        yield _stop(f"license_{name}_unknown", f"The license question about {asked.short} has no answer.")
    elif answer == Answer.NO and asked.no:
        yield _stop(f"license_{name}_no", asked.no)
    elif answer == Answer.YES and asked.question == Question.ATTRIBUTION and not license.attribution:
        yield _stop("license_attribution_missing", "Somebody must be credited, but there is no credit line.")
    elif answer == Answer.NO and asked.question == Question.TERM and not license.valid_until:
        yield _stop("license_end_missing", "The license expires, but no date is given.")


def _limit_finding(question: Question, detail: str) -> Finding:
    what, which = _LIMITS[question]
    if detail:
        return Finding(f"license_{question.value}_limited", f"{what}: {detail}", Severity.WARNS, "license")
    return _stop(f"license_{question.value}_no", f"{what}, and nobody has said {which}.")


def _stop(code: str, words: str, where: str = "license") -> Finding:
    return Finding(code, words, field=where)


def _from_sheet(given: object) -> GivenAnswer:
    """What is no answer leaves the question open: one row that somebody rewrote stops no page of others."""
    said = _mapping(given)
    answer = said.get("answer")
    known = Answer(answer) if answer in Answer.values else Answer.UNKNOWN
    return GivenAnswer(known, str(said.get("detail", "")), str(said.get("source", "")))


def _mapping(said: object) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseFacts:
    """What goes with the answers: the owner, the credit line word for word, the last day, and where it can be read."""

    holder: str = ""
    attribution: str = ""
    valid_until: date | None = None
    url: str = ""
    terms: Terms | None = None


def first_licenses(terms: Terms | None, count: int, *, by: User) -> list[License]:
    """New licenses that say what the terms answer, and Unknown for the rest."""
    url, answers = terms.source_url if terms else "", _sheet(answers_of(terms))
    rows = (License(terms=terms, answers=answers, url=url, updated_by=by) for _ in range(count))
    return License.objects.bulk_create(rows, batch_size=AT_ONCE)


def answer_license(
    versions: Iterable[Version], answers: Mapping[Question, GivenAnswer], facts: LicenseFacts, *, by: User
) -> list[Version]:
    """Answer license questions of each version. Questions that are not among the answers keep the answer they have."""
    with transaction.atomic():
        held = hold(versions, by=by)
        _give_licenses(held.versions, by)
        kept = [version.license for version in held if version.license]
        words = _in_words(kept, answers)
        _write(kept, answers, facts, by)
        changes = held.write(Part.RIGHTS)
        if changes:
            what = "License" if len(changes) == 1 else f"License of {len(changes)} pictures"
            audit.record(by, "license.answered", changes, f"{what}: {words}", part=Part.RIGHTS)
    return held.versions


def _give_licenses(versions: list[Version], by: User) -> None:
    """A first license to each version that has none."""
    without = [version for version in versions if version.license is None]
    for version, license in zip(without, first_licenses(None, len(without), by=by), strict=True):
        version.license = license
    sets.update_each(without, "license")


def _write(licenses: list[License], answers: Mapping[Question, GivenAnswer], facts: LicenseFacts, by: User) -> None:
    given, said = _sheet(answers), {each.name: getattr(facts, each.name) for each in fields(facts)}
    changed = []
    for license in licenses:
        now = {"answers": {**_mapping(license.answers), **given}, **said}
        if any(getattr(license, name) != value for name, value in now.items()):
            license.updated_by, license.updated_at = by, clock.instant()
            for name, value in now.items():
                setattr(license, name, value)
            changed.append(license)
    sets.update_each(changed, "answers", *said, "updated_by", "updated_at")


def _sheet(answers: Mapping[Question, GivenAnswer]) -> dict[str, dict[str, str]]:
    """Answers as a license keeps them."""
    return {
        question.value: {"answer": given.answer.value, "detail": given.detail, "source": given.source}
        for question, given in answers.items()
    }


def _in_words(licenses: list[License], answers: Mapping[Question, GivenAnswer]) -> str:
    """What becomes different when the licenses are answered so."""
    given = _sheet(answers)
    kept = [_mapping(license.answers) for license in licenses]
    differing = {name for each in kept for name in given if each.get(name) != given[name]}
    said = [f"{question.label} {each.answer.label}." for question, each in answers.items() if question in differing]
    return " ".join(said) or "facts changed, answers kept."

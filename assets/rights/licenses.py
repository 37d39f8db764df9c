"""The license of a version: eight questions, what their answers mean, and answering them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from assets.models import Answer, License, LicenseAnswer, Question, Terms, Version
from assets.rights import licenses
from assets.versions.changing import lock, seal
from core import audit, clock
from core.errors import Finding, Severity
from core.models import User


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


def prefill(terms: Terms | None) -> dict[Question, GivenAnswer]:
    """What a terms snapshot answers; Unknown, not yes, for everything it is silent about."""
    sheet: Mapping[str, Any] = terms.answers if terms else {}
    return {question: _from_sheet(sheet.get(question.value, {})) for question in Question}


def findings(license: License | None, on: date) -> Iterator[Finding]:
    if license is None:
        yield _stop("license_missing", "No license question has been answered yet.")
        return
    given = {answer.question: answer for answer in license.answers.all()}
    for asked in QUESTIONS:
        answer = given.get(asked.question)
        yield from _answer_findings(asked, Answer(answer.answer) if answer else Answer.UNKNOWN, license, on)
        if answer and answer.answer == Answer.NO and asked.question in _LIMITS:
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


def _from_sheet(given: Mapping[str, str]) -> GivenAnswer:
    return GivenAnswer(Answer(given.get("answer", Answer.UNKNOWN)), given.get("detail", ""), given.get("source", ""))


def first_license(terms: Terms | None, *, by: User) -> License:
    license = License.objects.create(terms=terms, url=terms.source_url if terms else "", updated_by=by)
    _write_answers(license, licenses.prefill(terms))
    return license


def answer_license(
    version: Version,
    answers: Mapping[Question, GivenAnswer],
    *,
    holder: str = "",
    attribution: str = "",
    valid_until: date | None = None,
    url: str = "",
    terms: Terms | None = None,
    by: User,
) -> Version:
    """Answer license questions. Questions that are not among the answers keep the answer they have."""
    with transaction.atomic():
        locked = lock(version, by=by)
        license = locked.license or first_license(None, by=by)
        license.holder, license.attribution, license.valid_until = holder, attribution, valid_until
        license.url, license.terms, license.updated_by = url, terms, by
        license.save()
        changed = _write_answers(license, answers)
        locked.license = license
        seal(locked, "license")
        words = "License: " + (" ".join(changed) if changed else "facts changed, answers kept.")
        audit.record(by, "license.answered", locked, words, terms=terms.sha256 if terms else "")
    return locked


def _write_answers(license: License, answers: Mapping[Question, GivenAnswer]) -> list[str]:
    """Write the answers that differ, in one statement; returns them in words."""
    kept = {answer.question: answer for answer in license.answers.all()}
    changed = []
    for question, given in answers.items():
        before = kept.get(question)
        if before and (before.answer, before.detail, before.source) == (given.answer, given.detail, given.source):
            continue
        after = {"answer": given.answer, "detail": given.detail, "source": given.source}
        changed.append(LicenseAnswer(license=license, question=question, **after))
    LicenseAnswer.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=("license", "question"),
        update_fields=("answer", "detail", "source"),
    )
    return [f"{answer}." for answer in changed if answer.question in kept or answer.answer != Answer.UNKNOWN]

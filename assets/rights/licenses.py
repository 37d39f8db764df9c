"""The license of a version: eight questions, what their answers mean, and answering them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from assets.models import Answer, Licence, LicenceAnswer, Question, Terms, Version
from assets.rights import licenses
from assets.versions.changing import lock, seal
from core import audit
from core.errors import Finding
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


def findings(licence: Licence | None, on: date) -> Iterator[Finding]:
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


def _stop(code: str, words: str, where: str = "licence") -> Finding:
    return Finding(code, words, field=where)


def _from_sheet(given: Mapping[str, str]) -> GivenAnswer:
    return GivenAnswer(Answer(given.get("answer", Answer.UNKNOWN)), given.get("detail", ""), given.get("source", ""))


def first_licence(terms: Terms | None, by: User) -> Licence:
    licence = Licence.objects.create(terms=terms, url=terms.source_url if terms else "", updated_by=by)
    _write_answers(licence, licenses.prefill(terms))
    return licence


def answer_licence(
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
    """Answer licence questions. Questions that are not among the answers keep the answer they have."""
    with transaction.atomic():
        locked = lock(version, by)
        licence = locked.licence or first_licence(None, by)
        licence.holder, licence.attribution, licence.valid_until = holder, attribution, valid_until
        licence.url, licence.terms, licence.updated_by = url, terms, by
        licence.save()
        changed = _write_answers(licence, answers)
        locked.licence = licence
        seal(locked, "licence")
        words = "Licence: " + (" ".join(changed) if changed else "facts changed, answers kept.")
        audit.record(by, "licence.answered", locked, words, terms=terms.sha256 if terms else "")
    return locked


def _write_answers(licence: Licence, answers: Mapping[Question, GivenAnswer]) -> list[str]:
    """Write the answers that differ; returns them in words."""
    kept = {answer.question: answer for answer in licence.answers.all()}
    changed = []
    for question, given in answers.items():
        before = kept.get(question)
        if before and (before.answer, before.detail, before.source) == (given.answer, given.detail, given.source):
            continue
        after, _ = LicenceAnswer.objects.update_or_create(
            licence=licence,
            question=question,
            defaults={"answer": given.answer, "detail": given.detail, "source": given.source},
        )
        if before or given.answer != Answer.UNKNOWN:
            changed.append(f"{after}.")
    return changed

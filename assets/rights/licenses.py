"""The license of a version: eight questions, what their answers mean, and answering them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from itertools import product
from typing import Any

from django.db import transaction

from assets.models import Answer, License, LicenseAnswer, Part, Question, Terms, Version
from assets.versions.changing import hold
from core import audit, clock, sets
from core.audit import Change
from core.errors import Finding, Severity
from core.models import User
from core.sets import AT_ONCE, batches


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
    url = terms.source_url if terms else ""
    rows = (License(terms=terms, url=url, updated_by=by) for _ in range(count))
    made = License.objects.bulk_create(rows, batch_size=AT_ONCE)
    answers = prefill(terms)
    _write_answers([row for license in made for row in _differing(license, (), answers)])
    return made


def answer_license(
    versions: Iterable[Version], answers: Mapping[Question, GivenAnswer], facts: LicenseFacts, *, by: User
) -> list[Version]:
    """Answer license questions of each version. Questions that are not among the answers keep the answer they have."""
    with transaction.atomic():
        held = hold(versions, by=by)
        _give_licenses(held.versions, by)
        kept = [version.license for version in held if version.license]
        differing = [row for license in kept for row in _differing(license, license.answers.all(), answers)]
        _write_facts(kept, facts, by)
        changes = held.write(Part.RIGHTS, reread=_write_answers(differing))
        if changes:
            audit.record(by, "license.answered", changes, _in_words(changes, differing), part=Part.RIGHTS)
    return held.versions


def _give_licenses(versions: list[Version], by: User) -> None:
    """A first license to each version that has none."""
    without = [version for version in versions if version.license is None]
    for version, license in zip(without, first_licenses(None, len(without), by=by), strict=True):
        version.license = license
    sets.update_each(without, "license")


def _write_facts(licenses: list[License], facts: LicenseFacts, by: User) -> None:
    names = [each.name for each in fields(facts)]
    changed = [each for each in licenses if any(getattr(each, name) != getattr(facts, name) for name in names)]
    said = {**{name: getattr(facts, name) for name in names}, "updated_by": by, "updated_at": clock.instant()}
    for batch in batches(changed):
        License.objects.filter(pk__in=[license.pk for license in batch]).update(**said)
        for license, name in product(batch, names):
            setattr(license, name, getattr(facts, name))


def _differing(
    license: License, kept: Iterable[LicenseAnswer], answers: Mapping[Question, GivenAnswer]
) -> Iterator[LicenseAnswer]:
    """The answers that become different, as they will be; those that are kept say it already."""
    rows = {each.question: each for each in kept}
    for question, given in answers.items():
        row = rows.get(question) or LicenseAnswer(license=license, question=question)
        if row.pk is None or (row.answer, row.detail, row.source) != (given.answer, given.detail, given.source):
            row.answer, row.detail, row.source = given.answer, given.detail, given.source
            yield row


def _write_answers(rows: list[LicenseAnswer]) -> list[str]:
    """Write the answers; returns what to read again, since new ones are not among those that are known."""
    new = [row for row in rows if row.pk is None]
    alike = defaultdict(list)
    for row in rows:
        if row.pk:
            alike[GivenAnswer(Answer(row.answer), row.detail, row.source)].append(row.pk)
    for given, keys in alike.items():
        for batch in batches(keys):
            LicenseAnswer.objects.filter(pk__in=batch).update(**asdict(given))
    LicenseAnswer.objects.bulk_create(new, batch_size=AT_ONCE)
    return ["license__answers"] if new else []


def _in_words(changes: list[Change[Version]], differing: list[LicenseAnswer]) -> str:
    said = {(each.question, each.answer): each for each in differing}
    what = " ".join(f"{each}." for each in said.values()) if said else "facts changed, answers kept."
    return f"License: {what}" if len(changes) == 1 else f"License of {len(changes)} pictures: {what}"

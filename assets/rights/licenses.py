"""The license of a version: eight questions, what their answers mean, and answering them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.db import transaction

from assets.models import Answer, DataMining, Grant, License, Ownership, Part, Question, Terms, Version
from assets.models.limits import BadLimits, Limits
from assets.versions.changing import hold
from core import audit, clock, sets
from core.errors import Finding, Severity
from core.models import User
from core.sets import AT_ONCE


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer as a person or a rule sheet gives it, with where it comes from."""

    answer: Answer | Ownership = Answer.UNKNOWN
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
        help="They copy the picture to their own servers. If no, it may still go to our own pages and prints.",
    ),
    Asked(Question.ATTRIBUTION, "credit", help="If yes, write the credit line below, word for word."),
    Asked(
        Question.OWNERSHIP,
        "ownership",
        no="Nobody here owns the picture or holds it from its owner.",
        help="Ours, our client's, or licensed to us. What a program made alone may belong to nobody.",
    ),
    Asked(Question.TERRITORY, "territory", help="If no, list below where it may be used."),
    Asked(Question.CHANNELS, "channels", help="If no, choose below where it may be used."),
    Asked(Question.TERM, "end date", help="If no, enter the date it expires below."),
    Asked(
        Question.TERMS,
        "the terms themselves",
        no="Nobody has read the terms and kept a copy.",
        help="A snapshot in the portal, or a document in your files.",
    ),
)

_MINING = dict(DataMining.choices)
SHORT = {asked.question: asked.short for asked in QUESTIONS}


def answers_of(source: Grant | Terms | None) -> dict[Question, GivenAnswer]:
    """What a license or a terms snapshot answers; Unknown, not yes, for everything it is silent about."""
    return _read_sheet(source.answers if source else {})


def answers_under(terms: Terms | None, plan: str) -> dict[Question, GivenAnswer]:
    """What terms answer for somebody with this plan: the plan's own sheet, and the common one where it is silent."""
    common = answers_of(terms)
    own = _mapping(_mapping(terms.plans).get(plan) if terms else {})
    return common | {question: each for question, each in _read_sheet(own).items() if question.value in own}


def findings(license: Grant | None, on: date) -> Iterator[Finding]:
    """What the license itself says against any use, wherever it is."""
    if license is None:
        yield _stop("license_missing", "No license question has been answered yet.")
        return
    given = answers_of(license)
    for asked in QUESTIONS:
        yield from _answer_findings(asked, given[asked.question].answer, license)
    yield from _limit_findings(given, license)
    yield from _ownership_findings(given[Question.OWNERSHIP].answer, license)
    if license.terms:
        yield from _terms_findings(given, license, license.terms)
    if license.valid_until and license.valid_until < on:
        yield _stop("license_ended", f"The license ended on {clock.written(license.valid_until)}.")


def _answer_findings(asked: Asked, answer: str, license: Grant) -> Iterator[Finding]:
    name = asked.question.value
    if answer == Answer.UNKNOWN:
        yield _stop(f"license_{name}_unknown", f"The license question about {asked.short} has no answer.")
    elif answer == Answer.NO and asked.no:
        yield _stop(f"license_{name}_no", asked.no)
    elif answer == Answer.NO and asked.question == Question.SUBLICENSE:
        yield _warn("license_sublicense_no", "Clients and listing sites may not use it: our own pages and prints only.")
    elif answer == Answer.YES and asked.question == Question.ATTRIBUTION and not license.attribution:
        yield _stop("license_attribution_missing", "Somebody must be credited, but there is no credit line.")
    elif answer == Answer.NO and asked.question == Question.TERM and not license.valid_until:
        yield _stop("license_end_missing", "The license expires, but no date is given.")


def _limit_findings(given: Mapping[Question, GivenAnswer], license: Grant) -> Iterator[Finding]:
    """A limit in words alone can be held against no channel, so it stops everything."""
    try:
        limits = Limits.parse(license.limits)
    except BadLimits as error:
        yield _stop("license_limits_unreadable", f"The limits of the license cannot be read: {error}")
        return
    if given[Question.TERRITORY].answer == Answer.NO and not limits.territories:
        yield _stop("license_territory_no", "It may not be used everywhere. List the countries or states where it may.")
    if given[Question.CHANNELS].answer == Answer.NO and not (limits.kinds or limits.channels or limits.listing_only):
        yield _stop("license_channels_no", "It may not be used in every channel. Choose where it may.")
    if limits.is_narrow:
        yield _warn("license_limited", f"The license has limits. {' '.join(limits.in_words())}")


def _ownership_findings(answer: str, license: Grant) -> Iterator[Finding]:
    if answer == Ownership.NOBODY and (license.holder or license.notice):
        words = "Nobody owns the picture, yet an owner or a copyright notice is given. Empty them, or say who owns it."
        yield _stop("license_owner_of_nobodys", words)


def _terms_findings(given: Mapping[Question, GivenAnswer], license: Grant, terms: Terms) -> Iterator[Finding]:
    if terms.plans and license.plan not in _mapping(terms.plans):
        yield _stop(
            "license_plan_unknown", f"{terms.publisher} has different terms for each plan. Say which plan it was."
        )
    allowed = answers_under(terms, license.plan)
    if license.plan and allowed[Question.COMMERCIAL].answer == Answer.NO:
        words = f"The plan “{license.plan}” of {terms.publisher} does not allow commercial use."
        yield _stop("license_plan_not_commercial", words)
    for question, answer in given.items():
        if is_more_than(answer, allowed[question], question):
            yield _more_than_terms(question, answer, allowed[question], terms)
    if license.url and license.url == terms.source_url:
        words = (
            "The license address is that of the provider’s terms. Give the page of this picture’s own license, or none."
        )
        yield _warn("license_url_of_terms", words)


def is_more_than(answer: GivenAnswer, allowed: GivenAnswer, question: Question) -> bool:
    """Whether an answer allows what the terms do not. That nobody owns a picture claims less than to own it."""
    if answer.answer not in question.generous:
        return False
    return allowed.answer not in question.generous or (answer.answer, allowed.answer) == ("yes", "nobody")


def _more_than_terms(question: Question, answer: GivenAnswer, allowed: GivenAnswer, terms: Terms) -> Finding:
    """With a source of its own somebody can judge it; the source of the sheet says something else."""
    code, short = f"license_{question.value}_more_than_terms", SHORT[question]
    says = f"{terms.title}: {allowed.answer.label}."
    if answer.source and answer.source != allowed.source:
        return _warn(
            code, f"The answer about {short} allows more than the terms, by its source: {answer.source}. {says}"
        )
    return _stop(code, f"The answer about {short} allows more than the terms. Give the source that says so. {says}")


def _stop(code: str, words: str, where: str = "license") -> Finding:
    return Finding(code, words, field=where)


def _warn(code: str, words: str) -> Finding:
    return Finding(code, words, Severity.WARNS, "license")


def _read_sheet(given: object) -> dict[Question, GivenAnswer]:
    sheet = _mapping(given)
    return {question: _from_sheet(question, sheet.get(question.value, {})) for question in Question}


def _from_sheet(question: Question, given: object) -> GivenAnswer:
    """What is no answer leaves the question open: one row that somebody rewrote stops no page of others."""
    said, possible = _mapping(given), question.possible
    answer = said.get("answer")
    known = possible(answer) if answer in possible.values else possible.UNKNOWN
    return GivenAnswer(known, str(said.get("detail", "")), str(said.get("source", "")))


def _mapping(said: object) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseFacts:
    """What goes with the answers: whose it is, what must be said with it, until when, and where it ends."""

    holder: str = ""
    creator: str = ""
    notice: str = ""
    attribution: str = ""
    usage_terms: str = ""
    licensor: str = ""
    licensor_url: str = ""
    data_mining: str = ""
    valid_until: date | None = None
    url: str = ""
    terms: Terms | None = None
    plan: str = ""
    limits: Limits = field(default_factory=Limits)

    def values(self) -> dict[str, Any]:
        """As the columns of a license hold them."""
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"limits": self.limits.as_values()}


def owner_of(license: Grant) -> str:
    """Who owns the picture, in words."""
    if answers_of(license)[Question.OWNERSHIP].answer == Ownership.NOBODY:
        return license.holder or "Nobody"
    return license.holder or "Not stated"


def further_facts(license: Grant) -> Iterator[tuple[str, str]]:
    """What else a license says, as far as it does: the name of each fact, and its words."""
    said = {
        "Made by": license.creator,
        "Copyright notice": license.notice,
        "Usage terms": license.usage_terms,
        "Licensor": license.licensor,
        "Licenses at": license.licensor_url,
        "AI training": _MINING.get(license.data_mining, license.data_mining) if license.data_mining else "",
        "Read it at": license.url,
        "Plan": license.plan,
        "Limits": limits_in_words(license),
    }
    yield from ((name, str(words)) for name, words in said.items() if words)


def limits_in_words(license: Grant) -> str:
    try:
        return " ".join(Limits.parse(license.limits).in_words())
    except BadLimits as error:
        return f"Cannot be read: {error}"


def first_licenses(terms: Terms | None, count: int, *, by: User) -> list[License]:
    """New licenses that say what the terms answer, and Unknown for the rest. Terms are no picture's license page."""
    answers = sheet_of(answers_of(terms))
    rows = (License(terms=terms, answers=answers, updated_by=by) for _ in range(count))
    return License.objects.bulk_create(rows, batch_size=AT_ONCE)


def answer_license(
    versions: Iterable[Version], answers: Mapping[Question, GivenAnswer], facts: LicenseFacts, *, by: User
) -> list[Version]:
    """Answer license questions of each version. Questions that are not among the answers keep the answer they have."""
    with transaction.atomic():
        held = hold(versions, by=by)
        give_licenses(held.versions, by=by)
        kept = [version.license for version in held if version.license]
        words = _in_words(kept, answers)
        _write(kept, answers, facts, by)
        changes = held.write(Part.RIGHTS, looked_at="license")
        if changes:
            what = "License" if len(changes) == 1 else f"License of {len(changes)} pictures"
            audit.record(by, "license.answered", changes, f"{what}: {words}", part=Part.RIGHTS)
    return held.versions


def give_licenses(versions: list[Version], *, by: User) -> None:
    """A first license to each version that has none."""
    without = [version for version in versions if version.license is None]
    for version, license in zip(without, first_licenses(None, len(without), by=by), strict=True):
        version.license = license
    sets.update_each(without, "license")


def _write(licenses: list[License], answers: Mapping[Question, GivenAnswer], facts: LicenseFacts, by: User) -> None:
    given, said = sheet_of(answers), facts.values()
    alone = {**said, "set_id": None}
    write_each(licenses, lambda license: {"answers": {**_mapping(license.answers), **given}, **alone}, by=by)


def write_each(licenses: Iterable[License], values: Callable[[License], Mapping[str, Any]], *, by: User) -> None:
    """Write what each license says now; whose words stay as they are is not written."""
    changed, names = [], dict[str, None]()
    for license in licenses:
        now = values(license)
        if any(getattr(license, name) != value for name, value in now.items()):
            license.updated_by, license.updated_at = by, clock.instant()
            for name, value in now.items():
                setattr(license, name, value)
            changed.append(license)
            names |= dict.fromkeys(now)
    sets.update_each(changed, *names, "updated_by", "updated_at")


def sheet_of(answers: Mapping[Question, GivenAnswer]) -> dict[str, dict[str, str]]:
    """Answers as a license keeps them."""
    return {
        question.value: {"answer": given.answer.value, "detail": given.detail, "source": given.source}
        for question, given in answers.items()
    }


def _in_words(licenses: list[License], answers: Mapping[Question, GivenAnswer]) -> str:
    """What becomes different when the licenses are answered so."""
    given = sheet_of(answers)
    kept = [_mapping(license.answers) for license in licenses]
    differing = {name for each in kept for name in given if each.get(name) != given[name]}
    said = [f"{question.label} {each.answer.label}." for question, each in answers.items() if question in differing]
    return " ".join(said) or "facts changed, answers kept."

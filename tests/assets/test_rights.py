"""The eight questions: what each answer means on a day, and where answers come from."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from assets.models import Answer, License, Question, Terms, Version
from assets.models.limits import Limits
from assets.provenance.data import ProvenanceData
from assets.rights import licenses, terms, validity
from assets.rights.consents import GivenConsent
from assets.rights.licenses import GivenAnswer
from assets.versions import dossier
from core.models import User
from tests.assets import factories, verbs

TODAY = date(2026, 11, 22)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def codes(version: Version, on: date = TODAY) -> list[str]:
    return [finding.code for finding in validity.findings(Version.objects.with_dossier().get(pk=version.pk), on)]


def answer(version: Version, question: Question, given: Answer, detail: str = "", **facts: object) -> Version:
    said = {"holder": "Harbor Homes", "attribution": "Harbor Homes"} | facts
    return verbs.answer_license(
        version,
        {question: GivenAnswer(given, detail)},
        by=version.created_by,
        **said,
    )


def given_by(name: str, **said: Any) -> GivenConsent:
    """A consent to any use, unless more is said."""
    return GivenConsent(**{"kind": "person", "name": name, "given": "yes", "reach": "any", "may_alter": "yes"} | said)


def test_every_question_is_asked_once() -> None:
    assert [asked.question for asked in licenses.QUESTIONS] == list(Question)


@pytest.mark.parametrize("question", Question)
def test_unknown_is_never_yes(question: Question, ready: Version) -> None:
    answer(ready, question, Answer.UNKNOWN)
    assert codes(ready) == [f"license_{question}_unknown"]


@pytest.mark.parametrize("question", Question)
def test_an_answer_that_is_missing_is_unknown(question: Question, ready: Version) -> None:
    license = ready.license
    assert license is not None
    del license.answers[question.value]
    license.save()
    assert codes(ready) == [f"license_{question}_unknown"]


NO = {
    Question.COMMERCIAL: ["license_commercial_no"],
    Question.SUBLICENSE: ["license_sublicense_no"],
    Question.ATTRIBUTION: [],
    Question.OWNERSHIP: ["license_ownership_no"],
    Question.TERRITORY: ["license_territory_no"],
    Question.CHANNELS: ["license_channels_no"],
    Question.TERM: ["license_end_missing"],
    Question.TERMS: ["license_terms_no"],
}


@pytest.mark.parametrize("question", Question)
def test_what_no_means(question: Question, ready: Version) -> None:
    answer(ready, question, Answer.NO)
    assert codes(ready) == NO[question]


@pytest.mark.parametrize(
    ("question", "limits"),
    [(Question.TERRITORY, Limits(territories=("DE", "FR"))), (Question.CHANNELS, Limits(kinds=("website",)))],
)
def test_a_limit_is_a_value_and_words_alone_are_none(question: Question, limits: Limits, ready: Version) -> None:
    answer(ready, question, Answer.NO, "Europe and web only")
    assert codes(ready) == [f"license_{question}_no"]
    answer(ready, question, Answer.NO, "Europe and web only", limits=limits)
    [finding] = validity.findings(Version.objects.with_dossier().get(pk=ready.pk), TODAY)
    assert (finding.severity, limits.in_words()[0] in finding.words) == ("warns", True)


def test_a_credit_that_is_due_needs_its_words(ready: Version) -> None:
    answer(ready, Question.ATTRIBUTION, Answer.YES, attribution="")
    assert codes(ready) == ["license_attribution_missing"]


@pytest.mark.parametrize(("last_day", "found"), [(YESTERDAY, ["license_ended"]), (TODAY, []), (TOMORROW, [])])
def test_a_license_holds_on_its_last_day_and_not_after(last_day: date, found: list[str], ready: Version) -> None:
    answer(ready, Question.TERM, Answer.NO, valid_until=last_day)
    assert codes(ready) == found


def test_no_license_at_all_blocks(ready: Version) -> None:
    Version.objects.filter(pk=ready.pk).update(license=None)
    assert codes(ready) == ["license_missing"]


# Consents


@pytest.mark.parametrize(
    ("people", "property", "found"),
    [
        ("unknown", "no", ["shows_people_unknown"]),
        ("no", "unknown", ["shows_property_unknown"]),
        ("real", "no", ["consent_people_missing"]),
        ("both", "no", ["consent_people_missing"]),
        ("made", "no", []),
        ("no", "yes", ["consent_property_missing"]),
        ("no", "no", []),
    ],
)
def test_who_is_shown_must_be_said(people: str, property: str, found: list[str], ready: Version, ada: User) -> None:
    verbs.say_who_is_shown(ready, people=people, property=property, by=ada)
    assert codes(ready) == found


@pytest.mark.parametrize(
    ("given", "last_day", "found"),
    [
        ("yes", None, []),
        ("yes", TODAY, []),
        ("yes", YESTERDAY, ["consent_ended"]),
        ("unknown", None, ["consent_not_given"]),
        ("no", None, ["consent_not_given"]),
    ],
)
def test_a_consent_must_be_given_and_in_force(
    given: str, last_day: date | None, found: list[str], ready: Version, ada: User
) -> None:
    verbs.say_who_is_shown(ready, people="real", property="no", by=ada)
    verbs.record_consent(ready, given_by("Jo", given=given, valid_until=last_day), by=ada)
    assert codes(ready) == found


def test_a_consent_of_the_owner_says_nothing_about_people(ready: Version, ada: User) -> None:
    verbs.say_who_is_shown(ready, people="real", property="yes", by=ada)
    verbs.record_consent(ready, given_by("Jo", kind="property"), by=ada)
    assert codes(ready) == ["consent_people_missing"]


def test_it_may_be_used_until_the_first_of_all_ends(ready: Version, ada: User) -> None:
    assert validity.last_day(dossier.facts(ready)) is None
    answer(ready, Question.TERM, Answer.NO, valid_until=TOMORROW)
    verbs.record_consent(ready, given_by("Jo", valid_until=TODAY), by=ada)
    assert validity.last_day(dossier.facts(Version.objects.with_dossier().get(pk=ready.pk))) == TODAY


# Terms

SHEET = """
[openai]
title = "OpenAI terms"
publisher = "OpenAI"
url = "https://terms.example/openai"
read_on = 2026-11-22
summary = "You own what it makes."
answers.commercial = {answer = "yes", detail = "", source = "section 3"}
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "terms.toml"
    path.write_text(SHEET)
    return path


def test_terms_are_kept_once(db: None, sheet: Path) -> None:
    assert len(terms.load_terms(sheet)) == 1
    assert terms.load_terms(sheet) == []
    assert Terms.objects.get().answers["commercial"]["source"] == "section 3"


def test_changed_words_are_a_new_snapshot_and_the_old_one_stays(db: None, sheet: Path, ada: User) -> None:
    [old] = terms.load_terms(sheet)
    made = ProvenanceData(terms=old)
    version = factories.VersionFactory.create(by=ada, provenance=made)
    assert terms.newer_terms(version) is None
    sheet.write_text(SHEET.replace("2026-11-22", "2026-11-23").replace("You own", "They own"))
    [new] = terms.load_terms(sheet)
    assert terms.current_terms("openai") == new == terms.newer_terms(version)
    assert Terms.objects.count() == 2


def test_the_same_snapshot_twice_is_refused_by_the_database(db: None, sheet: Path) -> None:
    [kept] = terms.load_terms(sheet)
    kept.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save(force_insert=True)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("answers.price", "answers.commercial"), ('answer = "maybe"', 'answer = "yes"'), ("heading =", "title =")],
)
def test_a_sheet_with_a_mistake_is_refused_whole(db: None, sheet: Path, wrong: str, right: str) -> None:
    sheet.write_text(SHEET + SHEET.replace("[openai]", "[other]").replace(right, wrong))
    with pytest.raises(CommandError, match="not loaded"):
        call_command("load_terms", str(sheet))
    assert not Terms.objects.exists()


@pytest.mark.parametrize(
    "said", [[1], "x", None, {"term": "yes"}, {"term": {"answer": "maybe"}}, {"term": {"answer": []}}]
)
def test_what_is_no_answer_leaves_the_question_open(said: object) -> None:
    given = licenses.answers_of(License(answers=said))
    assert {each.answer for each in given.values()} == {Answer.UNKNOWN}


def test_a_sheet_that_is_silent_prefills_unknown() -> None:
    assert {given.answer for given in licenses.answers_of(None).values()} == {Answer.UNKNOWN}

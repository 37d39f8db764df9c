"""Terms in the portal: kept as they stand, compared, found by whoever publishes them, and answered again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assets.models import Answer, Question, Terms, Version
from assets.pages.terms_page import TermsPage
from assets.rights import licenses, terms
from assets.rights.licenses import GivenAnswer
from core import storage
from core.models import User
from tests.assets import factories, verbs
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db

SHEET = {f"ask_{question.value}": "yes" for question in Question}
ABOUT = {"publisher": "Black Forest Labs", "title": "API terms", "summary": "Ours to use.", "read_on": "2026-11-30"}


@pytest.fixture
def as_ada(ada: User) -> Client:
    return browser_of(ada)


def kept(as_ada: Client, older: Terms | None = None, **said: Any) -> Terms:
    address = reverse("assets:new_terms") + (f"?from={older.pk}" if older else "")
    response = as_ada.post(address, SHEET | ABOUT | said)
    assert response.status_code == 302, response.content.decode()
    return Terms.objects.latest("id")


def test_pasted_words_and_a_file_are_kept_by_their_hash(as_ada: Client) -> None:
    pasted = kept(as_ada, text="You own it.")
    filed = kept(as_ada, pasted, document=SimpleUploadedFile("terms.txt", b"We own it."))
    assert [storage.read(each.text_sha256) for each in (pasted, filed)] == [b"You own it.", b"We own it."]
    assert (pasted.key, filed.key) == ("black-forest-labs", "black-forest-labs")
    assert [terms.sha256_of(each) for each in (pasted, filed)] == [pasted.sha256, filed.sha256]


def test_two_snapshots_are_held_against_each_other(as_ada: Client) -> None:
    older = kept(as_ada, text="You own it.\nFor good.")
    newer = kept(as_ada, older, text="We own it.\nFor good.", ask_ownership="no", read_on="2026-12-01")
    page = TermsPage(newer, older.pk)
    assert [each.label for each in page.differences] == [Question.OWNERSHIP.label]
    assert [(each.kind, each.words) for each in page.text_lines if each.kind in ("added", "removed")] == [
        ("removed", "You own it."),
        ("added", "We own it."),
    ]
    assert "We own it." in as_ada.get(f"{reverse('assets:terms', args=[newer.pk])}?with={older.pk}").content.decode()


def test_what_becomes_of_photographs_is_answered_with_its_source(as_ada: Client) -> None:
    silent = kept(as_ada)
    assert (silent.inputs, silent.takes_inputs) == ({}, Answer.UNKNOWN)
    said = kept(as_ada, silent, inputs="yes", inputs_source="section 4")
    assert said.inputs == {"answer": "yes", "detail": "", "source": "section 4"}
    assert [each.label for each in TermsPage(said, silent.pk).differences] == ["Photographs of a listing may be sent"]
    assert "section 4" in as_ada.get(f"{reverse('assets:new_terms')}?from={said.pk}").content.decode()


def test_terms_are_found_by_maker_and_by_publisher(as_ada: Client) -> None:
    api = factories.TermsFactory.create(key="bfl", publisher="Black Forest Labs")
    assert terms.terms_of("BFL") == terms.terms_of("black forest labs") == api
    factories.TermsFactory.create(key="flux-app", publisher="Black Forest Labs")
    assert terms.terms_of("Black Forest Labs") is None
    assert terms.terms_of("Somebody") is None


def test_each_plan_has_a_sheet_of_its_own(as_ada: Client) -> None:
    made = kept(as_ada, free_plans="Free, Trial", plans="Pro")
    allowed = {plan: licenses.answers_under(made, plan)[Question.COMMERCIAL].answer for plan in made.plans}
    assert allowed == {"Free": Answer.NO, "Trial": Answer.NO, "Pro": Answer.YES}


def test_all_licenses_of_older_terms_are_answered_again_at_once(as_ada: Client, ada: User) -> None:
    older = kept(as_ada)
    given = licenses.answers_of(older) | {Question.TERM: GivenAnswer(Answer.YES, "", "Letter of May")}
    versions = [factories.ready_version(ada) for _ in range(2)]
    for version in versions:
        verbs.answer_license(version, given, terms=older, by=ada)
    newer = kept(as_ada, older, ask_commercial="unknown", ask_term="no", read_on="2026-12-01")
    assert [*terms.resting_on(older)] == sorted(versions, key=lambda each: each.asset.title)
    page = as_ada.get(reverse("assets:terms", args=[older.pk])).content.decode()
    assert "Update 2 licenses" in page
    assert "None of its pictures is live." in page
    as_ada.post(reverse("assets:answer_again", args=[older.pk]))
    for version in Version.objects.with_dossier():
        assert version.license is not None
        said = licenses.answers_of(version.license)
        assert (version.license.terms, said[Question.COMMERCIAL].answer) == (newer, Answer.UNKNOWN)
        assert said[Question.TERM] == given[Question.TERM]
    assert not terms.resting_on(older).exists()


def test_what_was_typed_stays_when_the_day_is_wrong(as_ada: Client) -> None:
    response = as_ada.post(reverse("assets:new_terms"), SHEET | ABOUT | {"read_on": "soon", "text": "Long words"})
    assert response.status_code == 422
    assert "Long words" in response.content.decode()

"""Side by side and blind: what the page shows and hides, and what a preference is."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from core.errors import Blocked, InvalidTransition
from core.models import LogEntry, User
from generation.jobs import execution
from generation.models import Brief, Output, OutputState, Pick, Preference
from generation.outputs import keeping, preferences
from generation.pages.comparison import compare
from generation.providers import errors
from generation.providers.base import Finished, Money
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.scripted import Answer, Scripted, picture

pytestmark = pytest.mark.django_db

SECRETS = ("Alpha", "Omega", "alpha-9", "omega-9", "Scripted", "Quiet Provider", "0.10", "0.37", "4711", "alpha-9-2026")
"""Names, ids, prices and seeds of the models, none of which a blind page may hold."""


def sent(ada: User, *answers: Answer, count: int = 1) -> Brief:
    """A brief to two models whose jobs have ended with these answers, one for each."""
    prices = {"Alpha": "0.10", "Omega": "0.37"}
    models = [
        factories.ModelFactory.create(model_id=f"{name.lower()}-9", name=name, facts=factories.priced(price))
        for name, price in prices.items()
    ]
    brief = factories.started(ada, *models, count=count)
    Scripted.will(*answers)
    for job in brief.jobs.order_by("model__name"):
        execution.send(job.pk)
    return brief


def told_all() -> Finished:
    return Finished(
        pictures=(picture("told"),),
        seed=4711,
        model_reported="alpha-9-2026",
        cost=Money.of("0.37"),
        revised_prompt="Alpha says",
    )


def page_of(client: Client, brief: Brief, query: str = "") -> str:
    return client.get(reverse("generation:compare", args=(brief.pk,)) + query).content.decode()


def picks(output: Output) -> dict[str, str]:
    return {"verdict": "pick", "output": str(output.pk)}


# Blind


def test_blind_the_page_holds_nothing_that_says_whose_it_is(ada: User, rita: User) -> None:
    brief = sent(ada, told_all(), errors.Refused("Quiet Provider declined this wish."))
    page = page_of(browser_of(rita), brief)
    assert [secret for secret in SECRETS if secret in page] == []
    assert "Declined by the provider" in page


def test_blind_the_page_does_not_say_how_large_a_picture_is(ada: User, rita: User) -> None:
    brief = sent(ada)
    assert set(re.findall(r'width="(\d+)" height="(\d+)"', page_of(browser_of(rita), brief)[5000:])) >= {("600", "400")}
    assert 'width="96"' not in page_of(browser_of(rita), brief)


def test_blind_what_somebody_else_picked_is_not_shown(ada: User, rita: User) -> None:
    brief = sent(ada)
    preferences.prefer(brief, Pick.PICK, by=ada, output=Output.objects.first())
    assert "Picked by" not in page_of(browser_of(rita), brief)
    assert "Picked by" in page_of(browser_of(rita), brief, "?names=1")


def test_who_asks_for_the_names_gets_them_and_cannot_pick(ada: User, rita: User) -> None:
    page = page_of(browser_of(rita), sent(ada), "?names=1")
    assert "Alpha" in page
    assert 'value="pick"' not in page


def test_a_brief_to_one_model_hides_nothing(ada: User, rita: User) -> None:
    brief = factories.started(ada, count=2)
    execution.send(brief.jobs.get().pk)
    assert "Scripted-1" in page_of(browser_of(rita), brief)


def test_everybody_sees_another_order_and_always_the_same(ada: User, rita: User) -> None:
    brief = sent(ada, count=4)

    def order(person: User) -> list[object]:
        return [cell.output.pk for cell in compare(brief, person).every if cell.output]

    assert order(rita) == order(rita)
    assert order(rita) != order(ada)
    assert set(order(rita)) == set(order(ada))


def test_letters_stay_with_their_pictures_when_the_names_come(ada: User, rita: User) -> None:
    brief = sent(ada, count=2)
    before = {cell.letter: cell.output for cell in compare(brief, rita).every}
    preferences.prefer(brief, Pick.TIE, by=rita)
    assert {cell.letter: cell.output for cell in compare(brief, rita).every} == before


# Judging


def test_a_pick_is_noted_logged_and_reveals(ada: User, rita: User) -> None:
    brief = sent(ada)
    output = Output.objects.filter(job__model__name="Omega").get()
    answer = browser_of(rita).post(reverse("generation:judge", args=(brief.pk,)), picks(output), follow=True)
    preference = Preference.objects.get()
    assert (preference.by, preference.outcome, preference.output) == (rita, Pick.PICK, output)
    assert LogEntry.objects.filter(action="brief.judged").count() == 1
    page = answer.content.decode()
    assert "You picked this one" in page
    assert "Omega" in page


@pytest.mark.parametrize("verdict", [Pick.TIE, Pick.NONE])
def test_a_tie_and_none_are_judgements_too(ada: User, rita: User, verdict: Pick) -> None:
    brief = sent(ada)
    browser_of(rita).post(reverse("generation:judge", args=(brief.pk,)), {"verdict": verdict.value})
    assert (Preference.objects.get().outcome, Preference.objects.get().output) == (verdict, None)


def test_nobody_judges_twice(ada: User, rita: User) -> None:
    brief = sent(ada)
    preferences.prefer(brief, Pick.TIE, by=rita)
    answer = browser_of(rita).post(
        reverse("generation:judge", args=(brief.pk,)), picks(Output.objects.first() or Output())
    )
    assert answer.status_code == 409
    assert Preference.objects.get().outcome == Pick.TIE


def test_the_database_takes_one_judgement_of_each_person(ada: User) -> None:
    brief = sent(ada)
    preferences.prefer(brief, Pick.TIE, by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Preference.objects.create(brief=brief, by=ada, outcome=Pick.NONE)
    assert Preference.objects.count() == 1


def test_a_judgement_cannot_be_rewritten(ada: User) -> None:
    preferences.prefer(sent(ada), Pick.TIE, by=ada)
    with pytest.raises(DatabaseError), transaction.atomic():
        Preference.objects.update(outcome=Pick.NONE)
    assert Preference.objects.get().outcome == Pick.TIE


def test_while_something_is_still_coming_nobody_judges(ada: User, rita: User) -> None:
    brief = factories.started(ada, count=2)
    assert "Pick" not in page_of(browser_of(rita), brief)
    with pytest.raises(InvalidTransition):
        preferences.prefer(brief, Pick.TIE, by=rita)
    assert not Preference.objects.exists()


def test_a_picture_of_another_brief_cannot_be_picked(ada: User, rita: User) -> None:
    brief, other = sent(ada), sent(ada)
    stray = Output.objects.filter(job__brief=other).first() or Output()
    answer = browser_of(rita).post(reverse("generation:judge", args=(brief.pk,)), picks(stray))
    with pytest.raises(Blocked):
        preferences.prefer(brief, Pick.PICK, by=rita, output=stray)
    assert (answer.status_code, Preference.objects.count()) == (422, 0)


def test_with_one_picture_there_is_nothing_to_choose(ada: User) -> None:
    brief = sent(ada, Finished(pictures=(picture("a"),)), errors.Refused("No."))
    with pytest.raises(InvalidTransition):
        preferences.prefer(brief, Pick.NONE, by=ada)
    assert not Preference.objects.exists()


def test_a_discarded_picture_is_none_to_choose(ada: User) -> None:
    brief = sent(ada, count=2)
    first, *_ = Output.objects.filter(job__brief=brief)
    keeping.discard(first, by=ada)
    with pytest.raises(Blocked):
        preferences.prefer(brief, Pick.PICK, by=ada, output=first)
    assert not Preference.objects.exists()


def test_a_stranger_judges_nothing(ada: User, nils: User) -> None:
    brief = sent(ada)
    with pytest.raises(PermissionDenied):
        preferences.prefer(brief, Pick.TIE, by=nils)
    assert browser_of(nils).post(reverse("generation:judge", args=(brief.pk,)), {"verdict": "tie"}).status_code == 403
    assert not Preference.objects.exists()


def test_an_unknown_verdict_is_not_found(ada: User) -> None:
    address = reverse("generation:judge", args=(sent(ada).pk,))
    assert [browser_of(ada).post(address, data).status_code for data in ({}, {"verdict": "best"})] == [404, 404]


# The page


def test_a_stranger_sees_no_comparison(ada: User, nils: User) -> None:
    brief, browser = sent(ada), browser_of(nils)
    for name in ("compare", "family"):
        assert browser.get(reverse(f"generation:{name}", args=(brief.pk,))).status_code == 403, name


def test_refused_and_failed_stay_in_the_grid_with_reason_and_retry(ada: User) -> None:
    brief = sent(ada, errors.Refused("Not that."), errors.OutOfMoney("Empty."))
    page = page_of(browser_of(ada), brief, "?names=1")
    assert "Declined by the provider&#x27;s content rules" in page
    assert "Not that." in page
    assert page.count("Send again") == 2


def test_a_discarded_picture_is_not_compared(ada: User) -> None:
    brief = sent(ada, count=2)
    keeping.discard(Output.objects.all()[0], by=ada)
    assert compare(brief, ada).pictures == 3


def test_more_than_nine_come_in_sets(ada: User) -> None:
    brief = sent(ada, count=5)
    first, second = compare(brief, ada), compare(brief, ada, number=2)
    assert [len(first.cells), len(second.cells)] == [9, 1]
    assert second.cells[-1].letter == "J"
    assert compare(brief, ada, number=99).number == 2


def test_the_pair_is_the_one_asked_for(ada: User) -> None:
    brief = sent(ada, count=2)
    pair = compare(brief, ada, wanted=("C", "A")).pair
    assert pair is not None
    assert (pair.first.letter, pair.second.letter, pair.previous.letter, pair.following.letter) == ("C", "A", "D", "B")


def test_an_address_that_was_guessed_shows_something_sensible(ada: User) -> None:
    brief, browser = sent(ada), browser_of(ada)
    for query in ("?a=Z&b=Z", "?set=99", "?set=x&a=<b>", "?a=A&b=A"):
        assert "Look closely" in page_of(browser, brief, query), query


def test_the_table_says_what_differs(ada: User) -> None:
    facts = {fact.name: fact.differs for fact in compare(sent(ada), ada, names=True).table}
    assert (facts["Model"], facts["Provider"], facts["Size"]) == (True, False, False)


def test_keeping_from_there_comes_back_there(ada: User) -> None:
    brief = sent(ada)
    back = reverse("generation:compare", args=(brief.pk,)) + "?names=1"
    output = Output.objects.first() or Output()
    answer = browser_of(ada).post(reverse("generation:output", args=(output.pk, "keep")), {"back": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert Output.objects.filter(state=OutputState.KEPT).count() == 1


def test_a_reviewer_compares_without_buttons_that_are_not_hers(ada: User, rita: User) -> None:
    page = page_of(browser_of(rita), sent(ada, told_all(), errors.Refused("No.")), "?names=1")
    assert "Keep" not in page
    assert "Send again" not in page


def test_polling_stops_when_everything_is_back(ada: User) -> None:
    brief = sent(ada)
    url = reverse("generation:compare", args=(brief.pk,))
    answer = browser_of(ada).get(url, headers={"HX-Request": "true", "HX-Target": "cells"})
    assert answer.status_code == 286
    assert "<html" not in answer.content.decode()


def test_more_pictures_are_no_more_queries(ada: User, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    few, many, client = sent(ada), sent(ada, count=3), browser_of(ada)
    page_of(client, few, "?names=1")
    with django_assert_max_num_queries(14) as one:
        page_of(client, few, "?names=1")
    with django_assert_max_num_queries(len(one)):
        page_of(client, many, "?names=1")


def test_the_brief_leads_to_the_comparison(ada: User) -> None:
    brief = sent(ada)
    page = browser_of(ada).get(brief.get_absolute_url()).content.decode()
    assert reverse("generation:compare", args=(brief.pk,)) in page

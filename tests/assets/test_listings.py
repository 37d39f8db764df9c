"""Listings: added and changed by people who may, with facts as rows."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assets.listings import records
from assets.listings.records import ListingFacts
from assets.models import Listing
from core import audit
from core.errors import Blocked
from core.models import LogEntry, User
from tests.assets import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> User:
    return factories.ada()


@pytest.fixture
def browser(ada: User, client: Client) -> Client:
    client.force_login(ada)
    return client


def post(*facts: tuple[str, str], **more: str) -> dict[str, str]:
    data = {"reference": "HB-7", "title": "7 Harbor Street", "address": "", "fact-TOTAL_FORMS": str(len(facts))}
    data |= {"fact-INITIAL_FORMS": "0"}
    for number, (name, value) in enumerate(facts):
        data |= {f"fact-{number}-name": name, f"fact-{number}-value": value}
    return data | more


def new() -> str:
    return reverse("assets:new_listing")


def test_a_listing_is_added_with_its_facts(browser: Client) -> None:
    browser.post(new(), post(("rooms", "two rooms, kitchen"), ("bedrooms", "3"), ("floor", "007"), ("", "")))
    listing = Listing.objects.get()
    assert listing.facts == {"rooms": "two rooms, kitchen", "bedrooms": 3, "floor": "007"}
    assert audit.history(listing)[0].action == "listing.added"


def test_a_change_says_what_changed_and_nothing_else(browser: Client) -> None:
    listing = factories.ListingFactory.create(reference="HB-7", title="Old", address="", facts={"rooms": "two"})
    browser.post(reverse("assets:listing", args=(listing.pk,)), post(("rooms", "two")))
    listing.refresh_from_db()
    assert listing.title == "7 Harbor Street"
    assert audit.history(listing)[0].words.endswith("was changed: title.")


def test_saving_what_is_there_writes_nothing(browser: Client) -> None:
    listing = factories.ListingFactory.create(reference="HB-7", title="7 Harbor Street", address="")
    browser.post(reverse("assets:listing", args=(listing.pk,)), post())
    assert not LogEntry.objects.filter(action__startswith="listing.").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (post(reference=""), "required"),
        (post(title="\x00"), "Null"),
        (post(("", "loose value")), "Give this fact a name"),
        (post(("rooms", "two"), ("Rooms", "three")), "is there twice"),
        (post(reference="hb-1"), "has this reference already"),
        (post(("rooms", "x" * 700)), "600"),
    ],
)
def test_what_cannot_be_saved_comes_back_as_it_was_typed(browser: Client, data: dict[str, str], words: str) -> None:
    factories.ListingFactory.create(reference="HB-1")
    answer = browser.post(new(), data | {"address": "Quay 9"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Quay 9" in answer.content.decode()
    assert Listing.objects.count() == 1


@pytest.mark.parametrize("total", ["", "-1", "x", "9999", "999"])
def test_a_count_of_rows_that_makes_no_sense_breaks_nothing(browser: Client, total: str) -> None:
    assert browser.post(new(), post() | {"fact-TOTAL_FORMS": total}).status_code in {302, 422}


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_more_rows_keep_what_was_typed(browser: Client, headers: dict[str, str]) -> None:
    page = browser.post(new(), post(("rooms", "half-typed"), more="1"), headers=headers).content.decode()
    assert "half-typed" in page
    assert page.count('class="fact-row"') == 3
    assert not Listing.objects.exists()


def test_who_may_only_look_sees_listings_and_no_form(client: Client) -> None:
    listing = factories.ListingFactory.create()
    client.force_login(factories.rita())
    assert listing.title in client.get(reverse("assets:listings")).content.decode()
    assert client.post(new(), post()).status_code == 403
    assert Listing.objects.count() == 1


def test_a_stranger_sees_no_listing(client: Client) -> None:
    client.force_login(factories.nils())
    assert client.get(reverse("assets:listings")).status_code == 403


def test_the_verbs_ask_for_the_right_themselves() -> None:
    listing = factories.ListingFactory.create()
    facts = ListingFacts(reference="X", title="X")
    with pytest.raises(PermissionDenied):
        records.add_listing(facts, by=factories.rita())
    with pytest.raises(PermissionDenied):
        records.change_listing(listing, facts, by=factories.rita())
    assert Listing.objects.get() == listing


def test_a_reference_is_never_taken_twice(ada: User) -> None:
    factories.ListingFactory.create(reference="HB-1")
    with pytest.raises(Blocked, match="reference already"):
        records.add_listing(ListingFacts(reference="hb-1", title="Other"), by=ada)


def test_listings_are_found_by_their_words(browser: Client) -> None:
    factories.ListingFactory.create(reference="HB-1", title="Mill", address="Quay 1")
    factories.ListingFactory.create(reference="HB-2", title="Barn", address="Quay 2")
    page = browser.get(reverse("assets:listings") + "?q=quay+mill").content.decode()
    assert "Mill" in page
    assert "Barn" not in page
    assert "1 listing<" in page
    assert "No listings match" in browser.get(reverse("assets:listings") + "?q=nothing").content.decode()


def test_queries_do_not_grow_with_the_listings(
    browser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        factories.ListingFactory.create(facts={"rooms": "two"})
    with django_assert_max_num_queries(12):
        browser.get(reverse("assets:listings"))

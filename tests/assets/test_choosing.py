"""Where a listing or a picture is chosen: what its text names, what is offered, and that no page grows with them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.library.chooser import AssetField
from assets.listings.chooser import ListingField
from assets.models import Listing
from core.models import User
from core.web.chooser import LONGEST, MOST
from tests.assets import factories
from tests.browsing import browser_of

PAGES = ("/library/", "/library/upload/", "/make/free/", "/make/history/", "/spend/budgets/", "/make/templates/new/")
WITH_5000 = 5000


@pytest.fixture
def three(db: None) -> dict[str, Listing]:
    rows = (
        ("HB-1", "Mill House", "1 Harbor Street, Seaview"),
        ("HB-10", "Garden House", "2 Harbor Street, Seaview"),
        ("QÉ-7", "Café · Été", "7 Quarry Hill"),
    )
    named = ("reference", "title", "address")
    return {row[0]: Listing.objects.create(**dict(zip(named, row, strict=True))) for row in rows}


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("HB-1", "HB-1"),
        ("  hb-10 ", "HB-10"),
        ("HB-1 · Mill House", "HB-1"),
        ("HB-1 · what it was called before", "HB-1"),
        ("garden", "HB-10"),
        ("2 harbor", "HB-10"),
        ("qé-7", "QÉ-7"),
        ("QÉ-7 · Café · Été", "QÉ-7"),
        ("CAFÉ", "QÉ-7"),
        ("mill · house", "HB-1"),
    ],
)
def test_a_text_names_one_listing(three: dict[str, Listing], typed: str, reference: str) -> None:
    assert ListingField().clean(typed) == three[reference]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("lighthouse", "No listing matches “lighthouse”. Check the spelling"),
        ("harbor", "Several listings match “harbor”, such as “HB-1 · Mill House” and “HB-10 · Garden House”."),
        ("·", "Several listings match “·”"),
        ("x" * (LONGEST + 1), "at most 300 characters"),
        ("HB\0-1", "Null characters"),
    ],
)
def test_what_names_none_or_several_says_what_to_do(three: dict[str, Listing], typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ListingField().clean(typed)
    assert said in " ".join(refused.value.messages)
    assert ListingField().find(typed) is None


def test_the_longest_start_that_is_a_reference_counts(three: dict[str, Listing]) -> None:
    other = Listing.objects.create(reference="HB-1 · B", title="Rear building")
    assert ListingField().clean(str(other)) == other
    assert ListingField().clean("HB-1 · B") == other


def test_nothing_typed_is_no_listing_unless_one_is_needed(three: dict[str, Listing]) -> None:
    assert ListingField(required=False).clean("  ") is None
    with pytest.raises(ValidationError):
        ListingField().clean("")


def offered(browser: Client, typed: str, name: str = "choose_listing") -> str:
    answer = browser.get(reverse(f"assets:{name}"), {"q": typed})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_likeliest_is_offered_first(three: dict[str, Listing], ada: User) -> None:
    page = offered(browser_of(ada), "hb-1")
    assert page.index('data-text="HB-1 · Mill House"') < page.index('data-text="HB-10 · Garden House"')
    assert "2 Harbor Street, Seaview" in page
    assert page.count('role="option"') == 2


def test_twenty_are_offered_and_more_are_spoken_of(ada: User) -> None:
    Listing.objects.bulk_create(Listing(reference=f"Z-{n:03}", title="<b>Tower</b>") for n in range(MOST + 1))
    page = offered(browser_of(ada), "z-")
    assert page.count('role="option"') == MOST
    assert "There are more" in page
    assert "<b>" not in page
    assert "There are more" not in offered(browser_of(ada), "z-007")
    assert "No listing matches “z-999”" in offered(browser_of(ada), "z-999")


def test_pictures_of_one_title_are_told_apart(ada: User) -> None:
    first, second = (factories.VersionFactory.create(by=ada, title="Twin kitchen").asset for _ in range(2))
    field = AssetField()
    assert field.clean(first.label) == first
    assert field.clean(second.label) == second
    with pytest.raises(ValidationError, match="Several pictures match “twin KITCHEN”"):
        field.clean("twin KITCHEN")
    page = offered(browser_of(ada), "twin", "choose_asset")
    assert first.label in page
    assert second.label in page


def test_a_picture_is_named_by_its_title_alone(ada: User) -> None:
    asset = factories.VersionFactory.create(by=ada, title="Pantry · north wall").asset
    factories.VersionFactory.create(by=ada, title="Pantry · north wall, evening")
    assert AssetField().clean("pantry · north wall") == asset


@pytest.mark.parametrize("path", PAGES)
def test_no_page_grows_with_the_listings(max_: User, path: str) -> None:
    def measured() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            page = browser_of(max_).get(path)
        assert page.status_code == 200
        return len(page.content), len(queries)

    listings = [Listing(reference=f"Z-{n:05}", title="14 Harbor Street") for n in range(WITH_5000)]
    Listing.objects.bulk_create(listings[:5])
    measured()  # what is read once is read
    few = measured()
    Listing.objects.bulk_create(listings[5:])
    many = measured()
    assert many[1] == few[1]
    assert abs(many[0] - few[0]) < 100, "tokens differ by a few characters, and nothing else does"


@pytest.mark.parametrize("path", ["/library/", "/make/history/"])
def test_a_filter_says_why_it_found_no_listing(three: dict[str, Listing], max_: User, path: str) -> None:
    page = browser_of(max_).get(path, {"listing": "harbor"}).content.decode()
    assert "Several listings match “harbor”" in page
    assert 'value="harbor"' in page


@pytest.mark.parametrize("typed", ["HB-1", "HB-1 · Mill House", "mill"])
def test_a_filter_takes_what_names_a_listing(three: dict[str, Listing], ada: User, typed: str) -> None:
    factories.VersionFactory.create(by=ada, title="Mill kitchen", listing=three["HB-1"])
    factories.VersionFactory.create(by=ada, title="Garden bath", listing=three["HB-10"])
    answer = browser_of(ada).get("/library/", {"listing": typed})
    assert [tile.asset.title for tile in answer.context["tiles"]] == ["Mill kitchen"]
    assert answer.context["query"] == "listing=HB-1"


def test_a_link_to_compose_brings_its_listing(three: dict[str, Listing], ada: User) -> None:
    page = browser_of(ada).get("/make/free/?listing=HB-10").content.decode()
    assert 'value="HB-10 · Garden House"' in page


def test_what_was_typed_comes_back_with_what_to_do(three: dict[str, Listing], max_: User) -> None:
    answer = browser_of(max_).post("/spend/budgets/", {"kind": "listing", "listing": "harbor", "limit": "5"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Several listings match “harbor”" in page
    assert 'value="harbor"' in page


def test_what_was_begun_in_a_hidden_field_is_in_nobodys_way(three: dict[str, Listing], max_: User) -> None:
    said = {"kind": "campaign", "campaign": "Spring", "listing": "harbor", "limit": "5"}
    assert browser_of(max_).post("/spend/budgets/", said).status_code == 302

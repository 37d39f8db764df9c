"""Private words in a prompt: what is found, what is left alone, and how it is said beside the preview."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from core.models import User
from generation.briefs.private_words import Known, Private, found_in
from generation.models import Brief
from generation.providers.egress.addresses import is_inside
from tests.assets import factories as people
from tests.generation import factories

KNOWN = Known(frozenset({"Jane Roe", "Rose"}), "14 Shore Path, Hull, MA", "HB-1042")
FREE = {"ratio": "3:2", "count": "1", "quality": "standard", "negative": "", "seed": "", "title": ""}


@pytest.mark.parametrize(
    ("text", "what", "words"),
    [
        ("Write to jane.roe@example.com today", Private.EMAIL, "jane.roe@example.com"),
        ("A sign that says 555-0100", Private.TELEPHONE, "555-0100"),
        ("Call (212) 555-0100 now", Private.TELEPHONE, "(212) 555-0100"),
        ("212.555.0100", Private.TELEPHONE, "212.555.0100"),
        ("1-800-555-0100.", Private.TELEPHONE, "1-800-555-0100"),
        ("call 2125550100", Private.TELEPHONE, "2125550100"),
        ("+49 89 1234 5678", Private.TELEPHONE, "+49 89 1234 5678"),
        ("+44 (0)20 7946 0958", Private.TELEPHONE, "+44 (0)20 7946 0958"),
        ("＋１ ２１２‑５５５‑０１００", Private.TELEPHONE, "+1 212-555-0100"),
        ("The house at 1042 N. Harbor Blvd", Private.ADDRESS, "1042 N. Harbor Blvd"),
        ("221B Baker Street at dusk", Private.ADDRESS, "221B Baker Street"),
        ("7 Elm Court, seen from the garden", Private.ADDRESS, "7 Elm Court"),
        ("350 42nd Street", Private.ADDRESS, "350 42nd Street"),
        ("1042 harbor street in the rain", Private.ADDRESS, "1042 harbor street"),
        ("A porch at 14 shore path, hull, ma", Private.ADDRESS, "14 shore path, hull, ma"),
        ("A porch at 14 Shore Path", Private.ADDRESS, "14 Shore Path"),
        ("The kitchen of hb-1042", Private.REFERENCE, "hb-1042"),
        ("The living room of jane roe", Private.NAME, "jane roe"),
        ("The garden of Rose", Private.NAME, "Rose"),
    ],
)
def test_what_is_private_is_found_as_it_is_written(text: str, what: Private, words: str) -> None:
    assert [(each.what, each.words) for each in found_in(text, KNOWN)] == [(what, words)]


@pytest.mark.parametrize(
    "text",
    [
        "12 Oak Table chairs",
        "3 bedroom house, 2 bath, built 1987",
        "f/2.8 1/250 ISO 400-3200 35 mm",
        "2048x1536, 2048 × 1536, 300-1200 px",
        "v5.2, --seed 2147483647 --ar 16:9",
        "A seed of 4294967295",
        "4 cars on a quiet street; 20 feet from the road, 12 narrow street lamps",
        "5 Victorian Row houses and 4 Modern Square tables",
        "A rose garden with a Harbor View, John Deere green",
        "$500-1000, 250.0000, 10.0.0.12, 2026-11-22",
        "#2a3a62 and 50% gray, 5500 K, -3 EV +0.7",
    ],
)
def test_numbers_and_capital_letters_are_nobodys_secret(text: str) -> None:
    assert found_in(text, KNOWN) == []


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("http://127.0.0.1:7860", True),
        ("http://localhost:8188", True),
        ("http://comfyui:8188", True),
        ("http://10.1.2.3:7860", True),
        ("http://[::1]:7860/", True),
        ("http://host.docker.internal:7860", True),
        ("https://api.openai.com/v1", False),
        ("https://8.8.8.8/", False),
        ("https://images.example.com", False),
        ("https://127.0.0.1.example.com", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_an_address_of_ours_is_told_from_one_outside(address: str, inside: bool) -> None:
    assert is_inside(address) is inside


# Beside the preview


def shown(browser: Client, prompt: str, provider: str = "scripted", **more: str) -> str:
    model = factories.ModelFactory.create(provider=provider, model_id=f"{provider}-1")
    data = {**FREE, "prompt": prompt, "models": [str(model.pk)], "preview": "1", **more}
    return browser.post(reverse("generation:free"), data, headers={"HX-Request": "true"}).content.decode()


@pytest.fixture
def browser(ada: User, client: Client) -> Client:
    client.force_login(ada)
    return client


@pytest.mark.django_db
def test_a_prompt_with_a_telephone_number_warns_of_who_gets_it(browser: Client) -> None:
    page = shown(browser, "A shop with the number 555-0100 on it", negative="jo@example.com")
    assert "The prompt holds a telephone number: 555-0100. It goes to Scripted." in page
    assert "The text to exclude holds an e-mail address: jo@example.com. It goes to Scripted." in page


@pytest.mark.django_db
def test_what_stays_in_the_house_warns_of_nothing(browser: Client) -> None:
    assert "555-0100" in (page := shown(browser, "A shop with the number 555-0100 on it", provider="sketch"))
    assert "It goes to" not in page


@pytest.mark.django_db
def test_people_and_the_address_of_the_listing_are_known(browser: Client, ada: User) -> None:
    listing = people.ListingFactory.create(
        reference="HB-77", address="9 Shore Path, Hull", facts={"Owner’s name": "Jo Doe", "style": "Cape Cod"}
    )
    User.objects.create_user("keeper", display_name="Max Keeper")
    page = shown(browser, "Cape Cod at 9 Shore Path for Jo Doe and Max Keeper", listing=listing.reference)
    for words in ("an address: 9 Shore Path.", "a name: Jo Doe.", "a name: Max Keeper."):
        assert f"The prompt holds {words} It goes to Scripted." in page
    assert "Jo Doe." not in shown(browser, "Cape Cod for Jo Doe")


@pytest.mark.django_db
def test_a_warning_about_private_words_stops_nothing(browser: Client) -> None:
    model = factories.ModelFactory.create()
    data = {**FREE, "prompt": "A shop, 555-0100", "models": [str(model.pk)], "send": "1"}
    assert browser.post(reverse("generation:free"), data).status_code == 302
    assert Brief.objects.exists()

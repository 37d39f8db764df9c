"""Words are found whatever their case, in every alphabet, on both engines; a search that cannot be made says so."""

from __future__ import annotations

import pytest
from django.test import Client

from assets.models import Asset, Listing
from core import folding
from core.models import User
from tests.assets.factories import VersionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.mark.parametrize(
    ("title", "asked", "is_found"),
    [
        ("Küche am Abend", "KÜCHE", True),
        ("KÜCHE AM ABEND", "küche", True),
        ("Österåker", "österÅKER", True),
        ("Дом у реки", "ДОМ", True),
        ("Σπίτι", "ΣΠΊΤΙ", True),
        ("Kitchen", "KITCHEN", True),
        ("Küche", "Kuche", False),
        ("100 % oak", "100%", False),
        ("100% oak", "100%", True),
        ("a_b", "a_b", True),
        ("axb", "a_b", False),
        ("back\\slash", "k\\s", True),
        ("Two\nlines", "LINES", True),
    ],
)
def test_case_makes_no_difference(ada: User, title: str, asked: str, is_found: bool) -> None:
    asset = VersionFactory.create(by=ada).asset
    Asset.objects.filter(pk=asset.pk).update(title=title)
    assert Asset.objects.filter(pk=asset.pk, title__icontains=asked).exists() is is_found
    assert Asset.objects.matching(asked).filter(pk=asset.pk).exists() is is_found


def test_the_same_word_is_the_same_at_either_end(ada: User) -> None:
    listing = Listing.objects.create(reference="ÄB-1", title="Haus")
    for lookup in ("istartswith", "iexact", "iendswith"):
        value = {"istartswith": "äb", "iexact": "äb-1", "iendswith": "b-1"}[lookup]
        assert Listing.objects.filter(**{f"reference__{lookup}": value}).get() == listing


@pytest.mark.parametrize(
    ("pattern", "text", "escape", "is_like"),
    [
        ("%üb%", "ÜBER", "", True),
        ("_b%", "üb", "", True),
        ("%", "", "", True),
        ("", "", "", True),
        ("a\\%%", "A% and more", "\\", True),
        ("a\\%%", "ab", "\\", False),
        ("5", 5, "", True),
        (None, "x", "", None),
        ("x", None, "", None),
    ],
)
def test_like(pattern: object, text: object, escape: str, is_like: bool | None) -> None:
    assert folding.like(pattern, text, escape) is is_like


@pytest.mark.parametrize("path", ["/library/", "/make/history/", "/library/listings/"])
@pytest.mark.parametrize("htmx", [True, False])
def test_a_search_that_is_too_long_says_so_and_shows_nothing(client: Client, ada: User, path: str, htmx: bool) -> None:
    Asset.objects.filter(pk=VersionFactory.create(by=ada).asset_id).update(title="Kitchen of the mill")
    Listing.objects.create(reference="HB-1", title="Kitchen of the mill")
    client.force_login(ada)
    headers = {"HX-Request": "true"} if htmx else {}
    page = client.get(path, {"q": "k" * 201}, headers=headers).content.decode()
    assert "Search for at most 200 characters; these are 201." in page
    assert "Kitchen of the mill" not in page
    assert "Not searched" not in client.get(path, {"q": "k" * 200}, headers=headers).content.decode()

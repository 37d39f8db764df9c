"""What a page asks of the database does not grow with what the portal holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from core.models import User
from tests.approvals import factories as reviews
from tests.assets import factories
from tests.assets.factories import ada, max_, rita
from tests.generation import factories as jobs

pytestmark = pytest.mark.django_db

Grow = Callable[[int], object]


def statements(client: Client, address: str) -> list[str]:
    """Those of a page the second time that it is opened, since some things are asked once for a process."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return [query["sql"] for query in asked.captured_queries]


def waiting(number: int) -> None:
    for _ in range(number):
        reviews.review(reviews.ready(listing=factories.ListingFactory.create()), by=ada())


def in_force(number: int) -> None:
    for _ in range(number):
        reviews.released(reviews.ready(listing=factories.ListingFactory.create()), reviews.channel())


def sites(number: int) -> None:
    for place in range(number):
        reviews.key(reviews.site(reviews.channel(), slug=f"site-{number}-{place}"))


def drawn(number: int) -> None:
    for _ in range(number):
        jobs.queued(ada())


@pytest.mark.parametrize(
    ("address", "person", "grow", "most"),
    [
        ("/", ada, waiting, 40),
        ("/", rita, waiting, 40),
        ("/", max_, in_force, 50),
        ("/library/", ada, in_force, 30),
        ("/review/", rita, waiting, 50),
        ("/channels/", rita, in_force, 25),
        ("/channels/website/", rita, in_force, 30),
        ("/channels/sites/", max_, sites, 25),
        ("/make/", ada, drawn, 25),
        ("/make/history/", ada, drawn, 30),
        ("/spend/", max_, drawn, 40),
    ],
)
def test_more_in_the_portal_is_no_more_statements(
    client: Client, settings: Settings, address: str, person: Callable[[], User], grow: Grow, most: int
) -> None:
    settings.UNDO_SECONDS = 0
    client.force_login(person())
    grow(2)
    few = statements(client, address)
    grow(5)
    many = statements(client, address)
    assert len(many) <= len(few) + 1, "what is cut short is counted, and no more than that: " + "\n".join(many)
    assert len(few) <= most


def test_a_version_that_went_everywhere_is_no_more_statements(client: Client, settings: Settings) -> None:
    settings.UNDO_SECONDS = 0
    client.force_login(ada())
    once = reviews.released(reviews.ready(), reviews.channel()).version
    often = reviews.released(reviews.ready(), *(reviews.channel(f"place-{number}") for number in range(5))).version
    few, many = (statements(client, each.get_absolute_url()) for each in (once, often))
    assert len(many) <= len(few) <= 40, "\n".join(many)

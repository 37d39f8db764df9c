"""Words that would like to be markup, a template, a formula or a header stay words, wherever they are stored.

A third of the pages are also asked for as htmx does; `make prove` asks for all of them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from pytest_django import DjangoDbBlocker

from core import tasks
from tests.boundaries import hostile
from tests.boundaries.pages import Page
from tests.boundaries.table import READERS, Row
from tests.boundaries.urls import address
from tests.boundaries.world import Browser, World
from tests.share import share

pytestmark = pytest.mark.django_db

PAGES = [row for row in READERS if not row.is_api and not row.is_public]


@pytest.fixture(scope="module")
def hostile_world(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        assert hostile.spread() > 60
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def max_(hostile_world: World) -> Browser:
    return hostile_world.client("max")


@pytest.fixture
def look(hostile_world: World, max_: Browser, seen: dict[str, Any]) -> Callable[[Row], Any]:
    """What Max gets at an address, asked once for all tests of this module."""

    def look(row: Row) -> Any:
        if str(row) not in seen:
            seen[str(row)] = max_.get(_url(hostile_world, row))
        return seen[str(row)]

    return look


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    return {}


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_page_shows_it_as_words(look: Callable[[Row], Any], row: Row) -> None:
    answer = look(row)
    assert answer.status_code < 400
    _is_harmless(answer)


@pytest.mark.parametrize("row", share(PAGES, "htmx"), ids=str)
def test_a_part_of_a_page_shows_it_as_words(hostile_world: World, max_: Browser, row: Row) -> None:
    answer = max_.get(_url(hostile_world, row), headers={"HX-Request": "true"})
    assert answer.status_code < 400
    _is_harmless(answer)


def test_most_pages_show_it_literally(look: Callable[[Row], Any]) -> None:
    shown = [row for row in PAGES if "{{ canary }}{% canary %}" in _text(look(row))]
    assert len(shown) >= 15, [str(row) for row in shown]


def test_a_refusal_shows_it_as_words(hostile_world: World, max_: Browser) -> None:
    for path in (f"/{hostile.MARKUP}/", f"/library/?q={hostile.MARKUP}", f"/make/history/?q={hostile.EVIL}"):
        _is_harmless(max_.get(path))


def test_what_was_typed_comes_back_as_words(hostile_world: World, max_: Browser) -> None:
    site = max_.post("/channels/sites/", {"name": hostile.EVIL, "slug": hostile.EVIL, "contact": hostile.EVIL})
    template = max_.post("/make/templates/house/about/", {"name": hostile.EVIL * 9, "purpose": hostile.EVIL})
    free = max_.post("/make/free/", {"prompt": hostile.EVIL, "title": hostile.EVIL, "ratio": hostile.EVIL, "send": "1"})
    for answer in (site, template, free):
        assert answer.status_code == 422
        _is_harmless(answer)


def test_no_cell_of_the_ledger_is_a_formula(max_: Browser) -> None:
    text = max_.get("/spend/ledger.csv").content.decode()
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "@"))]
    assert any("canary" in cell for cell in cells)


def test_mail_carries_it_as_plain_text(hostile_world: World) -> None:
    tasks.send_outbox()
    assert mail.outbox
    for message in mail.outbox:
        assert "\n" not in message.subject
        assert message.message().get_content_type() == "text/plain"
        assert "canary" in message.message().as_string()


def test_the_api_says_it_as_json(hostile_world: World) -> None:
    site = hostile_world.client("bricks")
    answer = site.get("/api/v1/images/")
    assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        200,
        "application/json",
        "nosniff",
    )


def test_a_file_is_named_without_it(hostile_world: World, max_: Browser) -> None:
    for path in (
        "files/<uuid:version_id>/original/",
        "make/templates/<slug:slug>/file/",
        "outputs/<uuid:output_id>/?original",
    ):
        row = Row(path)
        given = max_.get(address(path, row.filled(hostile_world)))["Content-Disposition"]
        assert given.startswith("attachment;")
        plain, _, coded = given.partition("filename=")[2].partition("; filename*=")
        assert not set('<>{}\\/\r\n\t"') & {*plain.strip('"'), *coded}


def _url(world: World, row: Row) -> str:
    query = "?edit=license" if row.route.endswith("v<int:number>/") else ""
    return address(row.route, row.filled(world)) + query


def _text(answer: Any) -> str:
    return Page(answer.content.decode()).words if answer["Content-Type"].startswith("text/html") else ""


def _is_harmless(answer: Any) -> None:
    headers = answer.headers
    assert not [name for name, value in headers.items() if "\n" in value or "<canary" in value]
    if headers["Content-Type"].startswith("text/html"):
        assert Page(answer.content.decode()).injected == []

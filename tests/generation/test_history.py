"""The history of prompts: found again by what people remember of them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from core.models import User
from generation.jobs import execution
from generation.models import Brief, Job
from generation.outputs import keeping
from generation.pages.history_page import marked
from generation.providers import errors
from tests.assets import factories as people
from tests.assets import verbs
from tests.generation import factories
from tests.generation.scripted import Scripted

pytestmark = [pytest.mark.django_db, pytest.mark.engine]
URL = "/make/history/"


@pytest.fixture
def browser(ada: User, client: Client) -> Client:
    client.force_login(ada)
    return client


def sent(by: User, *answers: Exception, **more: object) -> Brief:
    brief = factories.started(by, **more)
    Scripted.will(*answers)
    execution.send(brief.jobs.get().pk)
    return brief


def titles(browser: Client, query: str) -> set[str]:
    rows = browser.get(URL + query).context["rows"]
    return {row.page.brief.title for row, _ in rows}


def test_a_stranger_sees_no_history(nils: User, client: Client) -> None:
    client.force_login(nils)
    assert client.get(URL).status_code == 403


def test_the_address_is_not_a_templates(browser: Client) -> None:
    assert reverse("generation:history") == URL
    assert "Every prompt you send will be here" in browser.get(URL).content.decode()


@pytest.fixture
def several(ada: User, max_: User) -> None:
    listing = people.ListingFactory.create(reference="HB-7")
    template = factories.template()
    sent(ada, title="Mill", prompt="A stone MILL at dusk, Façade rendered")
    sent(max_, title="Barn", prompt="A barn at noon", listing=listing)
    sent(ada, errors.Refused("No."), title="Weir", prompt="A weir", revision=template.published)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Mill", "Barn", "Weir"}),
        ("?q=mill", {"Mill"}),
        ("?q=a+AT", {"Mill", "Barn"}),
        ("?q=100%25", set()),
        ("?q=barn", {"Barn"}),
        ("?person=max", {"Barn"}),
        ("?template=house", {"Weir"}),
        ("?template=-", {"Mill", "Barn"}),
        ("?listing=HB-7", {"Barn"}),
        ("?state=refused", {"Weir"}),
        ("?state=done", {"Mill", "Barn"}),
        ("?state=kept", set()),
        ("?person=max&state=refused", set()),
        ("?person=nobody&state=nonsense&page=x", {"Mill", "Barn", "Weir"}),
    ],
)
def test_a_brief_is_found_by(browser: Client, several: None, query: str, found: set[str]) -> None:
    assert titles(browser, query) == found


def test_a_brief_is_found_by_its_model(browser: Client, ada: User) -> None:
    sent(ada, title="Mill")
    other = factories.ModelFactory.create(model_id="scripted-2")
    brief = factories.started(ada, other, title="Barn")
    assert titles(browser, f"?model={other.pk}") == {brief.title}


def test_what_was_kept_and_approved_is_found_and_shown(browser: Client, ada: User) -> None:
    brief = sent(ada, title="Mill")
    version = keeping.keep(brief.jobs.get().outputs.get(), by=ada)
    assert titles(browser, "?state=kept") == {"Mill"}
    assert titles(browser, "?state=approved") == set()
    people.approve(verbs.describe(version, text="A mill", by=ada), people.rita())
    assert titles(browser, "?state=approved") == {"Mill"}
    page = browser.get(URL).content.decode()
    assert "1 picture, 1 kept" in page
    assert "Approved" in page


def test_a_row_says_what_it_cost_and_offers_it_again(browser: Client, ada: User) -> None:
    brief = sent(ada, title="Mill", prompt="A stone mill")
    page = browser.get(URL + "?q=stone").content.decode()
    assert "$0.10" in page
    assert "<mark>stone</mark>" in page
    assert f"/make/free/?from={brief.pk}" in page
    assert "Save as template" not in page


def test_who_manages_templates_may_save_one(client: Client, ada: User, max_: User) -> None:
    brief = sent(ada)
    client.force_login(max_)
    assert f"/make/templates/new/?from={brief.pk}" in client.get(URL).content.decode()


def test_the_count_is_of_all_and_pages_keep_the_filters(browser: Client, ada: User) -> None:
    for number in range(21):
        factories.started(ada, title=f"Mill {number}")
    page = browser.get(URL + "?q=mill").content.decode()
    assert "21 briefs" in page
    assert "q=mill&amp;page=2" in page
    assert len(browser.get(URL + "?q=mill&page=2").context["rows"]) == 1


def test_nothing_found_says_so_and_shows_the_way_back(browser: Client, several: None) -> None:
    assert "No briefs match" in browser.get(URL + "?q=zeppelin").content.decode()


def test_htmx_gets_the_rows_and_the_count(browser: Client, several: None) -> None:
    part = browser.get(URL + "?q=mill", headers={"HX-Request": "true"}).content.decode()
    assert "<!doctype" not in part
    assert 'id="count" hx-swap-oob="true">1 brief<' in part


def test_queries_do_not_grow_with_the_rows(
    browser: Client, ada: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def rows(count: int) -> int:
        for _ in range(count):
            sent(ada)
        with django_assert_max_num_queries(40) as counted:
            browser.get(URL)
        return len(counted.captured_queries)

    few = rows(2)
    assert rows(8) == few
    assert Job.objects.count() == 10


@given(
    st.text(max_size=400),
    st.lists(st.text(min_size=1, max_size=5).filter(lambda word: word == word.strip()), max_size=3),
)
def test_marking_changes_no_words(text: str, words: list[str]) -> None:
    pieces = marked(text, tuple(words))
    shown = "".join(piece for piece, _ in pieces).strip("… ")
    assert shown in " ".join(text.split()) or not shown


def test_a_word_far_down_is_brought_into_sight() -> None:
    pieces = marked("x " * 400 + "mill " + "y " * 400, ("mill",))
    assert ("mill", True) in pieces

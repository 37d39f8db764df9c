"""Writing prompts in Chromium: what script adds, and that nothing typed is lost to an answer that comes late."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from assets.models import Listing
from core.models import User
from generation.models import Template
from generation.prompt_templates import revisions
from tests import browsing
from tests.assets import factories as people
from tests.generation import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def template(max_: User) -> Template:
    factories.ModelFactory.create()
    return factories.template()


@pytest.fixture
def listing(template: Template) -> Listing:
    return people.ListingFactory.create(facts={"property type": "brick terrace"})


@pytest.fixture
def plain_tab(page: Page, live_server: LiveServer, max_: User) -> Page:
    """A tab in which Max is signed in."""
    return browsing.sign_in(page, max_, live_server.url)


def test_what_is_typed_while_the_listing_fills_in_is_kept(tab: Page, live_server: LiveServer, listing: Listing) -> None:
    tab.goto(f"{live_server.url}/make/house/")
    held: list[Route] = []
    tab.route(
        "**/make/house/",
        lambda route: held.append(route) if "fill=1" in (route.request.post_data or "") else route.continue_(),
    )
    browsing.choose(tab, "Listing", listing.reference, str(listing))
    tab.wait_for_timeout(50)
    tab.get_by_label("Subject").fill("stone mill")
    browsing.first(tab, held).continue_()
    assert len(held) == 1
    expect(tab.get_by_label("Home")).to_have_value("brick terrace")
    expect(tab.get_by_label("Subject")).to_have_value("stone mill")
    expect(tab.locator(".texts")).to_contain_text("A stone mill at dusk.")
    expect(tab.locator(".texts")).to_contain_text("Home: brick terrace.")


def test_what_is_typed_is_kept_also_when_the_preview_settles_in_between(
    tab: Page, live_server: LiveServer, listing: Listing
) -> None:
    tab.goto(f"{live_server.url}/make/house/")
    tab.evaluate("htmx.config.defaultSettleDelay = 2000")  # what otherwise takes a blink, and is seldom met
    held: list[Route] = []
    tab.route(
        "**/make/house/",
        lambda route: held.append(route) if "fill=1" in (route.request.post_data or "") else route.continue_(),
    )
    browsing.choose(tab, "Listing", listing.reference, str(listing))
    tab.get_by_label("Subject").fill("stone mill")
    expect(tab.locator(".texts")).to_contain_text("A stone mill at dusk.")
    tab.route(
        "**/make/house/", lambda route: held.append(route)
    )  # no further preview takes the place of the one that is settling
    browsing.first(tab, held).continue_()
    expect(tab.get_by_label("Home")).to_have_value("brick terrace")
    expect(tab.get_by_label("Subject")).to_have_value("stone mill")


def test_a_rule_shows_while_it_is_broken_and_goes_with_the_words(tab: Page, live_server: LiveServer) -> None:
    factories.ModelFactory.create()
    tab.goto(f"{live_server.url}/make/free/")
    tab.get_by_role("textbox", name="Prompt").press_sequentially("A couple on a sofa")
    expect(tab.get_by_role("heading", name="People in the picture")).to_be_visible()
    tab.get_by_label("This is intended").check()
    expect(tab.locator(".content-rule")).to_have_class("content-rule warns accepted")
    tab.get_by_role("textbox", name="Prompt").fill("A sofa, no people")
    expect(tab.locator(".content-rule")).to_have_count(0)


def test_a_field_is_added_while_the_rest_stays_as_typed(tab: Page, live_server: LiveServer, template: Template) -> None:
    tab.goto(f"{live_server.url}/make/templates/house/edit/")
    body = tab.get_by_role("textbox", name="Prompt")
    body.fill(body.input_value() + "\nMist: {mist}.")
    expect(tab.locator("#tryout")).to_contain_text("there is no such field")
    tab.get_by_role("button", name="Add {mist}").click()
    expect(tab.locator(".typed-field[open] [name$=-name]")).to_have_value("mist")
    expect(tab.locator("#tryout")).to_contain_text("Mist: [Mist].")
    tab.get_by_role("button", name="Save without publishing").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("House")
    assert "{mist}" in template.revisions.get(number=2).body


def test_adding_a_field_is_not_cut_short_by_trying_the_prompt_out(
    tab: Page, live_server: LiveServer, template: Template
) -> None:
    tab.goto(f"{live_server.url}/make/templates/house/edit/")
    expect(tab.locator("#tryout")).to_contain_text("A brick house")
    body = tab.get_by_role("textbox", name="Prompt")
    body.fill(body.input_value() + "\nMist: {mist}.")
    add = tab.get_by_role("button", name="Add {mist}")
    expect(add).to_be_visible()
    held: list[Route] = []
    tab.route("**/edit/", lambda route: held.append(route) if asks_to_add(route) else route.continue_())
    add.click()  # which leaves the prompt: that it has changed is worth another try
    tab.wait_for_timeout(400)
    browsing.first(tab, held).continue_()
    assert len(held) == 1
    expect(tab.locator(".typed-field[open] [name$=-name]")).to_have_value("mist")


def asks_to_add(route: Route) -> bool:
    return "add-missing" in (route.request.post_data or "")


def test_axe_finds_nothing(plain_tab: Page, live_server: LiveServer, template: Template, max_: User) -> None:
    factories.started(max_, title="Mill")
    plain = [{"name": "subject", "label": "Subject"}]
    long = "A tall {subject}." + " By the sea." * 200  # its preview scrolls
    revisions.revise(template, revisions.Wording(body=long, fields=plain), by=max_)
    of_house = ("", "edit/?revision=2", "changes/", "about/")
    of_template = ["templates/", *(f"templates/house/{path}" for path in of_house)]
    found = []
    for path in ("history/", "rules/", "templates/file/", "templates/new/", *of_template):
        plain_tab.goto(f"{live_server.url}/make/{path}")
        found += browsing.found_by_axe(plain_tab)
    assert found == []

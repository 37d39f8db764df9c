"""The library's pages in Chromium: what script adds, and that nothing on the console or for axe is wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from assets.models import Version
from core.models import User
from tests import browsing
from tests.assets import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def person() -> User:
    return factories.ada()


@pytest.fixture
def picture(person: User) -> Version:
    return factories.VersionFactory.create(by=person, title="Kitchen")


@pytest.fixture
def plain_tab(page: Page, live_server: LiveServer, person: User) -> Page:
    """A tab in which Ada is signed in."""
    return browsing.sign_in(page, person, live_server.url)


def test_alt_text_is_checked_while_it_is_typed(tab: Page, live_server: LiveServer, picture: Version) -> None:
    tab.goto(live_server.url + picture.get_absolute_url())
    tab.get_by_role("textbox", name="What it shows").press_sequentially("IMG_2041.jpg")
    expect(tab.locator("#alt_text-lines")).to_contain_text("This is a file name")
    tab.get_by_role("textbox", name="What it shows").fill("Oak table by a wide window")
    expect(tab.locator("#alt_text-lines")).to_contain_text("Nothing to fix")


def test_saving_a_panel_keeps_what_is_typed_in_another(tab: Page, live_server: LiveServer, picture: Version) -> None:
    tab.goto(live_server.url + picture.get_absolute_url())
    tab.get_by_label("Credit line").fill("Harbor Homes")
    tab.get_by_role("textbox", name="What it shows").fill("Oak table by a wide window")
    tab.get_by_role("button", name="Save alt text").click()
    expect(tab.locator("#alt_text")).to_contain_text("Alt text saved.")
    expect(tab.get_by_label("Credit line")).to_have_value("Harbor Homes")
    expect(tab.locator("#readiness")).not_to_contain_text("alt text")


def test_the_maker_is_asked_for_when_it_was_generated(tab: Page, live_server: LiveServer) -> None:
    tab.goto(live_server.url + "/library/upload/")
    expect(tab.get_by_label("Made with")).to_be_hidden()
    tab.get_by_text("Made by AI", exact=True).click()
    expect(tab.get_by_label("Made with")).to_be_visible()


def test_a_filter_swaps_the_pictures_and_their_count(
    tab: Page, live_server: LiveServer, picture: Version, person: User
) -> None:
    factories.VersionFactory.create(by=person, title="Harbor", maker="Sketch")
    tab.goto(live_server.url + "/library/")
    tab.get_by_label("Provider").select_option("Sketch")
    expect(tab.locator("#count")).to_have_text("1 picture")
    expect(tab.locator("#results")).to_have_count(1)
    expect(tab.locator("#results")).not_to_contain_text("Kitchen")
    assert "provider=Sketch" in tab.url


def test_axe_finds_nothing(plain_tab: Page, live_server: LiveServer, picture: Version) -> None:
    found = []
    for path in ("/library/", "/library/upload/", "/library/?q=nothing-like-it", picture.get_absolute_url()):
        plain_tab.goto(live_server.url + path)
        found += browsing.found_by_axe(plain_tab)
    assert found == []

"""Choosing a listing in Chromium: by keys, mouse and touch, wide and narrow, and what axe finds while it is open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from assets.models import Listing
from core.models import User
from tests import browsing
from tests.assets import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UPLOAD, LIBRARY = "/library/upload/", "/library/"


@pytest.fixture
def person() -> User:
    return factories.ada()


@pytest.fixture
def plain_tab(page: Page, live_server: LiveServer, person: User) -> Page:
    """A tab in which Ada is signed in, with four listings to choose from."""
    for number, title in enumerate(("Mill House", "Garden House", "Quarry Barn", "Garden Studio"), 1):
        Listing.objects.create(reference=f"HB-{number}", title=title, address="Seaview")
    return browsing.sign_in(page, person, live_server.url)


def chooser(tab: Page) -> Locator:
    return tab.get_by_role("combobox", name="Listing")


def options(tab: Page) -> Locator:
    return tab.locator(".chooser").get_by_role("option")


def test_keys_move_and_choose(tab: Page, live_server: LiveServer) -> None:
    tab.goto(live_server.url + UPLOAD)
    field = chooser(tab)
    field.press_sequentially("garden")
    expect(options(tab)).to_have_count(2)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(options(tab).first).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    expect(options(tab).last).to_have_attribute("aria-selected", "true")
    active = field.get_attribute("aria-activedescendant")
    assert active == options(tab).last.get_attribute("id")
    field.press("ArrowDown")
    field.press("ArrowUp")
    field.press("Enter")
    expect(field).to_have_value("HB-4 · Garden Studio")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(options(tab)).to_have_count(0)
    assert tab.url.endswith(UPLOAD)


def test_escape_closes_and_keeps_what_was_typed(tab: Page, live_server: LiveServer) -> None:
    tab.goto(live_server.url + UPLOAD)
    field = chooser(tab)
    field.press_sequentially("garden")
    expect(options(tab)).to_have_count(2)
    field.press("Escape")
    expect(options(tab)).to_have_count(0)
    expect(field).to_have_value("garden")
    field.press("ArrowUp")
    expect(options(tab)).to_have_count(2)


def test_leaving_closes_and_tab_takes_what_is_marked(tab: Page, live_server: LiveServer) -> None:
    tab.goto(live_server.url + UPLOAD)
    field = chooser(tab)
    field.press_sequentially("garden")
    expect(options(tab)).to_have_count(2)
    tab.get_by_role("textbox", name="Title").click()
    expect(options(tab)).to_have_count(0)
    expect(field).to_have_value("garden")
    field.click()
    expect(options(tab).first).to_have_attribute("aria-selected", "true")
    field.press("Tab")
    expect(field).to_have_value("HB-2 · Garden House")
    expect(field).not_to_be_focused()


def test_enter_before_the_answer_takes_the_first(tab: Page, live_server: LiveServer) -> None:
    tab.goto(live_server.url + UPLOAD)
    browsing.choose(tab, "Listing", "quarry", "HB-3 · Quarry Barn")


def test_nothing_is_sent_by_enter_where_nothing_is_found(tab: Page, live_server: LiveServer) -> None:
    tab.goto(live_server.url + UPLOAD)
    field = chooser(tab)
    field.press_sequentially("lighthouse")
    expect(tab.locator(".chooser .note")).to_contain_text("No listing matches “lighthouse”")
    field.press("Enter")
    expect(field).to_have_value("lighthouse")
    assert tab.url.endswith(UPLOAD)


def test_a_filter_goes_on_with_what_is_clicked(tab: Page, live_server: LiveServer, person: User) -> None:
    factories.VersionFactory.create(by=person, title="Mill kitchen", listing=Listing.objects.get(reference="HB-1"))
    factories.VersionFactory.create(by=person, title="Garden bath", listing=Listing.objects.get(reference="HB-2"))
    tab.goto(live_server.url + LIBRARY)
    chooser(tab).click()
    expect(options(tab)).to_have_count(4)
    options(tab).filter(has_text="Mill House").click()
    expect(tab.locator("#count")).to_have_text("1 picture")
    expect(chooser(tab)).to_be_focused()
    chooser(tab).fill("")
    chooser(tab).press("Tab")
    expect(tab.locator("#count")).to_have_text("2 pictures")


def test_the_list_that_cannot_be_loaded_says_so(plain_tab: Page, live_server: LiveServer) -> None:
    plain_tab.goto(live_server.url + UPLOAD)
    plain_tab.context.clear_cookies()
    chooser(plain_tab).press_sequentially("mill")
    expect(plain_tab.locator(".chooser .note")).to_contain_text("Type the reference")


def test_it_fits_a_phone_and_answers_a_finger(browser: Browser, live_server: LiveServer, plain_tab: Page) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    try:
        phone.add_cookies(plain_tab.context.cookies())  # type: ignore[arg-type]  # as they were given
        tab = phone.new_page()
        tab.goto(live_server.url + LIBRARY)
        chooser(tab).tap()
        expect(options(tab)).to_have_count(4)
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        sizes = [each.bounding_box() for each in options(tab).all()]
        assert all(size and size["height"] >= 44 for size in sizes)
        options(tab).last.tap()
        expect(chooser(tab)).to_have_value("HB-4 · Garden Studio")
    finally:
        phone.close()


def test_axe_finds_nothing_while_it_is_open(plain_tab: Page, live_server: LiveServer) -> None:
    found = []
    for path in (UPLOAD, LIBRARY):
        plain_tab.goto(live_server.url + path)
        for words in ("garden", "lighthouse"):
            chooser(plain_tab).fill(words)
            expect(plain_tab.locator(".chooser .popup")).to_contain_text(words, ignore_case=True)
            found += browsing.found_by_axe(plain_tab)
            plain_tab.emulate_media(color_scheme="dark")
            found += browsing.found_by_axe(plain_tab, runOnly=["color-contrast"])
            plain_tab.emulate_media(color_scheme="light")
    assert found == []

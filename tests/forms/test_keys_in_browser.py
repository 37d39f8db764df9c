"""Keys in Chromium: none spends or decides by slipping in, none is lost, and the focus stays with the eye."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from approvals.models import Decision
from core.models import User
from generation.models import Brief
from tests import browsing
from tests.approvals import factories as approvals
from tests.assets import factories as assets
from tests.generation import factories as generation
from tests.generation.scripted import Scripted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tab(page: Page) -> Page:
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def ada() -> User:
    return assets.ada()


def at_compose(tab: Page, url: str, person: User) -> None:
    generation.ModelFactory.create()
    browsing.sign_in(tab, person, url).goto(f"{url}/make/free/")
    tab.get_by_role("textbox", name="Prompt").fill("A brick house at dusk")
    expect(tab.locator("#preview")).to_contain_text("A brick house")


def test_a_letter_on_a_radio_sends_nothing_and_control_enter_does(
    tab: Page, live_server: LiveServer, ada: User
) -> None:
    at_compose(tab, live_server.url, ada)
    tab.get_by_role("radio", name="3:2").focus()
    tab.keyboard.press("s")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile("/make/free/"))
    assert not Brief.objects.exists()
    tab.get_by_role("textbox", name="Prompt").focus()
    tab.keyboard.press("Control+Enter")
    expect(tab).to_have_url(re.compile("/briefs/"))
    assert Brief.objects.count() == 1


def at_review(tab: Page, url: str, pictures: int) -> None:
    ada = assets.ada()
    for number in range(pictures):
        approvals.review(approvals.ready(ada, title=f"Picture {number}"))
    browsing.sign_in(tab, assets.rita(), url).goto(f"{url}/review/")


def test_a_decision_and_its_undoing_take_one_letter_each(
    tab: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.UNDO_SECONDS = 600
    at_review(tab, live_server.url, 2)
    tab.keyboard.press("a")
    expect(tab.locator(".undo")).to_be_visible()
    assert Decision.objects.count() == 1
    tab.keyboard.press("u")
    expect(tab.get_by_text("The decision is undone")).to_be_visible()


def test_a_decision_that_cannot_be_undone_takes_its_letter_twice(
    tab: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.UNDO_SECONDS = 0
    at_review(tab, live_server.url, 2)
    tab.keyboard.press("a")
    expect(tab.get_by_role("button", name="Approve")).to_be_focused()
    assert not Decision.objects.exists()
    tab.keyboard.press("a")
    expect(tab.locator("#in-hand")).to_have_text("Picture 1")
    assert Decision.objects.count() == 1


def test_letters_can_be_turned_off(tab: Page, live_server: LiveServer) -> None:
    at_review(tab, live_server.url, 2)
    first = tab.locator("#in-hand").text_content()
    tab.goto(f"{live_server.url}/accounts/profile/")
    tab.get_by_label("Single letters press buttons").uncheck()
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("Your profile is saved.")).to_be_visible()
    tab.goto(f"{live_server.url}/review/")
    for key in ("j", "a", "a", "/", "?"):
        tab.keyboard.press(key)
    expect(tab.locator("#in-hand")).to_have_text(first or "")
    expect(tab.get_by_role("dialog")).to_have_count(0)
    expect(tab.locator("body")).to_be_focused()
    assert not Decision.objects.exists()


def test_keys_pressed_too_early_are_kept_and_none_of_them_decides(
    tab: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.UNDO_SECONDS = 600
    at_review(tab, live_server.url, 3)
    waiting: list[Route] = []
    tab.route("**/decide/", lambda route: waiting.append(route))
    tab.keyboard.press("a")
    expect(tab.locator("form[aria-busy=true]")).to_have_count(1)
    for key in ("j", "a", "a"):
        tab.keyboard.press(key)
    browsing.first(tab, waiting).continue_()
    expect(tab.locator("#in-hand")).to_have_text("Picture 2")
    expect(tab.get_by_role("button", name="Approve")).to_be_focused()
    assert Decision.objects.count() == 1


def test_many_decisions_are_one_strip_and_the_lane_follows(
    tab: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.UNDO_SECONDS = 600
    tab.set_viewport_size({"width": 1440, "height": 900})
    at_review(tab, live_server.url, 12)
    for number in range(6):
        expect(tab.locator("#in-hand")).to_have_text(f"Picture {number}")
        tab.get_by_role("button", name="Approve").click()
    expect(tab.locator("#in-hand")).to_have_text("Picture 6")
    expect(tab.locator(".undo").locator("visible=true")).to_have_count(1)
    expect(tab.get_by_text("5 more can be undone")).to_be_visible()
    assert tab.locator("#in-hand").evaluate("(node) => node.getBoundingClientRect().top") < 400
    while tab.get_by_role("link", name="Next").count():
        title = tab.locator("#in-hand").text_content() or ""
        tab.get_by_role("link", name="Next").click()
        expect(tab.locator("#in-hand")).not_to_have_text(title)
    expect(tab.locator("[data-follow] [aria-current]")).to_be_in_viewport(ratio=0.5)


def test_keeping_by_keyboard_leads_to_the_next_picture(tab: Page, live_server: LiveServer, ada: User) -> None:
    from generation.jobs import execution

    brief = generation.started(ada, count=3)
    Scripted.will()
    execution.send(brief.jobs.get().pk)
    browsing.sign_in(tab, ada, live_server.url).goto(live_server.url + brief.get_absolute_url())
    keeps = tab.get_by_role("button", name=re.compile("^Keep picture"))
    expect(keeps).to_have_count(3)
    keeps.nth(0).focus()
    for left in (2, 1):
        tab.keyboard.press("Enter")
        expect(keeps).to_have_count(left)
        expect(keeps.nth(0)).to_be_focused()
    tab.get_by_role("button", name=re.compile("^Discard picture")).focus()
    tab.keyboard.press("Enter")
    expect(keeps).to_have_count(0)
    expect(tab.locator("#results")).to_be_focused()

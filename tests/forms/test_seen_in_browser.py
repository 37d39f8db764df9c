"""Two tabs that save the same thing: whoever is late sees both, loses nothing, and chooses."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from assets.models import Version
from core.models import LogSubject
from tests import browsing
from tests.assets import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "What it shows"


@pytest.fixture
def version() -> Version:
    return factories.VersionFactory.create(by=factories.ada(), title="Kitchen")


@pytest.fixture
def tabs(page: Page, live_server: LiveServer, version: Version) -> tuple[Page, Page]:
    """The page of a version, open twice."""
    early = browsing.sign_in(page, factories.ada(), live_server.url)
    late = page.context.new_page()
    for tab in (early, late):
        tab.set_default_timeout(10_000)
        tab.goto(live_server.url + version.get_absolute_url())
    return early, late


def save(tab: Page, text: str) -> None:
    tab.get_by_role("textbox", name=TEXT).fill(text)
    tab.get_by_role("button", name="Save alt text").click()


@pytest.mark.parametrize("choice", ["Mine", "Theirs"])
def test_whoever_is_late_chooses_and_goes_on(tabs: tuple[Page, Page], version: Version, choice: str) -> None:
    early, late = tabs
    late.get_by_label("Credit line").fill("Harbor Homes")
    save(early, "A blue table")
    expect(early.get_by_text("Alt text saved.")).to_be_visible()
    save(late, "A table by a window")
    expect(late.get_by_role("alert").filter(has_text="This was changed while you typed")).to_be_visible()
    expect(late.get_by_text("Theirs: A blue table")).to_be_visible()
    expect(late.get_by_role("textbox", name=TEXT)).to_have_value("A table by a window")
    late.get_by_role("radio", name=choice).check()
    late.get_by_role("button", name="Save alt text").click()
    expect(late.get_by_text("Alt text saved.")).to_be_visible()
    expect(late.get_by_label("Credit line")).to_have_value("Harbor Homes")
    version.refresh_from_db()
    assert version.alt_text == {"Mine": "A table by a window", "Theirs": "A blue table"}[choice]


def test_the_log_holds_what_was_there_before(tabs: tuple[Page, Page], version: Version) -> None:
    for tab, text in zip(tabs, ("A blue table", "A table by a window"), strict=True):
        save(tab, text)
        if tab is tabs[1]:
            expect(tab.get_by_text("Theirs: A blue table")).to_be_visible()
            tab.get_by_role("button", name="Save alt text").click()
        expect(tab.get_by_text("Alt text saved.")).to_be_visible()
    told = LogSubject.objects.filter(entry__action="version.described", key=str(version.pk)).order_by("entry")
    assert [(each.before["alt_text.texts.en"], each.after["alt_text.texts.en"]) for each in told] == [
        ("", "A blue table"),
        ("A blue table", "A table by a window"),
    ]


def test_typing_on_means_ones_own_words(tabs: tuple[Page, Page], version: Version) -> None:
    early, late = tabs
    save(early, "A blue table")
    expect(early.get_by_text("Alt text saved.")).to_be_visible()
    save(late, "A table")
    late.get_by_role("radio", name="Theirs").check()
    save(late, "A blue table by a window")
    expect(late.get_by_text("Alt text saved.")).to_be_visible()
    version.refresh_from_db()
    assert version.alt_text == "A blue table by a window"


def test_a_title_that_somebody_else_changed_is_asked_for_again(tabs: tuple[Page, Page], version: Version) -> None:
    for tab, title in zip(tabs, ("Kitchen, north", "Kitchen, south"), strict=True):
        tab.get_by_role("button", name="Rename").first.click()
        tab.get_by_role("dialog").get_by_label("Title").fill(title)
        tab.get_by_role("dialog").get_by_role("button", name="Rename").click()
        if tab is tabs[0]:
            expect(tab.get_by_role("heading", name=title)).to_be_visible()
    late = tabs[1]
    late.get_by_role("button", name="Choose a title").click()
    expect(late.get_by_role("dialog").get_by_text("Theirs: Kitchen, north")).to_be_visible()
    late.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(late.get_by_role("heading", name="Kitchen, south")).to_be_visible()

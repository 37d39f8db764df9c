"""What is typed while a page is at something else: in Chromium, no answer takes it away."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from assets.models import Version
from assets.rights import consents
from core.models import User
from tests import browsing
from tests.approvals import factories as approvals
from tests.assets import factories
from tests.portal import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "What it shows"


@pytest.fixture
def person() -> User:
    return factories.max_()


@pytest.fixture
def picture(person: User) -> Version:
    return factories.VersionFactory.create(by=person, title="Kitchen")


@pytest.fixture
def tab(page: Page, live_server: LiveServer, person: User, picture: Version) -> Page:
    """The page of a picture."""
    page.set_default_timeout(10_000)
    browsing.sign_in(page, person, live_server.url).goto(live_server.url + picture.get_absolute_url())
    return page


def leaving(tab: Page, *, asks: bool) -> None:
    """Whoever leaves the page is asked first, or is not, once what was swapped has settled."""
    question = "!dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    wait_until(lambda: bool(tab.evaluate(question)) is asks, 10, every=0.05)


def held(tab: Page, address: str) -> list[Route]:
    """What is sent to an address waits here for its answer."""
    routes: list[Route] = []
    tab.route(address, lambda route: routes.append(route))
    return routes


def adding(tab: Page) -> Locator:
    """The form for a consent, with its name typed in."""
    form = tab.locator('form[action$="/consents/"]')
    form.evaluate("form => { form.closest('details').open = true }")
    form.get_by_label("Name").fill("Jane Doe")
    return form


def test_what_is_typed_while_it_is_saved_is_typed_still(tab: Page, picture: Version) -> None:
    routes, text = held(tab, "**/alt-text/"), tab.get_by_role("textbox", name=TEXT)
    text.fill("Oak table")
    tab.get_by_role("button", name="Save alt text").click()
    text.press_sequentially(" by a window")
    browsing.first(tab, routes).continue_()
    expect(tab.locator("#alt_text")).to_contain_text("Alt text saved.")
    expect(text).to_have_value("Oak table by a window")
    expect(text).to_be_focused()
    leaving(tab, asks=True)
    picture.refresh_from_db()
    assert picture.alt_text == "Oak table"
    tab.unroute("**/alt-text/")
    tab.get_by_role("button", name="Save alt text").click()
    expect(tab.locator("#alt_text-title")).to_be_focused()
    picture.refresh_from_db()
    assert picture.alt_text == "Oak table by a window"
    leaving(tab, asks=False)


def test_what_is_typed_while_a_whole_page_comes_back_is_typed_still(tab: Page, live_server: LiveServer) -> None:
    tab.goto(f"{live_server.url}/library/listings/new/")
    routes: list[Route] = []
    tab.route("**/new/", lambda each: routes.append(each) if each.request.method == "POST" else each.continue_())
    tab.get_by_label("Title").fill("Brick house")
    tab.get_by_role("button", name="Save").last.click()
    tab.get_by_label("Title").fill("Brick house by the sea")
    browsing.first(tab, routes).continue_()
    expect(tab.get_by_label("Reference")).to_have_attribute("aria-invalid", "true")
    expect(tab.get_by_label("Title")).to_have_value("Brick house by the sea")


def test_another_form_of_the_same_panel_keeps_its_words(tab: Page) -> None:
    form = adding(tab)
    tab.get_by_role("group", name=re.compile("show people")).get_by_text("No", exact=True).click()
    tab.get_by_role("button", name="Save people and property").click()
    expect(tab.locator("#consents")).to_contain_text("People and property saved.")
    expect(form.get_by_label("Name")).to_have_value("Jane Doe")
    expect(form).to_be_visible()
    leaving(tab, asks=True)


def test_a_form_that_makes_way_for_another_has_its_words_when_it_is_back(
    tab: Page, picture: Version, person: User
) -> None:
    consents.record_consent([picture], consents.GivenConsent(kind="person", name="John Roe"), by=person)
    tab.reload()
    adding(tab)
    tab.get_by_role("link", name="Change the consent of John Roe").click()
    changing = tab.locator("#consents details")
    expect(changing.get_by_label("Name")).to_have_value("John Roe")
    leaving(tab, asks=True)
    changing.get_by_role("button").last.click()
    expect(tab.locator("#consents")).to_contain_text("Consent saved.")
    expect(tab.locator('form[action$="/consents/"]').get_by_label("Name")).to_have_value("Jane Doe")


def test_a_note_is_still_there_when_a_reviewer_comes_back_to_it(tab: Page, live_server: LiveServer) -> None:
    ada = factories.ada()
    for title in ("Hall", "Porch"):
        approvals.review(approvals.ready(ada, title=title))
    browsing.sign_in(tab, factories.rita(), live_server.url).goto(f"{live_server.url}/review/")
    first, note = tab.locator("#in-hand").inner_text(), tab.get_by_label("Note to author")
    note.fill("The sky is too blue")
    tab.get_by_role("link", name="Next").click()
    expect(tab.locator("#in-hand")).not_to_have_text(first)
    expect(note).to_have_value("")
    leaving(tab, asks=True)
    tab.get_by_role("link", name="Previous").click()
    expect(note).to_have_value("The sky is too blue")


def test_words_that_outlive_a_swap_still_ask_about_what_others_wrote_meanwhile(
    tab: Page, live_server: LiveServer, picture: Version
) -> None:
    """The page comes back for another form of it, with what is stored now: that was not seen when these were typed."""
    tab.get_by_role("textbox", name=TEXT).fill("A table by a window")
    Version.objects.filter(pk=picture.pk).update(alt_text="A blue table")
    tab.get_by_role("button", name="Rename").first.click()
    tab.get_by_role("dialog").get_by_label("Title").fill("Kitchen, north")
    tab.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(tab.get_by_role("heading", name="Kitchen, north")).to_be_visible()
    expect(tab.get_by_role("textbox", name=TEXT)).to_have_value("A table by a window")
    tab.get_by_role("button", name="Save alt text").click()
    expect(tab.get_by_text("Theirs: A blue table")).to_be_visible()


def test_a_form_beside_the_one_that_is_sent_keeps_its_words_on_any_page(tab: Page, live_server: LiveServer) -> None:
    site = approvals.site()
    tab.goto(f"{live_server.url}/channels/sites/{site.slug}/")
    tab.get_by_label("What is it for?").fill("Their staging server")
    leaving(tab, asks=True)
    tab.get_by_role("button", name="Switch off").click()
    expect(tab.get_by_role("button", name="Switch on")).to_be_visible()
    expect(tab.get_by_label("What is it for?")).to_have_value("Their staging server")
    leaving(tab, asks=True)


def test_terms_leave_alone_what_they_do_not_speak_of(tab: Page) -> None:
    terms = factories.TermsFactory.create()
    typed = {"Owner": "Harbor Homes", "Credit line": "Photo: J. Doe", "Expires": "2027-05-05"}
    panel = tab.locator("#license")
    tab.reload()
    for label, words in typed.items():
        panel.get_by_label(label).fill(words)
    panel.locator("select").first.select_option(str(terms.pk))
    panel.get_by_role("button", name="Fill in from these terms").click()
    expect(panel.locator("[name$=ask_commercial][value=yes]")).to_be_checked()
    for label, words in typed.items():
        expect(panel.get_by_label(label)).to_have_value(words)
    leaving(tab, asks=True)


def test_words_that_wait_for_their_form_come_along_to_the_next_page(tab: Page, picture: Version, person: User) -> None:
    consents.record_consent([picture], consents.GivenConsent(kind="person", name="John Roe"), by=person)
    tab.reload()
    adding(tab)
    tab.get_by_role("link", name="Change the consent of John Roe").click()
    expect(tab.locator("#consents details").get_by_label("Name")).to_have_value("John Roe")
    tab.get_by_role("button", name="Rename").first.click()
    tab.get_by_role("dialog").get_by_label("Title").fill("Kitchen, north")
    tab.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(tab.locator('form[action$="/consents/"]').get_by_label("Name")).to_have_value("Jane Doe")


def test_words_whose_form_is_gone_are_shown(tab: Page, person: User, picture: Version) -> None:
    tab.get_by_role("textbox", name=TEXT).fill("A table by a window")
    tab.get_by_role("button", name="Archive").first.click()
    tab.get_by_role("dialog").get_by_role("button", name="Archive").click()
    notice = tab.locator("#messages .notice.waits")
    expect(notice).to_contain_text("Some of what you typed was not saved")
    expect(notice).to_contain_text(re.compile(f"{TEXT}.*A table by a window", re.DOTALL))
    leaving(tab, asks=False)


def test_signing_out_asks_before_typed_words_are_lost_and_takes_none_along(tab: Page) -> None:
    questions: list[str] = []

    def stay(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss()

    tab.on("dialog", stay)
    tab.get_by_role("textbox", name=TEXT).fill("Oak table")
    tab.get_by_label("your account").click()
    with tab.expect_event("dialog"):
        tab.get_by_role("button", name="Sign out").click()
    assert questions == ["beforeunload"]
    expect(tab.get_by_role("textbox", name=TEXT)).to_have_value("Oak table")
    assert tab.evaluate("sessionStorage.getItem('carried')") is None

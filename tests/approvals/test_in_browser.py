"""Pages of approvals in Chromium: what is long stays within the window, and what is secret is shown once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from approvals.models import Release, Review, SiteKey
from approvals.releases import originals
from core.models import User
from tests import browsing
from tests.approvals import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ONE_WORD = f"IMG_{'0123456789' * 11}ab.jpg"
"""A file name of 120 characters, none of which lets a line break."""
PHONE, TABLET = 390, 1024


@pytest.fixture
def plain_tab(page: Page, live_server: LiveServer, max_: User) -> Page:
    """A tab in which Max is signed in."""
    return browsing.sign_in(page, max_, live_server.url)


@pytest.fixture
def release(ada: User) -> Release:
    """A live release of a picture with a long name."""
    return factories.released(factories.ready(ada, title=ONE_WORD))


@pytest.fixture
def under_way(ada: User) -> Review:
    """An open review of another."""
    return factories.review(factories.ready(ada, title=ONE_WORD))


def test_a_title_of_one_long_word_makes_no_page_wider_than_its_window(
    tab: Page, live_server: LiveServer, release: Release, under_way: Review
) -> None:
    pictures = [each.get_absolute_url() for each in (release.version, under_way.version)]
    reviews = [reverse("approvals:review", args=[each.pk]) for each in (release.decision.review, under_way)]
    wide = []
    own, channel = reverse("approvals:release", args=[release.pk]), reverse("approvals:channel", args=["website"])
    for address in (*pictures, *reviews, own, channel):
        tab.goto(live_server.url + address)
        expect(tab.locator("main")).to_contain_text(ONE_WORD)
        for width in (PHONE, TABLET):
            tab.set_viewport_size({"width": width, "height": 844})
            if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{address} on {width}")
    assert wide == []


@pytest.fixture
def lane(page: Page, live_server: LiveServer, ada: User, rita: User) -> Page:
    """A tab in which Rita has the second of three reviews open."""
    reviews = [factories.review(factories.ready(ada, title=title)) for title in ("Attic", "Barn", "Cellar")]
    browsing.sign_in(page, rita, live_server.url)
    page.goto(live_server.url + reverse("approvals:review", args=[reviews[1].pk]))
    return page


def _opened(lane: Page, title: str) -> Locator:
    """The note to the author of this picture, once its review is open."""
    expect(lane.locator("#in-hand")).to_have_text(title)
    return lane.get_by_label("Note to author")


def test_a_note_half_written_is_there_again_when_one_comes_back(lane: Page) -> None:
    _opened(lane, "Barn").fill("Darker, please")
    lane.locator("#in-hand").click()
    lane.keyboard.press("j")
    expect(_opened(lane, "Cellar")).to_have_value("")
    lane.get_by_role("list", name="Reviews").get_by_role("link").first.click()
    expect(_opened(lane, "Attic")).to_have_value("")
    lane.get_by_role("link", name="Next", exact=True).click()
    expect(_opened(lane, "Barn")).to_have_value("Darker, please")


def test_a_step_is_taken_again_once_the_line_is_back(lane: Page) -> None:
    """Nothing leads away from the page while the portal cannot be reached."""
    here = lane.url
    lane.context.set_offline(True)
    lane.get_by_role("link", name="Next", exact=True).click()
    again = lane.locator(".trouble").get_by_role("button")
    expect(again).to_have_text("Try again")
    lane.context.set_offline(False)
    again.click()
    _opened(lane, "Cellar")
    expect(lane).not_to_have_url(here)


LIES_OVER = """button => {
  const box = button.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return button.contains(top) ? "" : top?.outerHTML.slice(0, 80) ?? "nothing";
}"""


def test_every_key_can_be_revoked_at_every_desk(tab: Page, live_server: LiveServer) -> None:
    site = factories.site()
    factories.key(site, expires_at=timezone.now() + timedelta(days=300))
    SiteKey.objects.update(label="production", last_used_at=timezone.now())
    tab.goto(f"{live_server.url}/channels/sites/{site.slug}/")
    revoke = tab.get_by_role("button", name="Revoke production")
    for width in (TABLET, 1280, 1366, 1440):
        tab.set_viewport_size({"width": width, "height": 900})
        revoke.scroll_into_view_if_needed()
        assert revoke.evaluate(LIES_OVER) == "", width
        assert tab.locator("tbody th code").evaluate("code => code.getBoundingClientRect().height") < 45, width


def test_a_key_is_shown_once(tab: Page, live_server: LiveServer) -> None:
    """The form is sent to an address that cannot be opened, and what a page showed is kept nowhere in the browser."""
    site = factories.site()
    address = f"{live_server.url}/channels/sites/{site.slug}/"
    tab.goto(address)
    tab.get_by_label("What is it for?").fill("production")
    tab.get_by_role("button", name="Create an API key").click()
    expect(tab.get_by_text("Copy this key now.")).to_be_visible()
    key = str(tab.locator("[data-copy]").first.get_attribute("data-copy"))
    assert key.startswith("imp_")
    assert tab.url == address
    tab.get_by_role("link", name="Spend").first.click()
    expect(tab.get_by_role("heading", level=1, name="Spend")).to_be_visible()
    tab.go_back()
    expect(tab.get_by_role("heading", level=1, name=site.name)).to_be_visible()
    assert key not in tab.content()
    assert key not in tab.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    tab.reload()
    expect(tab.get_by_role("row", name="production")).to_be_visible()


@pytest.mark.parametrize("width", [320, PHONE, 1440])
def test_everybody_sees_an_altered_picture_beside_its_original(
    page: Page, live_server: LiveServer, ada: User, settings: Settings, width: int
) -> None:
    """Without signing in; nothing that axe has against it, and nothing wider than the window."""
    settings.SITE_URL = live_server.url
    channel = factories.channel("strict", rules={"needs_original": True})
    photograph = factories.released(factories.ready(ada, title="Empty room"), channel)
    staged = factories.released(factories.altered(photograph.version, ada, title=ONE_WORD), channel)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(originals.address_of(staged.decision.dossier))
    for name, release in (("Altered image", staged), ("Original, unaltered image", photograph)):
        picture = page.get_by_role("region", name=name, exact=True).get_by_role("img")
        expect(picture).to_have_js_property("naturalWidth", release.document.file.width)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert browsing.found_by_axe(page) == []

"""Pages of approvals in Chromium: what is long stays within the window."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from approvals.models import Release, Review
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

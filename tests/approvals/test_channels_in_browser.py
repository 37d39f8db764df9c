"""Changing a channel in Chromium: the words appear while they are typed, and the fields fit a phone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from approvals.channels import loading
from approvals.models import Channel
from core.models import User
from tests import browsing
from tests.approvals import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def manager(page: Page, live_server: LiveServer, max_: User) -> Page:
    """A tab in which Max is signed in, with the starter channels."""
    loading.load()
    return browsing.sign_in(page, max_, live_server.url)


def test_the_words_appear_as_people_will_see_them_while_they_are_typed(manager: Page, live_server: LiveServer) -> None:
    manager.goto(live_server.url + reverse("approvals:edit_channel", args=["website"]))
    manager.locator("[name=en_caption_SkyReplaced]").fill("Another sky was put in")
    expect(manager.locator("#preview")).to_contain_text("Another sky was put in")
    expect(manager.locator("[name=en_caption_SkyReplaced]")).to_be_focused()


def test_channel_pages_fit_a_phone_and_axe_finds_nothing(manager: Page, live_server: LiveServer, max_: User) -> None:
    change = factories.propose(Channel.objects.get(slug="website"), territory=["US-CA"], by=max_)
    pages = [
        reverse("approvals:edit_channel", args=["website"]),
        reverse("approvals:new_channel"),
        reverse("approvals:profiles"),
        reverse("approvals:channel_change", args=[change.pk]),
        reverse("approvals:channel", args=["website"]),
    ]
    wide, found = [], []
    for address in pages:
        manager.set_viewport_size({"width": 390, "height": 844})
        manager.goto(live_server.url + address)
        if manager.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
        found += browsing.found_by_axe(manager)
    assert (wide, found) == ([], [])

"""Names of one long word make no page scroll sideways: not on a small phone, and not beside the navigation."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from approvals.models import ListingSite
from assets.models import Listing
from core.models import User
from generation.models import GenerationModel, Job, JobState, Template
from generation.providers.base import Finished
from tests import browsing
from tests.approvals import factories as reviews
from tests.generation import factories
from tests.generation.scripted import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DIGITS = "0123456789" * 6 + "0123"
"""64 characters, none of which lets a line break."""
PHONE, NARROW_DESK = 360, 1024


@pytest.fixture
def plain_tab(page: Page, live_server: LiveServer, max_: User) -> Page:
    """A tab in which Max is signed in."""
    return browsing.sign_in(page, max_, live_server.url)


@pytest.fixture
def places(settings: Settings, ada: User) -> list[str]:
    """Addresses of pages on which everything that people name has a long name."""
    settings.UNDO_SECONDS = 0
    User.objects.filter(pk=ada.pk).update(display_name=DIGITS)
    listing = Listing.objects.create(reference=DIGITS, title=DIGITS, address=DIGITS, facts={"rooms": DIGITS})
    template = factories.template()
    Template.objects.filter(pk=template.pk).update(name=DIGITS, description=DIGITS)
    person = User.objects.get(pk=ada.pk)
    job = factories.sent(
        person, Finished(pictures=(picture("a"), picture("b"))), title=DIGITS, listing=listing, count=2
    )
    GenerationModel.objects.update(name=DIGITS)
    brief = job.brief
    unclear = factories.sent(person, title=DIGITS, campaign=DIGITS)
    Job.objects.filter(pk=unclear.pk).update(state=JobState.UNCLEAR, error_words=DIGITS)
    review = reviews.review(reviews.ready(person, title=DIGITS))
    release = reviews.released(reviews.ready(person, title=DIGITS))
    site = ListingSite.objects.create(slug="long", name=DIGITS)
    return [
        *("/", "/library/", f"/library/?q={DIGITS}", reverse("assets:listings"), reverse("assets:upload")),
        reverse("assets:listing", args=[listing.pk]),
        *(
            reverse(f"generation:{name}")
            for name in ("make", "history", "templates", "spend", "budgets", "rules", "free")
        ),
        *(brief.get_absolute_url(), unclear.brief.get_absolute_url(), template.get_absolute_url()),
        *(reverse(f"generation:{name}", args=[brief.pk]) for name in ("compare", "family")),
        *(reverse(f"approvals:{name}") for name in ("queue", "channels", "sites")),
        *(reverse("approvals:review", args=[review.pk]), review.version.get_absolute_url()),
        *(reverse("approvals:release", args=[release.pk]), reverse("approvals:site", args=[site.slug])),
        *(reverse("settings"), reverse("profile")),
    ]


def test_a_name_of_one_long_word_makes_no_page_wider_than_its_window(
    tab: Page, live_server: LiveServer, places: list[str]
) -> None:
    wide = []
    for address in places:
        answer = tab.goto(live_server.url + address)
        assert answer is not None
        assert answer.status == 200, address
        for width in (PHONE, NARROW_DESK):
            tab.set_viewport_size({"width": width, "height": 844})
            reached = tab.evaluate("document.documentElement.scrollWidth")
            if reached > width:
                wide.append(f"{re.sub(DIGITS, '…', address)}: {reached} on {width}")
    assert wide == []

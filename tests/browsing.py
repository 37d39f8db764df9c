"""Browsers in which a person is signed in, Django's own and tabs of Chromium, and what axe finds on their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect

from core.models import User

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


def browser_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def sign_in(page: Page, person: User, url: str) -> Page:
    """The tab, with the person signed in at the portal under `url`."""
    session = browser_of(person).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    return page


def choose(page: Page, label: str, words: str, text: str) -> None:
    """Type words where a row is chosen, and take the first that is found, whose text this is."""
    chooser = page.get_by_role("combobox", name=label)
    chooser.fill(words)
    chooser.press("Enter")
    expect(chooser).to_have_value(text)


def first(page: Page, held: list[Route]) -> Route:
    """The first of the requests that a route holds, once it has left the page."""
    for _ in range(500):
        if held:
            break
        page.wait_for_timeout(10)
    return held[0]


def found_by_axe(page: Page, **options: Any) -> list[str]:
    """What axe has against the page that is open: its rule, and the first element that breaks it."""
    # Without the result types it writes down every element that is as it should be, which takes longer than looking.
    wanted = {"preload": False, "resultTypes": ["violations"]}
    report = Axe().run(page, options=wanted | options).response
    return [f"{page.url}: {each['id']}: {each['nodes'][0]['html']}" for each in report["violations"]]

"""The people of the journey: each has a browser of their own, and can leave pictures of what they saw."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests import console
from tests.portal import Portal

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
"""Git ignores this folder. `make journey` fills it."""
TAKES_PICTURES = os.environ.get("TEST_SCREENSHOTS", "") == "1"


class Person:
    """Somebody signed in to the portal: by the form at first, and after that as their browser remembers it."""

    def __init__(self, portal: Portal, browser: Browser, name: str, *, album: str = "") -> None:
        self.portal, self.name, self.album = portal, name, album
        context = browser.new_context(
            viewport={"width": 1440, "height": 900},
            base_url=portal.url,
            reduced_motion="reduce",
            storage_state=portal.signed_in.get(name),
        )
        self.page: Page = context.new_page()
        self.complaints = console.complaints(self.page)
        if name in portal.signed_in:
            self.go("/")
        else:
            self._sign_in()
            portal.signed_in[name] = context.storage_state()

    def go(self, address: str) -> None:
        self.page.goto(address)

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def panel(self, anchor: str) -> Locator:
        """A panel of the page, by its id."""
        return self.page.locator(f"#{anchor}")

    def sees(self, words: str) -> None:
        """Fails unless the page says so, or comes to say so by itself."""
        expect(self.page.locator("main")).to_contain_text(words, timeout=30_000)

    def shoot(self, name: str) -> None:
        """Keep a picture of the whole page, where somebody wants to look at it."""
        if not TAKES_PICTURES:
            return
        # Hiding the caret would leave style attributes behind, which the page's own policy then refuses to copy.
        self.page.screenshot(path=SCREENSHOTS / self.album / f"{name}.png", full_page=True, caret="initial")

    def _sign_in(self) -> None:
        self.go("/accounts/login/")
        self.page.get_by_label("Login").or_(self.page.locator("[name=login]")).first.fill(self.name)
        self.page.locator("[name=password]").fill(self.portal.passwords[self.name])
        self.page.locator("[name=password]").press("Enter")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Overview")

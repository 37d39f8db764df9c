"""What a browser's console objects to; a refused inline style or script would be among it."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Page

CUT_SHORT = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx says when somebody goes on to the next page before the last question of this one is answered."""


def complaints(page: Page) -> list[str]:
    """A list to which every error and warning of the page is added, from now on."""
    heard: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and not said.text.startswith(CUT_SHORT):
            heard.append(f"{page.url}: {said.text} {said.location}")

    page.on("console", note)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard

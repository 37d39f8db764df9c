"""Every main page as its people see it: at a desk and on a phone, by day and by night.

One portal with some life in it. Nothing may run over the edge at any width, axe may find nothing, a finger misses
nothing on a phone, and the console stays silent. Axe reads each page by day for one of those who see it at one of both
widths, and a third of them by night; `make prove` has it read all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import browsing, machine
from tests.journey import life as life_of_a_portal
from tests.journey import steps
from tests.journey.people import Person
from tests.mold import Mold
from tests.portal import Portal
from tests.share import share

pytestmark = pytest.mark.browser

DESK, PHONE = 1440, 390
WIDTHS = (320, PHONE, 584, 720, 900, DESK)
"""Pixels: the smallest that WCAG names, a phone, and what lies between it and a desk."""
SMALL_TARGETS = Path(__file__).with_name("small_targets.js").read_text(encoding="utf-8")

PLACES = {
    "ada": [
        *("/", "/make/", "/make/exterior-twilight/", "/make/virtual-staging/", "/make/free/", "{brief}", "{hand_off}"),
        *("/library/", "/library/?q=nothing-is-called-so", "/library/upload/", "{draft}", "{draft}?edit=license"),
        *("{in_review}", "{approved}", "/review/", "{review}", "/accounts/password/change/", "{brief}compare/"),
    ],
    "rita": [
        *("/", "/library/", "{draft}", "{approved}", "/review/", "{review}"),
        *("/channels/", "/channels/website/", "{release}", "{release}withdraw/"),
    ],
    "max": [
        *("/", "/review/", "/channels/", "/channels/website/", "/channels/sites/", "/channels/sites/seaview-homes/"),
        *(
            "/spend/",
            "/spend/budgets/",
            "/settings/",
            "/make/templates/",
            "/make/templates/virtual-staging/edit/",
            "/library/listings/",
            "/accounts/profile/",
        ),
    ],
}
"""Person -> addresses; words in braces are what the life of the portal left behind."""


@dataclass(frozen=True)
class Life:
    """A portal in which pictures stand at every point of their way."""

    portal: Portal
    left: dict[str, str]


@pytest.fixture(scope="module")
def life(mold: Mold, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp("pages") / "var"
    with mold.copy(folder, postgres=machine.on_postgres(), UNDO_SECONDS="0") as portal:
        portal.start()
        yield Life(portal, portal.do(life_of_a_portal.begin, steps.PHOTOGRAPH))


@pytest.mark.parametrize("name", PLACES)
def test_everybody_can_use_every_page_anywhere(life: Life, browser: Browser, name: str) -> None:
    person = Person(life.portal, browser, name, album="pages")
    wrong: list[str] = []
    for place in PLACES[name]:
        address = place.format(**life.left)
        response = person.page.goto(address)
        assert response, address
        assert response.ok, address
        wrong += faults(person.page, place, name in readers(place))
    assert wrong == []
    assert person.complaints == []


@pytest.mark.parametrize(("address", "code"), [("/settings/", 403), ("/no-such-page/", 404)])
def test_a_page_that_says_no_can_be_read_by_everybody(life: Life, browser: Browser, address: str, code: int) -> None:
    person = Person(life.portal, browser, "ada", album="pages")
    response = person.page.goto(address)
    assert response
    assert response.status == code
    assert list(faults(person.page, address)) == []


def test_everybody_can_sign_in_anywhere(life: Life, page: Page) -> None:
    page.goto(f"{life.portal.url}/accounts/login/")
    assert list(faults(page, "/accounts/login/")) == []


def test_the_text_of_a_hand_off_is_copied_from_the_keyboard(life: Life, browser: Browser) -> None:
    ada = Person(life.portal, browser, "ada", album="pages")
    ada.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ada.go(life.left["hand_off"])
    ada.page.get_by_role("button", name="Copy the text").press("Enter")
    expect(ada.page.locator(".to-copy .said")).to_have_text("Copied")
    text = ada.page.get_by_role("textbox", name="Prompt to copy").input_value()
    assert text.startswith("Arches of a ruined abbey")
    assert ada.page.evaluate("navigator.clipboard.readText()") == text


def test_a_wide_table_scrolls_within_itself_and_from_the_keyboard(life: Life, browser: Browser) -> None:
    max_ = Person(life.portal, browser, "max", album="pages")
    max_.page.set_viewport_size({"width": 860, "height": 844})
    max_.go("/spend/")
    table = max_.page.get_by_role("group", name="Providers")
    for _ in range(6):
        table.press("ArrowRight")
    expect(table.get_by_role("columnheader", name="90% within")).to_be_in_viewport(ratio=0.9)
    assert browsing.found_by_axe(max_.page) == []


def readers(place: str) -> Sequence[str]:
    """For whom axe reads a page that several see."""
    who = [name for name, places in PLACES.items() if place in places]
    return share(who, place, of=len(who))


def faults(page: Page, place: str, axe_reads_it: bool = True) -> Iterator[str]:
    """What is wrong with the page that is open, in words; `place` is what it is called here."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{place}: {wide} pixels wide on {width}"
        if width == PHONE:
            yield from (f"{place}: too small for a finger: {html}" for html in page.evaluate(SMALL_TARGETS))
        if axe_reads_it and width in share((PHONE, DESK), place, of=2):
            yield from _found_by_axe(page, "light")
    if axe_reads_it and share(["by night"], place):
        yield from _found_by_axe(page, "dark", runOnly=["color-contrast"])


def _found_by_axe(page: Page, scheme: Literal["light", "dark"], **options: object) -> Iterator[str]:
    page.emulate_media(color_scheme=scheme)
    yield from (f"{words} ({scheme})" for words in browsing.found_by_axe(page, **options))

"""The pictures of the README, taken anew from a portal with some life in it: `make pictures`.

Not a test: it is run by hand when a page looks different. Nothing needs a key; the sketch draws everything.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.journey import steps
from tests.journey.people import Person
from tests.portal import ROOT, Portal, wait_until

pytestmark = pytest.mark.browser

FOLDER = ROOT / ".readme"
MOST_BYTES = 250_000
PATIENCE = 60_000  # milliseconds; what is slow is no fault here


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with Portal(tmp_path / "var", UNDO_SECONDS="1") as portal:
        portal.start(300)
        yield portal


def test_take_the_pictures(portal: Portal, browser: Browser) -> None:
    expect.set_options(timeout=PATIENCE)
    ada, rita = (Person(portal, browser, name, album="readme") for name in ("ada", "rita"))
    steps.fills_in_a_template(ada)
    ada.page.locator("input[name=count][value='3']").check(force=True)
    expect(ada.page.locator("#preview")).to_contain_text("3 pictures")
    take(ada, "compose")
    steps.sends(ada)
    steps.sees_pictures(ada, 3)
    take(ada, "results", height=600)
    steps.keeps_the_first(ada)
    steps.writes_alt_text(ada, "Sketch of a brick row house at dusk, windows lit, on a wet harbor street")
    steps.says_that_nobody_is_shown(ada)
    steps.submits_it(ada)
    version = ada.page.url
    rita.go("/review/")
    expect(rita.page.locator("main img").first).to_be_visible()
    take(rita, "review")
    steps.approves_it(rita)
    wait_until(lambda: is_released(ada, version), 120, every=1)
    take(ada, "version")


def is_released(ada: Person, version: str) -> bool:
    """Whether the time to undo is over and the worker was there. Leaves her on the page of the version."""
    ada.go(version)
    return ada.panel("releases").get_by_role("link", name="Our website").count() > 0


def take(person: Person, name: str, *, height: int = 900) -> None:
    """What the top of a screen of 1440 by 900 shows, in few colors, so that a README loads fast."""
    page = person.page
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate("Promise.all([...document.images].map((image) => image.decode().catch(() => 0)))")
    screen = Image.open(io.BytesIO(page.screenshot(caret="initial"))).convert("RGB")
    picture = screen.crop((0, 0, screen.width, height))
    for colors in (256, 128, 64):
        picture.quantize(colors, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
        if (FOLDER / f"{name}.png").stat().st_size <= MOST_BYTES:
            return
    raise AssertionError(f"{name} is too large")

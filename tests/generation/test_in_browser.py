"""Painting a mask and looking closely, in a real browser: what only script can do, and what it sends."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from tests import machine
from tests.journey.people import Person
from tests.mold import Mold
from tests.standins.openai import OpenAIStandIn
from tests.standins.server import Handler, Upload

pytestmark = pytest.mark.browser


class Watching(OpenAIStandIn):
    """A stand-in that keeps the masks that came with edits."""

    def __init__(self) -> None:
        super().__init__()
        self.masks: list[Image.Image] = []

    def _act(self, handler: Handler, mode: str, wish: dict[str, Any], files: list[Upload]) -> None:
        self.masks += [Image.open(io.BytesIO(file.data)) for file in files if file.name == "mask"]
        super()._act(handler, mode, wish, files)


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Watching]:
    with Watching() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def ada(mold: Mold, tmp_path_factory: pytest.TempPathFactory, stand_in: Watching, browser: Browser) -> Iterator[Person]:
    folder = tmp_path_factory.mktemp("refining") / "var"
    with mold.copy(
        folder, postgres=machine.on_postgres(), OPENAI_API_KEY="sk-not-a-key", OPENAI_BASE_URL=f"{stand_in.url}/v1"
    ) as portal:
        portal.start()
        ada = Person(portal, browser, "ada")
        yield ada
        assert ada.complaints == []


@pytest.fixture(scope="module")
def brief(ada: Person) -> str:
    """The address of a brief to two models that has come back."""
    ada.go("/make/free/")
    ada.page.get_by_role("textbox", name="Prompt").fill("A brick house at dusk")
    ada.page.locator("label").filter(has_text="GPT Image 2").first.locator("input").check()
    expect(ada.page.locator("#preview .chosen")).to_have_count(2)
    expect(ada.page.locator("#preview")).to_contain_text("A brick house")
    ada.press("Send")
    expect(ada.page.locator("#results:not([hx-trigger])")).to_be_visible(timeout=60_000)
    return ada.page.url


def stroke(ada: Person, canvas: Locator) -> None:
    """From the left edge's middle to the picture's middle."""
    box = canvas.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    ada.page.mouse.move(box["x"] + 2, middle)
    ada.page.mouse.down()
    ada.page.mouse.move(box["x"] + box["width"] / 4, middle)
    ada.page.mouse.move(box["x"] + box["width"] / 2, middle)
    ada.page.mouse.up()


def test_what_is_painted_is_what_may_change(ada: Person, brief: str, stand_in: Watching) -> None:
    ada.go(brief)
    ada.page.locator("details.more summary").last.click()
    ada.page.get_by_role("link", name="Edit this picture").last.click()
    canvas = ada.page.locator("[data-canvas]")
    stroke(ada, canvas)
    expect(ada.page.locator("[data-said]")).to_contain_text("% of the picture can change")
    ada.press("Clear")
    expect(ada.page.locator("[data-said]")).to_contain_text("Nothing marked")
    ada.press("Undo")
    expect(ada.page.locator("[data-said]")).to_contain_text("% of the picture can change")
    ada.page.get_by_text("Mark by numbers").click()
    for label, value in {"From the left": "80", "From the top": "80", "Width": "20", "Height": "20"}.items():
        ada.page.get_by_role("spinbutton", name=label).fill(value)
    ada.press("Mark it")
    ada.page.get_by_role("textbox", name="What should change").fill("A red door")
    expect(ada.page.locator("#preview")).to_contain_text("A red door")  # or sending cuts its request short
    expect(ada.page.locator(".htmx-request")).to_have_count(0)
    ada.shoot("refining-edit")
    ada.press("Send")
    expect(ada.page.locator("#results:not([hx-trigger])")).to_be_visible(timeout=60_000)

    clear = stand_in.masks[-1].getchannel("A")
    width, height = clear.size
    places = {"stroke": (0.25, 0.5), "above it": (0.25, 0.2), "corner": (0.9, 0.9), "beside it": (0.7, 0.9)}
    open_at = {name: clear.getpixel((int(x * width), int(y * height))) == 0 for name, (x, y) in places.items()}
    assert open_at == {"stroke": True, "above it": False, "corner": True, "beside it": False}


def test_the_keys_change_how_two_pictures_are_looked_at(ada: Person, brief: str) -> None:
    ada.go(f"{brief}compare/")
    compare = ada.page.locator("[data-compare]")
    ada.page.keyboard.press("m")
    expect(compare).to_have_attribute("data-mode", "slider")
    compare.locator(".cut").fill("30")
    cut = compare.evaluate("(node) => node.style.getPropertyValue('--cut')")
    first = compare.locator(".first img").get_attribute("src")
    ada.page.keyboard.press("x")
    ada.page.keyboard.press("z")
    expect(compare).to_have_attribute("data-zoomed", "")
    assert (cut, compare.locator(".second img").get_attribute("src")) == ("30%", first)
    ada.page.keyboard.press("m")
    expect(compare).to_have_attribute("data-mode", "flicker")

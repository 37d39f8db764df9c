"""Virtual staging in a real browser: from the photograph of an empty room to the pair of original and staged room.

Axe reads each page by day at one of both widths, and one of them by night; `make prove` has it read all.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, expect

from tests import browsing, machine
from tests.journey.people import Person
from tests.mold import Mold
from tests.share import share

pytestmark = pytest.mark.browser

WIDTHS = (390, 1440)
ROOM, STYLE = (900, 600), (400, 400)
FINISHED = "#results:not([hx-trigger])"


@pytest.fixture(scope="module")
def ada(mold: Mold, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Person]:
    """On a fresh machine, where the sketch takes a photograph and costs nothing."""
    folder = tmp_path_factory.mktemp("staging") / "var"
    with mold.copy(folder, postgres=machine.on_postgres()) as portal:
        portal.start()
        ada = Person(portal, browser, "ada", album="staging")
        yield ada
        assert ada.complaints == []


def a_room() -> Image.Image:
    room = Image.new("RGB", ROOM, "#d8d2c6")
    pen = ImageDraw.Draw(room)
    pen.polygon([(0, 600), (225, 390), (675, 390), (900, 600)], fill="#a07850")
    pen.rectangle((225, 75, 675, 390), fill="#e8e4da")
    pen.rectangle((360, 135, 540, 300), fill="#bcd8f0")
    return room


def file_of(picture: Image.Image, name: str) -> FilePayload:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": stream.getvalue()}


def looks_right(ada: Person, time: int) -> None:
    """Nothing runs over the edge at a desk or on a phone, and axe finds nothing by day or by night."""
    for width in WIDTHS:
        ada.page.set_viewport_size({"width": width, "height": 900})
        assert ada.page.evaluate("document.documentElement.scrollWidth") == width
        if width in share(WIDTHS, "axe", time, of=2):
            assert browsing.found_by_axe(ada.page) == []
    ada.page.emulate_media(color_scheme="dark")
    if share(("by night",), "axe", time):
        assert browsing.found_by_axe(ada.page, runOnly=["color-contrast"]) == []
    ada.page.emulate_media(color_scheme="light")


def settled(ada: Person) -> None:
    """The page has heard all that it asked for."""
    expect(ada.page.locator(".htmx-request")).to_have_count(0)


def bytes_of(ada: Person, address: str) -> Image.Image:
    return Image.open(io.BytesIO(ada.page.request.get(address).body())).convert("RGB")


def test_from_the_photograph_to_the_pair(ada: Person, browser: Browser) -> None:
    page = ada.page
    ada.go("/make/")
    page.get_by_role("link", name="Virtual staging of a room").click()
    page.get_by_label("Furniture").fill("a green sofa and a low oak table")
    expect(page.locator("#preview")).to_contain_text("a green sofa")
    expect(page.locator("#preview .chosen")).to_contain_text("Sketch")
    looks_right(ada, 1)

    ada.press("Send")  # without the room
    ada.sees("Choose or upload this photograph first.")
    ada.complaints.clear()  # the browser notes the refusal itself
    expect(page.get_by_label("Furniture")).to_have_value("a green sofa and a low oak table")

    room = page.locator(".slot").filter(has_text="Room to stage")
    room.get_by_label("File").set_input_files(file_of(a_room(), "empty_living_room.png"))
    box = room.get_by_role("checkbox", name="It is a photograph as the camera took it")
    expect(box).not_to_be_checked()
    box.check()
    room.get_by_role("button", name="Upload to the library").click()
    expect(room.get_by_role("link", name="empty living room")).to_be_visible()
    ada.sees("This is a photograph")
    expect(page.get_by_role("radio", name="3:2")).to_be_checked()
    expect(page.get_by_label("Furniture")).to_have_value("a green sofa and a low oak table")
    settled(ada)

    page.get_by_text("Mark by numbers").click()
    for label, value in {"From the left": "0", "From the top": "50", "Width": "100", "Height": "50"}.items():
        page.get_by_role("spinbutton", name=label).fill(value)
    ada.press("Mark it")
    expect(page.locator("[data-said]")).to_contain_text("50 % of the picture can change")
    settled(ada)
    looks_right(ada, 2)
    ada.shoot("compose")
    ada.press("Send")
    expect(page.locator(FINISHED)).to_be_visible(timeout=60_000)
    brief = page.url
    expect(page.locator("dt", has_text="Room to stage")).to_be_visible()
    looks_right(ada, 3)

    ada.press("Keep")
    page.get_by_role("link", name="In the library").first.click()
    pair = page.locator("#disclosure .compare, #disclosure [data-compare]").first
    expect(pair.get_by_role("img", name="The unaltered original")).to_be_visible()
    ada.shoot("pair")
    previews = [str(image.get_attribute("src")) for image in pair.locator("img").all()[:2]]
    max_ = Person(ada.portal, browser, "max", album="staging")  # who may download originals
    original, staged = (bytes_of(max_, each.replace("/preview/", "/original/")) for each in previews)
    above, below = (0, 0, ROOM[0], 280), (0, 320, *ROOM)
    assert staged.crop(above).tobytes() == original.crop(above).tobytes()
    assert staged.crop(below).tobytes() != original.crop(below).tobytes()

    ada.go(brief)  # and once more, with the room still in its slot
    ada.follow("Edit and resend")
    expect(room.get_by_role("link", name="empty living room")).to_be_visible()
    expect(page.locator("[data-mask]")).not_to_have_value("")


def test_a_room_of_the_library_is_found_and_staged_without_a_claim(ada: Person) -> None:
    page = ada.page
    ada.go("/make/virtual-staging/")
    style = page.locator(".slot").filter(has_text="Style reference")
    style.get_by_text("Choose from the library, or upload").click()
    style.get_by_label("File").set_input_files(file_of(Image.new("RGB", STYLE, "#446655"), "green_parlor.png"))
    style.get_by_role("button", name="Upload to the library").click()
    expect(style.get_by_role("link", name="green parlor")).to_be_visible()
    settled(ada)

    room = page.locator(".slot").filter(has_text="Room to stage")
    room.get_by_label("Search the library").fill("no such room")
    expect(room.locator(".found")).to_contain_text("Nothing found")
    room.get_by_label("Search the library").fill("green parlor")
    room.get_by_role("button", name="Choose green parlor").click()
    ada.sees("Nobody has said how this picture was made")
    expect(style.get_by_role("link", name="green parlor")).to_be_visible()
    settled(ada)
    room.get_by_role("button", name="Remove Room to stage").click()
    expect(page.locator("[data-painter]")).to_have_count(0)
    expect(room.locator(".found button").first).to_be_visible()

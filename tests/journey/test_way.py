"""From prompt to approved picture and back out again: two people in browsers, one listing site over the API.

Real web server, real worker, real Chromium. The pictures of every step are in `screenshots/`.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.journey.people import Person
from tests.portal import Portal, wait_until

pytestmark = pytest.mark.browser

DUSK = "Sketch of a brick terraced house at dusk, windows lit, on a wet harbour street"
EVENING = "Evening sketch of a brick terraced house, windows lit, on a wet harbour street"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with Portal(tmp_path_factory.mktemp("way") / "var", UNDO_SECONDS="3") as portal:
        portal.start()
        yield portal


class ListingSite:
    """A machine client that has a key."""

    def __init__(self, portal: Portal, key: str) -> None:
        self.client = httpx.Client(base_url=f"{portal.url}/api/v1", headers={"Authorization": f"Bearer {key}"})

    def images(self) -> list[dict[str, Any]]:
        answer = self.client.get("/images/")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def status_of(self, path: str) -> int:
        return self.client.get(path).status_code


def test_from_prompt_to_published_picture_and_back(portal: Portal, browser: Browser) -> None:
    ada, rita = Person(portal, browser, "ada"), Person(portal, browser, "rita")
    seaview = a_site_with_a_key(portal, browser, "Seaview homes", "Our website")
    bricks = a_site_with_a_key(portal, browser, "Bricks", "Bricks listing site")

    writes_and_sends(ada)
    keeps_a_picture(ada)
    describes_it(ada)
    assert seaview.images() == []
    submits_it(ada)
    cannot_approve_her_own_work(ada)
    assert seaview.images() == []

    asks_for_changes(rita)
    mends_and_submits_again(ada)
    approves_it(rita)

    wait_until(lambda: len(seaview.images()) == 1, 30)
    document = seaview.images()[0]
    fetches_the_file(seaview, document)
    address = f"/images/{document['id']}/"
    assert (bricks.status_of(address), bricks.status_of(f"{address}file")) == (404, 404)

    tells_the_whole_story(ada)
    withdraws_it(rita)
    assert (seaview.status_of(address), seaview.status_of(f"{address}file")) == (410, 410)
    assert seaview.images() == []
    assert [event["kind"] for event in events(seaview)] == ["released", "withdrawn"]
    portal.manage("verify_log")
    assert (ada.complaints, rita.complaints) == ([], [])


def a_site_with_a_key(portal: Portal, browser: Browser, name: str, channel: str) -> ListingSite:
    max_ = Person(portal, browser, "max")
    max_.go("/channels/sites/")
    max_.page.get_by_label("Name", exact=True).fill(name)
    max_.page.get_by_label("Short name").fill(name.lower().replace(" ", "-"))
    max_.page.get_by_label(channel).check()
    max_.press("Add the site")
    max_.page.get_by_label("What is it for?").fill("the first key")
    max_.press("Make a key")
    max_.shoot(f"0 a key for {name}")
    shown = max_.page.locator(".new-key").inner_text()
    return ListingSite(portal, re.findall(r"imp_\w+", shown)[0])


def writes_and_sends(ada: Person) -> None:
    ada.follow("Make")
    ada.shoot("1 choosing a template")
    ada.follow("Exterior at twilight")
    ada.page.get_by_label("Listing").select_option(label="HB-1042 · 14 Harbour Street")
    expect(ada.page.get_by_label("Building")).to_have_value("two-storey brick terraced house")
    ada.page.get_by_label("Surroundings").fill("a quiet harbour street with wet cobbles")
    expect(ada.page.locator("#preview")).to_contain_text("wet cobbles")
    ada.shoot("1 composing")
    ada.press("Send")
    expect(ada.page.locator("#results")).to_contain_text("Done", timeout=60_000)
    expect(ada.page.locator("#results img")).to_have_count(2)
    ada.shoot("2 what came back")


def keeps_a_picture(ada: Person) -> None:
    ada.press("Keep picture 1 of Sketch")
    ada.page.get_by_role("link", name=re.compile("In the library, v1")).click()
    ada.sees("Missing before it can be reviewed")
    ada.shoot("3 kept")


def describes_it(ada: Person) -> None:
    alt = ada.panel("alt_text")
    alt.get_by_role("textbox", name="What it shows").fill("IMG_0001.png")
    expect(alt).to_contain_text(re.compile("file", re.I))
    alt.get_by_role("textbox", name="What it shows").fill(DUSK)
    ada.press("Save the alt text")
    expect(alt).to_contain_text("saved")
    shown = ada.panel("consents")
    shown.get_by_role("group", name="real people").get_by_text("No", exact=True).click()
    shown.get_by_role("group", name="private property").get_by_text("No", exact=True).click()
    shown.get_by_role("button", name="Save who is shown").click()
    expect(shown).to_contain_text("saved")
    ada.sees("Nothing is missing.")
    ada.shoot("4 described")


def submits_it(ada: Person) -> None:
    expect(ada.page.get_by_label("Bricks listing site")).to_be_disabled()  # it takes photographs only, and says so
    ada.page.get_by_label("Our website").check()
    ada.press("Submit for review")
    ada.sees("Waits for a decision")
    ada.shoot("5 submitted")


def cannot_approve_her_own_work(ada: Person) -> None:
    ada.follow("Open the review")
    expect(ada.page.get_by_role("button", name="Approve")).to_be_disabled()
    ada.shoot("5 her own work")


def asks_for_changes(rita: Person) -> None:
    rita.go("/")
    rita.shoot("6 what waits for the reviewer")
    rita.follow("Review")
    rita.shoot("6 the queue")
    rita.page.get_by_label("Words for the author").fill("Please say that it is evening.")
    rita.press("Ask for changes")
    rita.sees("Undo")
    rita.shoot("6 asked for changes")


def mends_and_submits_again(ada: Person) -> None:
    def came_back() -> bool:
        ada.go("/")
        return ada.page.locator("main").get_by_text("Mend “").count() == 1

    wait_until(came_back, 30, every=1)
    ada.shoot("6 it came back")
    ada.page.get_by_role("link", name=re.compile("Mend “")).click()
    ada.sees("Please say that it is evening.")
    alt = ada.panel("alt_text")
    alt.get_by_role("textbox", name="What it shows").fill(EVENING)
    ada.press("Save the alt text")
    expect(alt).to_contain_text("saved")
    submits_it(ada)


def approves_it(rita: Person) -> None:
    rita.go("/review/")
    rita.page.keyboard.press("a")
    rita.sees("Undo")
    rita.shoot("6 approved, can be undone")


def fetches_the_file(site: ListingSite, document: dict[str, Any]) -> None:
    assert document["alt_text"]["texts"] == {"en": EVENING}
    assert document["disclosure"]["caption"] == "Illustration"
    assert document["licence"]["holder"] == ""
    answer = site.client.get(f"/images/{document['id']}/file")
    assert hashlib.sha256(answer.content).hexdigest() == document["file"]["sha256"]
    assert b"digitalsourcetype/algorithmicMedia" in answer.content  # its marks travel inside the file
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (document["file"]["width"], document["file"]["height"])
    assert not {"prompt", "cost", "reviewer"} & set(document)


def events(site: ListingSite) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site.client.get("/events/", params={"channel": "website"}).json()["results"]
    return found


def tells_the_whole_story(ada: Person) -> None:
    ada.go("/library/")
    ada.shoot("8 the library")
    ada.page.locator("main .grid a").first.click()
    for words in ("Approved by", "Rita", "Exterior at twilight", "Please say that it is evening", "Our website"):
        ada.sees(words)
    ada.shoot("8 the whole story")


def withdraws_it(rita: Person) -> None:
    rita.go("/library/")
    rita.page.locator("main .grid a").first.click()
    row = rita.panel("releases").get_by_role("listitem").filter(has_text="Our website")
    row.get_by_role("link", name="Withdraw").click()
    rita.page.get_by_label("Why is it withdrawn?").fill("The owner changed their mind.")
    rita.press("Withdraw it")
    rita.shoot("7 withdrawn")

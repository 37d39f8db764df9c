"""From prompt to approved picture and back out again: two people in browsers, one listing site over the API.

A first start in an empty folder, real web server, real worker, real Chromium; OpenAI is a stand-in that answers over
real HTTP. `make journey` leaves a picture of every step in `screenshots/`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journey import steps
from tests.journey.people import Person
from tests.portal import Portal
from tests.standins.openai import OpenAIStandIn

pytestmark = pytest.mark.browser

DUSK = "Sketch of a brick terraced house at dusk, windows lit, on a wet harbor street"
EVENING = "Evening sketch of a brick terraced house, windows lit, on a wet harbor street"
LANTERN = "Illustration of a paper lantern beside an oak front door in autumn"
ARCHES = "Sandstone arches of a ruined abbey against a clear blue sky, seen from below"


@pytest.fixture(scope="module")
def openai() -> Iterator[OpenAIStandIn]:
    with OpenAIStandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, openai: OpenAIStandIn) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("way") / "var"
    keys = {"OPENAI_API_KEY": "sk-of-the-stand-in", "OPENAI_BASE_URL": f"{openai.url}/v1"}
    with Portal(folder, UNDO_SECONDS="3", **keys) as portal:
        portal.start()
        yield portal


def test_from_prompt_to_published_picture_and_back(portal: Portal, browser: Browser) -> None:
    ada, rita = (Person(portal, browser, name, album="sketch") for name in ("ada", "rita"))
    seaview = steps.a_site_with_a_key(portal, browser, "Seaview homes", "Our website")
    bricks = steps.a_site_with_a_key(portal, browser, "Bricks", "Bricks listing site")

    steps.fills_in_a_template(ada)
    steps.sends(ada)
    steps.sees_pictures(ada, 2)
    steps.keeps_the_first(ada)
    steps.writes_alt_text(ada, DUSK)
    steps.says_that_nobody_is_shown(ada)
    steps.submits_it(ada)
    steps.cannot_approve_her_own_work(ada)
    steps.asks_for_changes(rita, "Please say that it is evening.")
    steps.sees_it_come_back(ada, "Please say that it is evening.")
    steps.writes_alt_text(ada, EVENING)
    steps.submits_it(ada)
    assert seaview.images_of(EVENING) == []

    steps.approves_it(rita)
    document = seaview.waits_for(EVENING)
    assert document["disclosure"]["caption"] == "Illustration"
    assert not {"prompt", "cost", "reviewer"} & set(document)
    assert b"digitalsourcetype/algorithmicMedia" in seaview.downloads(document)  # its marks travel inside the file
    address = f"/images/{document['id']}/"
    assert [bricks.get(path).status_code for path in (address, f"{address}file")] == [404, 404]

    steps.reads_the_whole_story(
        ada, "Approved by", "Rita", "Exterior at twilight", "say that it is evening", "Our website"
    )
    steps.withdraws_it(rita, "The owner changed their mind.")
    assert [seaview.get(path).status_code for path in (address, f"{address}file")] == [410, 410]
    assert seaview.images_of(EVENING) == []
    events = seaview.results("/events/?channel=website")
    assert [event["kind"] for event in events if event["image"] == document["id"]] == ["released", "withdrawn"]
    portal.manage("verify")
    assert (ada.complaints, rita.complaints) == ([], [])


def test_the_same_way_with_pictures_from_openai(portal: Portal, browser: Browser, openai: OpenAIStandIn) -> None:
    billed_before = openai.billed  # the tests here share the stand-in, in any order
    ada, rita = (Person(portal, browser, name, album="openai") for name in ("ada", "rita"))
    seaview = steps.a_site_with_a_key(portal, browser, "Seaview autumn", "Our website")
    steps.writes_freely(ada, "A paper lantern beside an oak front door in autumn", "GPT Image 2")
    steps.sends(ada)
    steps.sees_pictures(ada, 2)
    steps.keeps_the_first(ada)
    steps.writes_alt_text(ada, LANTERN)
    steps.answers_what_the_terms_leave_open(ada)
    steps.says_that_nobody_is_shown(ada)
    steps.submits_it(ada)
    steps.approves_it(rita)
    document = seaview.waits_for(LANTERN)
    assert document["disclosure"]["caption"] == "Illustration made with AI"
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in seaview.downloads(document)
    assert openai.billed - billed_before == 2
    assert (ada.complaints, rita.complaints) == ([], [])


ANSWERS = {"refuse": ("Refused", 1), "busy-once": ("Done", 2), "lost": ("never sent again automatically", 1)}
"""What OpenAI does -> what is said of it, and how often it was asked."""


def test_what_else_openai_may_answer(portal: Portal, browser: Browser, openai: OpenAIStandIn) -> None:
    ada = Person(portal, browser, "ada", album="openai answers")
    briefs: dict[str, str] = {}
    for mode in ANSWERS:  # all of them before looking: one waits while the next is written
        steps.writes_freely(ada, f"A lantern [{mode}]", "GPT Image 2")
        steps.sends(ada)
        briefs[mode] = ada.page.url
    for mode, (seen, asked) in ANSWERS.items():
        ada.go(briefs[mode])
        expect(ada.page.locator("#results")).to_contain_text(seen, timeout=60_000)
        ada.shoot(f"2 what came back from {mode}")
        assert sum(f"[{mode}]" in prompt for prompt in openai.prompts) == asked


def test_the_same_way_with_a_photograph_brought_by_hand(portal: Portal, browser: Browser) -> None:
    ada, rita = (Person(portal, browser, name, album="hand-off") for name in ("ada", "rita"))
    seaview = steps.a_site_with_a_key(portal, browser, "Seaview abbey", "Our website")
    steps.writes_freely(ada, "Arches of a ruined abbey seen from below", "Midjourney 8.1")
    steps.sends(ada)
    steps.brings_the_picture(ada, steps.PHOTOGRAPH)
    ada.sees("The file says that a camera took it")
    steps.keeps_the_first(ada)
    steps.writes_alt_text(ada, ARCHES)
    steps.answers_what_the_terms_leave_open(ada)
    steps.says_that_nobody_is_shown(ada)
    steps.explains_what_contradicts(ada, "A photograph of ours was the model for it, and its data came along.")
    steps.submits_it(ada)
    steps.approves_it(rita)
    seaview.downloads(seaview.waits_for(ARCHES))
    assert (ada.complaints, rita.complaints) == ([], [])

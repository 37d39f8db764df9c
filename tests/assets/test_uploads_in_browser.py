"""A set of files in Chromium: sent one by one, each added or refused in its own line, each tried again by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Dialog, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from assets.models import Asset
from core.models import User
from tests import browsing
from tests.assets import factories
from tests.assets.factories import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE = 60_000
"""Milliseconds that a whole set may take on a busy machine."""
BAD = {3: ("cut.jpg", picture(seed=90, form="JPEG")[:-400]), 7: ("notes.txt", b"Call the owner about the garden.")}


@pytest.fixture
def person() -> User:
    return factories.ada()


@pytest.fixture
def page(page: Page, live_server: LiveServer, person: User) -> Page:
    """The upload page, with Ada in front of it."""
    page.set_default_timeout(PATIENCE)
    browsing.sign_in(page, person, live_server.url)
    page.goto(live_server.url + "/library/upload/")
    page.get_by_text("Photograph", exact=True).click()
    return page


def file(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "image/png", "buffer": data}


def good(number: int) -> dict[str, Any]:
    return file(f"room_{number}.png", picture(seed=number))


def ten() -> list[dict[str, Any]]:
    return [file(*BAD[number]) if number in BAD else good(number) for number in range(1, 11)]


def choose(page: Page, files: list[dict[str, Any]]) -> None:
    page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type] # Playwright's own kind of dict


def choose_instead(page: Page, name: str, other: dict[str, Any]) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=f"Choose another file for {name}").click()
    chooser.value.set_files(other)  # type: ignore[arg-type] # Playwright's own kind of dict


def upload(page: Page) -> None:
    page.get_by_role("button", name="Upload", exact=True).click()


def line(page: Page, name: str) -> Locator:
    return page.locator(".chosen > li").filter(has_text=name)


def titles() -> list[str]:
    return [*Asset.objects.order_by("created_at").values_list("title", flat=True)]


def says(page: Page, name: str, words: str) -> None:
    expect(line(page, name)).to_contain_text(words, timeout=PATIENCE)


def sums_up(page: Page, words: str) -> None:
    expect(page.locator(".sum-up .title")).to_have_text(words, timeout=PATIENCE)


def test_a_set_of_ten_with_two_bad_files(page: Page) -> None:
    choose(page, ten())
    expect(page.locator(".chosen > li")).to_have_count(10)
    upload(page)
    sums_up(page, "8 of 10 pictures were added; 2 were not.")
    assert titles() == [f"room {number}" for number in (1, 2, 4, 5, 6, 8, 9, 10)]
    for number in (1, 10):
        link = line(page, f"room_{number}.png").get_by_role("link")
        [asset] = Asset.objects.filter(title=f"room {number}")
        expect(link).to_have_attribute("href", f"/library/{asset.pk}/v1/")
    for name in ("cut.jpg", "notes.txt"):
        says(page, name, "Not added. ")
    assert browsing.found_by_axe(page) == []

    choose_instead(page, "cut.jpg", file("whole.jpg", picture(seed=90, form="JPEG")))
    says(page, "whole.jpg", "Added.")
    sums_up(page, "9 of 10 pictures were added; 1 was not.")
    assert [item.split(" ·")[0] for item in page.locator(".chosen .name").all_inner_texts()][2] == "whole.jpg"

    page.get_by_role("button", name="Remove notes.txt").click()
    expect(page.locator(".chosen > li")).to_have_count(9)
    assert titles()[-1] == "whole"
    assert len(titles()) == 9


def test_files_are_added_to_those_chosen_before_and_can_be_taken_out(page: Page) -> None:
    choose(page, [good(1), good(2)])
    choose(page, [good(3)])
    expect(page.locator(".chosen > li")).to_have_count(3)
    page.get_by_role("button", name="Remove room_2.png").press("Enter")
    expect(page.get_by_role("button", name="Remove room_3.png")).to_be_focused()
    expect(page.locator("#announce")).to_have_text("room_2.png was taken out.")
    upload(page)
    sums_up(page, "2 pictures were added.")
    assert titles() == ["room 1", "room 3"]


def test_one_title_for_all_is_numbered_in_their_order(page: Page) -> None:
    choose(page, [good(number) for number in (1, 2, 3)])
    page.get_by_label("Title").fill("Hall")
    upload(page)
    sums_up(page, "3 pictures were added.")
    assert titles() == ["Hall 1", "Hall 2", "Hall 3"]


def test_more_than_twenty_are_too_many_before_anything_is_sent(page: Page) -> None:
    choose(page, [good(number) for number in range(21)])
    upload(page)
    words = page.locator("input[type=file]").evaluate("(input) => input.validationMessage")
    assert words == "Upload up to 20 pictures at once. You chose 21. Take out 1."
    page.get_by_role("button", name="Remove room_20.png").click()
    assert page.locator("input[type=file]").evaluate("(input) => input.validationMessage") == ""
    assert not titles()


def test_a_mistake_in_the_questions_is_shown_with_the_files_still_there(page: Page) -> None:
    choose(page, [good(1), good(2)])
    page.get_by_text("Made by AI", exact=True).click()
    page.get_by_label("Title").fill("Hall")
    upload(page)
    expect(page.get_by_text("Say which service made it.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_label("Made with")).to_be_focused()
    expect(page.get_by_label("Title")).to_have_value("Hall")
    page.get_by_label("Made with").fill("Midjourney")
    upload(page)
    sums_up(page, "2 pictures were added.")
    assert titles() == ["Hall 1", "Hall 2"]


def test_an_answer_that_got_lost_is_asked_for_again_and_doubles_nothing(page: Page) -> None:
    lost: list[Route] = []

    def lose_the_second(route: Route) -> None:
        lost.append(route)
        if len(lost) == 2:
            route.fetch()  # the portal takes the file
            route.abort()
        else:
            route.continue_()

    page.route("**/library/upload/", lose_the_second)
    choose(page, [good(1), good(2), good(3)])
    upload(page)
    sums_up(page, "2 of 3 pictures were added; 1 was not.")
    says(page, "room_2.png", "The portal cannot be reached.")
    page.get_by_role("button", name="Try again for room_2.png").click()
    sums_up(page, "3 pictures were added.")
    assert titles() == ["room 1", "room 2", "room 3"]


def test_a_portal_that_is_not_ready_is_one_line_s_trouble(page: Page) -> None:
    asked: list[Route] = []

    def not_at_first(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    page.route("**/library/upload/", not_at_first)
    choose(page, [good(1), good(2)])
    upload(page)
    says(page, "room_1.png", "The portal is not ready right now.")
    upload(page)
    sums_up(page, "2 pictures were added.")
    assert titles() == ["room 2", "room 1"]


def test_who_is_signed_out_in_the_middle_signs_in_and_the_rest_follows(
    page: Page, live_server: LiveServer, person: User
) -> None:
    asked: list[Route] = []

    def out_at_the_second(route: Route) -> None:
        asked.append(route)
        if len(asked) == 2:
            Session.objects.all().delete()
        route.continue_()

    page.route("**/library/upload/", out_at_the_second)
    choose(page, [good(1), good(2), good(3)])
    upload(page)
    expect(page.get_by_role("dialog", name="You are signed out")).to_be_visible(timeout=PATIENCE)
    browsing.sign_in(page, person, live_server.url)
    page.get_by_role("button", name="Continue").click()
    sums_up(page, "3 pictures were added.")
    assert titles() == ["room 1", "room 2", "room 3"]


def test_leaving_is_asked_about_until_all_are_in(page: Page, live_server: LiveServer) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    choose(page, [good(1), file(*BAD[7])])
    upload(page)
    sums_up(page, "1 of 2 pictures was added; 1 was not.")
    page.evaluate("location.assign('/library/')")
    sums_up(page, "1 of 2 pictures was added; 1 was not.")
    assert asked == ["beforeunload"]
    choose_instead(page, "notes.txt", good(2))
    sums_up(page, "2 pictures were added.")
    page.get_by_role("link", name="Go to the library").click()
    expect(page).to_have_url(live_server.url + "/library/")
    assert asked == ["beforeunload"]


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_script_the_good_ones_are_kept_and_the_bad_ones_named(page: Page) -> None:
    choose(page, ten())
    page.get_by_label("Title").fill("Hall")
    upload(page)
    expect(page.get_by_text("8 of 10 pictures were added; 2 were not.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("“notes.txt” was not accepted.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Hall")
    assert len(titles()) == 8

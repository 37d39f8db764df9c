"""Files of an upload are taken one by one: each is in the library, or refused with its own reason."""

from __future__ import annotations

import unicodedata
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assets.imaging import inspection
from assets.imaging.refusals import Busy, Fault
from assets.library import intake
from assets.models import Asset, Version
from core import storage
from core.models import LogEntry, User
from tests.assets import factories
from tests.assets.factories import moving_picture, picture
from tests.boundaries.pages import Page
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db

URL = "/library/upload/"
BY_SCRIPT = {"HX-Request": "true"}
TRUNCATED = picture(seed=90, form="JPEG")[:-400]


@pytest.fixture
def browser(ada: User) -> Client:
    return browser_of(ada)


def file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


def ten() -> list[SimpleUploadedFile]:
    """A set in which the third is cut short and the seventh is no picture."""
    bad = {3: ("cut.jpg", TRUNCATED), 7: ("notes.txt", b"Call the owner about the garden.")}
    return [file(*bad.get(number, (f"room_{number}.png", picture(seed=number)))) for number in range(1, 11)]


def send(browser: Client, files: Any, said: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> Any:
    return browser.post(URL, {"kind": "photograph", "pictures": files, **(said or {})}, headers=headers or {})


def words_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_of_ten_with_two_bad_ones_eight_are_added_and_each_other_says_why(browser: Client) -> None:
    listing = factories.ListingFactory.create()
    said = {"kind": "generated", "maker": "Midjourney", "listing": listing.reference}
    answer = send(browser, ten(), said)
    page, words = Page(answer.content.decode()), words_of(answer)
    assert answer.status_code == 422
    assert [*Asset.objects.order_by("created_at").values_list("title", flat=True)] == [
        f"room {number}" for number in (1, 2, 4, 5, 6, 8, 9, 10)
    ]
    assert LogEntry.objects.filter(action="version.created").count() == 8
    assert words.count("8 of 10 pictures were added; 2 were not.") == 1
    assert "“cut.jpg” was not accepted. " in words
    assert "“notes.txt” was not accepted. " in words
    assert "Nothing was saved. " not in words
    assert "None of" not in words
    assert page.typed["maker"] == "Midjourney"
    assert page.typed["listing"].startswith(listing.reference)


def test_each_reason_is_the_true_one(browser: Client) -> None:
    files = [file("good.png", picture()), file("moving.gif", moving_picture()), file("nothing.png", b"")]
    words = words_of(send(browser, files))
    assert "“moving.gif” was not accepted. This is a moving picture." in words
    assert "“nothing.png” was not accepted. The file is empty." in words
    assert "1 of 3 pictures was added; 2 were not." in words


def test_a_file_that_is_too_large_is_not_read_and_keeps_no_other_out(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = picture()
    monkeypatch.setattr(inspection, "MAX_BYTES", len(small))
    words = words_of(send(browser, [file("large.png", small + b"x"), file("small.png", small)]))
    assert "“large.png” was not accepted. It is larger than 0 MB. Save it smaller and upload it again." in words
    assert Asset.objects.get().title == "small"


def test_forty_five_megabytes_are_refused_in_a_sentence(browser: Client) -> None:
    answer = send(browser, file("scan.png", bytes(45 * 1024 * 1024)))
    assert answer.status_code == 422
    assert "The picture was not added." in words_of(answer)
    assert "It is larger than 40 MB." in words_of(answer)


def test_twenty_one_files_are_too_many_and_none_is_read(browser: Client) -> None:
    answer = send(browser, [file(f"{number}.png", b"x") for number in range(21)], {"title": "My words"})
    assert answer.status_code == 422
    assert "Upload up to 20 pictures at once. You chose 21." in words_of(answer)
    assert Page(answer.content.decode()).typed["title"] == "My words"


@pytest.mark.parametrize("name", ["Ünï<b>\u202e " * 30 + ".png", "🏡" * 125 + ".png", "…" * 255, "%00../../a.png"])
def test_an_odd_name_is_a_title_or_a_refusal_like_any_other(browser: Client, name: str) -> None:
    assert send(browser, file(name, picture())).status_code == 302
    answer = send(browser, [file(name, b"no picture"), file("good.png", picture(seed=2))])
    assert answer.status_code == 422
    assert "1 of 2 pictures was added; 1 was not." in words_of(answer)
    assert "<b>" not in answer.content.decode()


def test_the_same_set_sent_again_adds_nothing_twice(browser: Client) -> None:
    said = {"send_token": uuid4().hex}
    for _ in range(2):
        answer = send(browser, ten(), said)
        assert "8 of 10 pictures were added; 2 were not." in words_of(answer)
        assert Asset.objects.count() == 8


def test_other_bytes_of_the_same_name_and_length_are_another_picture(browser: Client) -> None:
    said, one = {"send_token": uuid4().hex}, picture(form="JPEG", comment=b"one")
    other = one.replace(b"one", b"two")
    answers = [send(browser, file("image.jpg", data), said) for data in (one, other, one)]
    assert len({answer["Location"] for answer in answers}) == Asset.objects.count() == 2


def test_a_fault_in_the_middle_loses_none_and_doubles_none(browser: Client) -> None:
    said, files = {"send_token": uuid4().hex}, [("a.png", picture(seed=1)), ("b.png", picture(seed=2))]
    browser.raise_request_exception = False
    real, asked = intake.take_in, []

    def once_then_not(*args: Any, **kwargs: Any) -> Version:
        asked.append(kwargs["title"])
        if len(asked) == 2:
            raise RuntimeError("a fault")
        return real(*args, **kwargs)

    with mock.patch.object(intake, "take_in", once_then_not):
        assert send(browser, [file(*each) for each in files], said).status_code == 500
    assert Asset.objects.count() == 1
    assert send(browser, [file(*each) for each in files], said).status_code == 302
    assert sorted(Asset.objects.values_list("title", flat=True)) == ["a", "b"]


def test_a_store_that_goes_away_in_the_middle_is_each_remaining_file_s_reason(browser: Client) -> None:
    real, stored = storage.put, []

    def put(data: bytes) -> str:
        stored.append(data)
        if len(stored) > 4:  # the file and its three copies
            raise storage.Unavailable("away")
        return real(data)

    with mock.patch.object(storage, "put", put):
        answer = send(browser, [file(f"{name}.png", picture(seed=number)) for number, name in enumerate("abc")])
    assert answer.status_code == 422
    assert "1 of 3 pictures was added; 2 were not." in words_of(answer)
    assert words_of(answer).count("did not answer. Wait a minute, then try again.") == 2


def test_each_file_is_kept_before_the_next_one_is_read(browser: Client) -> None:
    real, there = intake.take_in, []

    def counted(*args: Any, **kwargs: Any) -> Version:
        there.append(Asset.objects.count())
        return real(*args, **kwargs)

    with mock.patch.object(intake, "take_in", counted):
        send(browser, [file(f"{number}.png", picture(seed=number)) for number in range(3)])
    assert there == [0, 1, 2]


def test_one_title_for_all_is_numbered(browser: Client) -> None:
    send(browser, [file(f"{number}.png", picture(seed=number)) for number in range(2)], {"title": "Hall"})
    assert sorted(Asset.objects.values_list("title", flat=True)) == ["Hall 1", "Hall 2"]


@pytest.mark.parametrize("query", ["Küche alt", unicodedata.normalize("NFD", "Küche alt")])
def test_a_name_whose_letters_a_mac_took_apart_is_found_however_it_is_typed(browser: Client, query: str) -> None:
    send(browser, file(unicodedata.normalize("NFD", "Küche alt.png"), picture()))
    assert Asset.objects.get().title == "Küche alt"
    assert "Küche alt" in browser.get("/library/", {"q": query}, headers={"HX-Request": "true"}).content.decode()


# As a script sends them, one by one


def test_a_script_hears_where_its_file_is(browser: Client) -> None:
    answer = send(browser, file("hall.png", picture()), {"title": "Hall", "place": "7"}, BY_SCRIPT)
    version = Version.objects.get()
    assert (answer.status_code, answer["Location"]) == (201, version.get_absolute_url())
    assert version.asset.title == "Hall 7"
    assert "is in the library" not in words_of(browser.get("/library/")), "a notice waits for another page"


def test_a_script_that_missed_the_answer_is_led_to_the_same_picture(browser: Client) -> None:
    said = {"send_token": uuid4().hex, "place": "2"}
    for status in (201, 302):
        answer = send(browser, file("hall.png", picture()), said, BY_SCRIPT)
        assert (answer.status_code, answer["Location"]) == (status, Version.objects.get().get_absolute_url())


@pytest.mark.parametrize(
    ("error", "may_pass"), [(Busy(), True), (Fault(), True), (inspection.Unreadable("No."), False)]
)
def test_a_script_hears_whether_the_same_file_may_be_tried_again(
    browser: Client, error: Exception, may_pass: bool
) -> None:
    with mock.patch.object(intake, "look_at", side_effect=error):
        answer = send(browser, file("hall.png", picture()), headers=BY_SCRIPT)
    assert answer.status_code == 422
    assert answer.json() == {"words": str(error), "may_pass": may_pass}


def test_a_script_gets_the_page_where_the_questions_have_a_mistake(browser: Client) -> None:
    answer = send(browser, file("hall.png", picture()), {"kind": "generated", "title": "Hall"}, BY_SCRIPT)
    assert answer.status_code == 422
    assert "Say which service made it" in words_of(answer)
    assert "the files you chose are still here" in words_of(answer)
    assert "choose your files again" not in words_of(answer)
    assert Page(answer.content.decode()).typed["title"] == "Hall"


def test_an_original_is_one_picture(browser: Client, version: Version) -> None:
    files = [file(f"{number}.png", picture(seed=80 + number)) for number in range(2)]
    answer = browser.post(f"{URL}?original_of={version.pk}", {"kind": "photograph", "pictures": files})
    assert answer.status_code == 422
    assert "An original is one picture. Upload the others by themselves." in words_of(answer)
    assert Asset.objects.count() == 1

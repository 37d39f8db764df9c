"""Being signed in ends when it should, counts only for one's own pages, and every answer carries its guards.

Ada and Max look at a third of the addresses each, and each takes a third of the posts from elsewhere; `make prove` has
them try all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from approvals.models import Decision, ListingSite
from approvals.sites import access
from config import roles
from core.models import User
from tests.boundaries.table import DOERS, READERS, ROWS, Row, a_decision
from tests.boundaries.urls import address
from tests.boundaries.world import Browser, World, changed, tables
from tests.share import share

pytestmark = pytest.mark.django_db

BY_SESSION = [row for row in DOERS if not row.is_public]
"""What is posted from pages; a provider's callback proves who it is by itself."""


FILES = ("files/", "briefs/references/", "outputs/<uuid:output_id>/", "make/specimens/")
"""A browser may keep its own copy of a picture."""


ELSEWHERE = ("https://evil.example", "null", "http://testserver.evil.example", "https://testserver:444")


def url(row: Row, world: World) -> str:
    return address(row.route, row.filled(world))


# Ending


def test_a_session_ends_with_its_account(world: World) -> None:
    browser = world.client("ada")
    assert browser.get("/library/").status_code == 200
    User.objects.filter(username="ada").update(is_active=False)
    assert browser.get("/library/").status_code == 302


def test_a_session_ends_with_its_password(world: World) -> None:
    browser, ada = world.client("ada"), User.objects.get(username="ada")
    ada.set_password("another-1042-seaview")
    ada.save(update_fields=["password"])
    assert browser.get("/library/").status_code == 302


def test_signing_out_ends_the_session_for_good(world: World) -> None:
    browser = world.client("ada")
    kept = browser.cookies["sessionid"].value
    browser.post("/accounts/logout/")
    again = Browser()
    again.cookies["sessionid"] = kept
    assert again.get("/library/").status_code == 302


def test_signing_in_makes_a_new_session(world: World) -> None:
    browser = Browser()
    browser.cookies["sessionid"] = "known-to-somebody-else-0123456789"
    answer = browser.post("/accounts/login/", {"login": "ada", "password": "seaview-1042"})
    assert answer.status_code == 302
    assert browser.cookies["sessionid"].value != "known-to-somebody-else-0123456789"


def test_a_key_ends_at_the_next_request(world: World) -> None:
    browser = world.client("bricks")
    assert browser.get("/api/v1/images/").status_code == 200
    access.revoke_key(world.key.key, by=world.people["max"])
    assert browser.get("/api/v1/images/").status_code == 401


def test_a_channel_taken_from_a_site_is_gone_at_the_next_request(world: World) -> None:
    browser, live = world.client("bricks"), world.places["live"]
    access.change_channels(ListingSite.objects.get(slug="bricks"), [], by=world.people["max"])
    assert browser.get(f"/api/v1/images/{live.pk}/file").status_code == 404


@pytest.mark.parametrize("how", ["role", "account"])
def test_whoever_lost_the_right_cannot_decide_from_an_open_page(world: World, how: str) -> None:
    browser, review = world.client("rita"), world.places["waiting"]
    assert browser.get(f"/review/{review.pk}/").status_code == 200
    if how == "role":
        world.people["rita"].groups.remove(Group.objects.get(name=roles.REVIEWERS))
    else:
        User.objects.filter(username="rita").update(is_active=False)
    before = tables()
    answer = browser.post(f"/review/{review.pk}/decide/", a_decision(world))
    assert answer.status_code == (403 if how == "role" else 302)
    assert changed(before, tables()) <= {"django_session"}
    assert not Decision.objects.filter(review=review).exists()


# Other people's pages


def test_a_post_from_elsewhere_is_refused(world: World) -> None:
    before_signing_in = world.client("max")
    browser: Any = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies = before_signing_in.cookies
    browser.get("/accounts/password/change/")
    token = browser.cookies["csrftoken"].value
    before, answers = tables(), dict[str, set[int]]()
    for row in BY_SESSION:
        path, good = url(row, world), row.sends(world)
        posts: list[tuple[Any, dict[str, str]]] = [
            (good, {}),
            ({**good, "csrfmiddlewaretoken": "x" * 64}, {}),
            *((good, {"origin": origin, "x-csrftoken": token}) for origin in ELSEWHERE),
        ]
        posted = [browser.post(path, data, headers=headers) for data, headers in share(posts, row)]
        answers[str(row)] = {answer.status_code for answer in posted}
    assert answers == {str(row): {403} for row in BY_SESSION}
    assert changed(before, tables()) == set()


def test_no_other_page_may_read_an_answer(world: World) -> None:
    for row in share(READERS, "another page"):
        browser = world.client("bricks" if row.is_api else "max")
        for origin in share(("https://evil.example", "null", "http://testserver.evil.example"), row):
            answer = browser.get(url(row, world), headers={"origin": origin})
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")], str(row)


# Headers

Seen = Callable[[str, Row], Any]
MOST_SEE = ("ada", "max")
"""Who gets a page nearly everywhere, which takes longer than to be refused."""


def looked_at(caller: str) -> Sequence[Row]:
    return share(ROWS, caller) if caller in MOST_SEE else ROWS


@pytest.fixture(scope="module")
def seen(world: World) -> Seen:
    """What a caller gets at an address, asked once for all tests of this module."""
    browsers: dict[str, Browser] = {}
    answers: dict[tuple[str, str], Any] = {}

    def look(caller: str, row: Row) -> Any:
        if caller not in browsers:
            browsers[caller] = world.client(caller)
        if (caller, str(row)) not in answers:
            answers[caller, str(row)] = browsers[caller].get(url(row, world))
        return answers[caller, str(row)]

    return look


ERRORS = {
    400: "/?a=%00",
    403: "/settings/",
    404: "/nowhere/",
    405: "/review/undo/00000000-0000-0000-0000-000000000000/",
}


def test_every_answer_carries_its_guards(seen: Seen) -> None:
    wrong: dict[str, list[str]] = {}
    for name in ("max", "anonymous", "bricks"):
        for row in looked_at(name):
            wrong |= {f"{name} {row}": missing for missing in [_missing(seen(name, row))] if missing}
    assert wrong == {}


@pytest.mark.parametrize(("status", "path"), ERRORS.items())
def test_an_error_carries_its_guards_too(world: World, status: int, path: str) -> None:
    answer = world.client("ada").get(path)
    assert (answer.status_code, _missing(answer)) == (status, [])


def test_a_fault_carries_its_guards_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.dashboard.overview.for_person", None)
    answer = world.client("ada").get("/")
    assert (answer.status_code, _missing(answer)) == (500, [])
    assert b"Traceback" not in answer.content
    assert b"NoneType" not in answer.content


def test_what_a_signed_in_person_or_a_site_sees_stays_out_of_every_cache(seen: Seen) -> None:
    wrong = {}
    for name in ("ada", "max", "nils", "bricks"):
        for row in looked_at(name):
            if row.is_public or row.is_api != (name == "bricks"):
                continue
            control = seen(name, row).get("Cache-Control", "")
            is_file = row.route.startswith(FILES) or row.route.endswith("/file") or "/unshown/" in row.route
            is_asked_again = row.is_api and "no-cache" in control  # each time, with the key and the tag of what is held
            if "private" not in control or not ("no-store" in control or is_file or is_asked_again):
                wrong[f"{name} {row}"] = control
    assert wrong == {}


def _missing(answer: Any) -> list[str]:
    """The guards that an answer does not carry."""
    policy = answer.get("Content-Security-Policy", "")
    guards = {
        "nosniff": answer.get("X-Content-Type-Options") == "nosniff",
        "framing": answer.get("X-Frame-Options") == "DENY" or "sandbox" in policy,
        "referrer": answer.get("Referrer-Policy") == "same-origin",
        "opener": answer.get("Cross-Origin-Opener-Policy") == "same-origin",
        "policy": "default-src 'none'" in policy,
        "unsafe": "unsafe" not in policy,
        "request id": answer.has_header("X-Request-ID"),
    }
    return [name for name, is_there in guards.items() if not is_there]

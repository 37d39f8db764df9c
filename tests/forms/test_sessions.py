"""A request whose session is over: a script is told, and what a browser posted comes back to be sent again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from assets.models import Listing
from core.models import User
from core.web import seen
from tests.boundaries.pages import Page
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db

OURS = {"Origin": "http://testserver"}
BY_HTMX = {"HX-Request": "true"}
AS_A_PAGE = {**BY_HTMX, "HX-Boosted": "true", "HX-Current-URL": "http://testserver/library/listings/new/"}
LISTING = {"reference": "HB-7", "title": "Brick house\nby the sea", "address": "", "fact-TOTAL_FORMS": "0"}
NEW = "/library/listings/new/"


def strict(person: User | None = None) -> Client:
    """A browser whose token is checked."""
    client = Client(enforce_csrf_checks=True)
    if person:
        client.force_login(person)
    return client


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_script_is_told_that_it_is_signed_out(client: Client, method: str) -> None:
    answer = getattr(client, method)("/library/", headers=BY_HTMX)
    assert answer.status_code == 401
    assert b"<" not in answer.content


def test_a_script_with_an_old_token_is_told_so(ada: User) -> None:
    answer = strict(ada).post(NEW, LISTING, headers=BY_HTMX)
    assert (answer.status_code, answer["X-Stale-Page"]) == (403, "1")
    assert strict().post(NEW, LISTING, headers=BY_HTMX).status_code == 401


def test_a_script_learns_who_is_signed_in_and_gets_a_token_that_works(ada: User) -> None:
    browser = strict(ada)
    now = browser.get("/accounts/session/").json()
    assert (now["user"], now["name"]) == (str(ada.pk), "Ada")
    assert browser.post(NEW, {**LISTING, "csrfmiddlewaretoken": now["token"]}).status_code == 302
    assert Client().get("/accounts/session/").json()["user"] == ""
    assert "no-store" in browser.get("/accounts/session/")["Cache-Control"]


def kept(answer: Any) -> dict[str, str]:
    """What a page holds to be sent again."""
    return Page(answer.content.decode()).typed


def test_without_script_what_was_typed_survives_signing_in(ada: User) -> None:
    """Signed out, sent, signed in beside, sent again with the token of before, and once more with the new one."""
    browser = strict(ada)
    browser.logout()
    first = browser.post(NEW, LISTING, headers=OURS)
    assert first.status_code == 403
    assert "Brick house" in Page(first.content.decode()).words
    held = kept(first)
    assert {name: held[name] for name in LISTING} == LISTING
    browser.force_login(ada)
    del browser.cookies["csrftoken"]  # as signing in does, it makes the token of before worthless
    again = browser.post(NEW, held, headers=OURS)
    held = kept(again)
    assert browser.post(NEW, held, headers=OURS).status_code == 302
    assert Listing.objects.get().title == "Brick house\nby the sea"


def test_a_form_with_a_good_token_is_kept_too_when_its_session_is_over(client: Client) -> None:
    answer = client.post(NEW, LISTING, headers=OURS)
    assert answer.status_code == 401
    assert kept(answer)["reference"] == "HB-7"
    assert "no-store" in answer["Cache-Control"]
    assert 'target="_blank"' in answer.content.decode()


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_what_another_page_posted_is_not_kept(ada: User, origin: dict[str, str]) -> None:
    for browser in (strict(ada), strict()):
        answer = browser.post(NEW, LISTING, headers=origin)
        assert answer.status_code == 403
        assert "reference" not in kept(answer)
        assert "HB-7" not in answer.content.decode()


def test_a_password_is_never_written_into_a_page(ada: User) -> None:
    typed = {"login": "ada", "password": "seaview-1042", "oldpassword": "seaview-1042", "password1": "seaview-1042"}
    for path in ("/accounts/login/", "/accounts/password/change/", "/admin/core/user/add/"):
        for browser in (strict(), strict(ada)):
            answer = browser.post(path, typed, headers=OURS)
            assert answer.status_code in (401, 403)
            assert b"seaview-1042" not in answer.content


def test_a_form_that_script_posts_leads_to_the_next_page_as_a_whole(ada: User) -> None:
    answer = browser_of(ada).post(NEW, LISTING, headers=AS_A_PAGE)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/library/listings/")
    assert "Location" not in answer


def test_a_form_that_script_posts_gets_pages_and_no_fragments(ada: User) -> None:
    answer = browser_of(ada).post(NEW, {**LISTING, "title": ""}, headers=AS_A_PAGE)
    assert answer.status_code == 422
    assert b"<html" in answer.content


def test_the_page_itself_is_read_anew_when_only_its_fragment_differs(ada: User) -> None:
    from tests.assets import factories

    version = factories.VersionFactory.create(by=ada)
    here = version.get_absolute_url()
    headers = {**AS_A_PAGE, "HX-Current-URL": f"http://testserver{here}"}
    data = {"alt-text": "A kitchen", "alt-language": "en"}
    answer = browser_of(ada).post(f"{here}alt-text/", data, headers=headers)
    assert (answer["HX-Redirect"], answer["HX-Refresh"]) == (f"{here}#alt_text", "true")


def test_a_page_that_script_posted_stays_where_it_was(ada: User) -> None:
    """Its form was sent to an address that cannot be opened."""
    refused = browser_of(ada).post(NEW, LISTING | {"reference": ""}, headers=AS_A_PAGE)
    assert (refused.status_code, refused["HX-Push-Url"]) == (422, "false")


@pytest.mark.parametrize("address", ["http://[bad", "", "nonsense"])
def test_a_page_that_names_no_address_is_led_on_all_the_same(ada: User, address: str) -> None:
    saved = browser_of(ada).post(NEW, LISTING, headers=AS_A_PAGE | {"HX-Current-URL": address})
    assert (saved.status_code, Listing.objects.count()) == (200, 1)
    assert saved["HX-Redirect"].startswith("/library/listings/")


@pytest.mark.parametrize("text", ['{"reference": "\\ud800"}', '{"\\ud800": 1}', "[" * 100_000, "7", "", "9" * 5_000])
def test_of_what_cannot_be_read_nothing_was_seen(text: str) -> None:
    assert seen.read(text) == {}

"""What every page goes through: refusals with the right status, headers, request ids, and a closed door."""

from __future__ import annotations

from queue import Queue

import pytest
import structlog
from celery.contrib.testing.worker import start_worker
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from config.celery import app
from core.errors import Blocked, Finding, InvalidTransition
from core.models import User
from tests.assets import factories

SAID = {
    "denied": PermissionDenied("You may not see this."),
    "conflict": InvalidTransition("This version is “draft”."),
    "blocked": Blocked([Finding("alt-missing", "Write an alt text.")]),
}


@login_not_required
def refuse(request: HttpRequest, how: str) -> HttpResponse:
    raise SAID[how]


@login_not_required
def tell_request_id(request: HttpRequest) -> HttpResponse:
    return HttpResponse(structlog.contextvars.get_contextvars()["request_id"])


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse("private")


def cached(request: HttpRequest) -> HttpResponse:
    return HttpResponse("picture", headers={"Cache-Control": "private, max-age=60"})


urlpatterns = [
    path("refuse/<how>/", refuse),
    path("request-id/", tell_request_id),
    path("private/", private),
    path("cached/", cached),
    path("", include("config.urls")),
]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def ada(db: None, client: Client) -> Client:
    client.force_login(factories.ada())
    return client


@pytest.mark.parametrize(("how", "status"), [("denied", 403), ("conflict", 409), ("blocked", 422)])
@pytest.mark.django_db
def test_a_refusal_has_its_status_and_its_words(client: Client, how: str, status: int) -> None:
    response = client.get(f"/refuse/{how}/")
    assert response.status_code == status
    assert str(SAID[how]).removesuffix(".") in response.content.decode()


@pytest.mark.parametrize(("how", "status"), [("denied", 403), ("conflict", 409), ("blocked", 422)])
@pytest.mark.django_db
def test_htmx_gets_the_refusal_as_a_fragment(client: Client, how: str, status: int) -> None:
    response = client.get(f"/refuse/{how}/", headers={"HX-Request": "true"})
    assert response.status_code == status
    assert str(SAID[how]).removesuffix(".") in response.content.decode()
    assert "<html" not in response.content.decode()
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#messages", "innerHTML")


@pytest.mark.parametrize(
    ("referer", "link"), [("http://testserver/library/", "http://testserver/library/"), ("https://evil.example/", "/")]
)
@pytest.mark.django_db
def test_a_refusal_links_back_to_where_one_was(client: Client, referer: str, link: str) -> None:
    page = client.get("/refuse/conflict/", headers={"Referer": referer}).content.decode()
    assert f'href="{link}">Reload' in page


def test_a_stranger_is_sent_to_the_door(client: Client) -> None:
    assert client.get("/private/")["Location"] == "/accounts/login/?next=/private/"


def test_pages_of_a_signed_in_person_stay_out_of_caches(ada: Client) -> None:
    assert ada.get("/private/")["Cache-Control"] == "private, no-store"


def test_a_view_may_say_how_long_its_answer_keeps(ada: Client) -> None:
    assert ada.get("/cached/")["Cache-Control"] == "private, max-age=60"


def test_a_request_id_is_made_bound_and_sent_back(client: Client) -> None:
    response = client.get("/request-id/")
    assert len(response["X-Request-ID"]) == 32
    assert response.content.decode() == response["X-Request-ID"]


@pytest.mark.parametrize(("given", "is_kept"), [("edge-4711-abc", True), ("short", False), ('x" injected: yes', False)])
def test_a_request_id_from_outside_is_kept_when_well_formed(client: Client, given: str, is_kept: bool) -> None:
    assert (client.get("/request-id/", headers={"X-Request-ID": given})["X-Request-ID"] == given) is is_kept


@pytest.mark.django_db(transaction=True)
def test_the_request_id_travels_with_the_work() -> None:
    seen: Queue[str] = Queue()

    @app.task(name="tests.tell")
    def tell() -> None:
        seen.put(structlog.contextvars.get_contextvars().get("request_id", ""))

    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="error"):
        with structlog.contextvars.bound_contextvars(request_id="edge-4711"):
            tell.delay()
        tell.delay()
        assert [seen.get(timeout=10), seen.get(timeout=10)] == ["edge-4711", ""]


def test_pages_carry_the_security_headers(client: Client, db: None) -> None:
    response = client.get("/accounts/login/")
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert response.status_code == 200
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


def test_nobody_signs_up_by_themselves(client: Client, db: None) -> None:
    form = {"username": "nora", "email": "nora@example.com", "password1": "a long enough password"}
    client.post("/accounts/signup/", form)
    assert not User.objects.filter(username="nora").exists()


@pytest.mark.parametrize("name", ["nora", "nora@example.com"])
def test_people_sign_in_by_name_or_address(client: Client, db: None, name: str) -> None:
    User.objects.create_user("nora", "nora@example.com", "a long enough password")
    response = client.post("/accounts/login/", {"login": name, "password": "a long enough password"})
    assert response.status_code == 302
    assert "_auth_user_id" in client.session


def test_guessing_a_password_is_stopped(client: Client, db: None) -> None:
    User.objects.create_user("nora", "nora@example.com", "a long enough password")
    for _ in range(12):
        client.post("/accounts/login/", {"login": "nora", "password": "wrong"})
    client.post("/accounts/login/", {"login": "nora", "password": "a long enough password"})
    assert "_auth_user_id" not in client.session


def test_the_admin_has_no_door_of_its_own(client: Client, db: None) -> None:
    assert client.get("/admin/login/?next=/admin/")["Location"].startswith("/accounts/login/?next=")


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/settings/", 403), ("/nowhere/", 404)])
def test_a_refusal_keeps_the_navigation_and_the_way_out(client: Client, path: str, status: int) -> None:
    client.force_login(factories.ada())
    answer = client.get(path)
    page = answer.content.decode()
    assert answer.status_code == status
    assert 'aria-label="Main"' in page
    assert 'href="/library/"' in page
    assert "Sign out" in page
    assert page.count("<h1>") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/nowhere/"])
def test_whoever_has_no_role_can_sign_out_and_is_sent_nowhere_else(client: Client, path: str) -> None:
    client.force_login(factories.nils())
    page = client.get(path).content.decode()
    assert "Sign out" in page
    assert 'class="button primary"' not in page.partition("<main")[2].partition("</main>")[0]
    assert client.post("/accounts/logout/").status_code == 302

"""What the portal needs may be away, or accept and never answer: it says so, soon, in the right format and words."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from assets.models import Version
from core import storage
from core.models import User
from core.postgresql import base
from tests.generation.scripted import png
from tests.portal import free_port
from tests.standins.silent import silent_server

SOON = 5
"""Seconds within which a busy machine gives an answer that is due within two; what hung took eight and more."""


@pytest.fixture
def silent() -> Iterator[int]:
    with silent_server() as port:
        yield port


@pytest.fixture
def browser(ada: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(ada)
    return client


def in_bucket_at(settings: Settings, port: int) -> None:
    options = {
        "bucket_name": "imprimatur",
        "endpoint_url": f"http://127.0.0.1:{port}",
        "region_name": "us-east-1",
        "access_key": "test",
        "secret_key": "test",
        "addressing_style": "path",
    }
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}


def upload(client: Client, **headers: str) -> Any:
    file = SimpleUploadedFile("kitchen.png", png("kitchen"), "image/png")
    return client.post("/library/upload/", {"pictures": file, "kind": "photograph"}, headers=headers)


# The store


@pytest.mark.parametrize("is_there", [True, False])
def test_a_bucket_that_does_not_answer_is_given_up_soon(settings: Settings, silent: int, is_there: bool) -> None:
    in_bucket_at(settings, silent if is_there else free_port())
    for step in (
        lambda: storage.put(b"x" * 10),
        lambda: storage.put(b"x" * 30_000_000),
        lambda: storage.read("0" * 64),
        lambda: storage.exists("0" * 64),
    ):
        began = time.monotonic()
        with pytest.raises(storage.Unavailable):
            step()
        assert time.monotonic() - began < SOON


@pytest.mark.django_db
def test_an_upload_to_a_silent_bucket_keeps_nothing_and_says_so_in_words(
    settings: Settings, silent: int, browser: Client
) -> None:
    in_bucket_at(settings, silent)
    answer = upload(browser)
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "The place where pictures are kept does not answer" in page
    assert "Nothing is lost" in page
    assert "send it again" in page
    assert not Version.objects.exists()


@pytest.mark.django_db
def test_an_upload_works_again_by_itself(settings: Settings, browser: Client, tmp_path: Path) -> None:
    in_bucket_at(settings, free_port())
    assert upload(browser).status_code == 503
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": folder}
    assert upload(browser).status_code == 302
    assert Version.objects.count() == 1


@pytest.mark.django_db
def test_htmx_gets_a_notice_that_leaves_the_form_alone(settings: Settings, browser: Client) -> None:
    in_bucket_at(settings, free_port())
    answer = upload(browser, **{"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (503, "#messages", "innerHTML")
    assert "<html" not in answer.content.decode()
    assert "does not answer" in answer.content.decode()


@pytest.mark.django_db
def test_a_full_disk_is_said_and_leaves_nothing_half(browser: Client, settings: Settings, tmp_path: Path) -> None:
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": folder}
    with mock.patch("os.fsync", side_effect=OSError(errno.ENOSPC, "No space left on device")):
        answer = upload(browser)
    assert answer.status_code == 507
    assert "run out of room" in answer.content.decode()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not Version.objects.exists()
    assert upload(browser).status_code == 302


# The database


def refused(*args: Any, **kwargs: Any) -> Any:
    raise OperationalError("connection refused")


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can ask the database anything."""
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", refused)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/library/", "/review/", "/accounts/login/?next=/"])
def test_without_a_database_a_page_says_so(browser: Client, no_database: None, path: str) -> None:
    answer = browser.get(path)
    page = answer.content.decode()
    if path.startswith("/accounts") and answer.status_code == 200:
        return
    assert answer.status_code == 503
    assert "database does not answer" in page
    assert "Traceback" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/images/", "/api/v1/events/"])
@pytest.mark.parametrize("with_cookie", [True, False])
def test_without_a_database_the_api_says_so_in_json(
    browser: Client, no_database: None, path: str, with_cookie: bool
) -> None:
    client = browser if with_cookie else Client(raise_request_exception=False)
    answer = client.get(path, headers={"Authorization": "Bearer imp_" + "a" * 40})
    if answer.status_code == 401:  # a key that cannot be one is refused without asking anybody
        return
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/json")
    assert answer.json()["error"]["code"] == "unavailable"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_whoever_watches_needs_no_session(browser: Client, no_database: None, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code in (200, 503)
    assert answer.json()["status"] == ("ok" if path == "/healthz" else "not ready")


@pytest.mark.django_db
def test_a_database_without_room_is_said(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("assets.library.intake.Version.objects.create", full)
    answer = upload(browser)
    assert answer.status_code == 507
    assert "run out of room" in answer.content.decode()


@pytest.mark.parametrize("is_there", [True, False])
def test_a_postgresql_that_does_not_answer_is_given_up_soon_and_not_asked_by_each_query(
    silent: int, is_there: bool
) -> None:
    server = ("127.0.0.1", silent if is_there else free_port())
    began = time.monotonic()
    with pytest.raises(OperationalError, match="does not answer"):
        base._greet(server)
    for _ in range(3):
        with pytest.raises(OperationalError, match="did not answer a moment ago"):
            base._greet(server)
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize(
    ("said", "server"),
    [
        ({"host": "db.example", "port": "6432"}, ("db.example", 6432)),
        ({"host": "db.example"}, ("db.example", 5432)),
        ({"host": "/var/run/postgresql"}, None),
        ({"host": "one,two", "port": "1,2"}, None),
        ({}, None),
    ],
)
def test_only_one_server_on_a_network_is_greeted(said: dict[str, Any], server: Any) -> None:
    assert base._server(said) == server


# Anything else


@pytest.mark.django_db
def test_another_fault_of_the_api_is_json_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("approvals.sites.callers.caller_with", None)
    answer = Client(raise_request_exception=False).get("/api/v1/images/", headers={"Authorization": "Bearer imp_x"})
    assert (answer.status_code, json.loads(answer.content)["error"]["code"]) == (500, "error")

"""What the portal remembers of how it runs: whether its worker lives, and which store belongs to its database."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from config import health
from config.celery import BEAT_SCHEDULE
from core import clock, dispatch, heartbeat, storage, store_mark
from core.models import Heartbeat, User
from core.tasks import note_clock
from generation.models import JobState
from tests.generation import factories
from tests.generation.scripted import SETTINGS

pytestmark = pytest.mark.django_db


def silence(*parts: str) -> None:
    """They stopped five minutes ago; without any, the worker did."""
    for part in parts or ("worker",):
        Heartbeat.objects.update_or_create(pk=part, defaults={"at": clock.now() - timedelta(minutes=5)})


# The worker


@pytest.mark.django_db(transaction=True)
def test_a_worker_beats_until_it_stops() -> None:
    over = threading.Event()
    thread = heartbeat.keep_beating(over)
    waited = threading.Event()
    assert any(Heartbeat.objects.exists() or waited.wait(0.05) for _ in range(200))
    over.set()
    thread.join(10)
    assert not thread.is_alive()
    assert not heartbeat.pulse().is_silent


@pytest.mark.django_db(transaction=True)
def test_a_stopped_worker_is_not_ready_and_comes_back_by_itself(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "latest", {})
    silence()
    said = client.get("/readyz").json()
    assert said["failing"] == ["worker"]
    assert said["words"]["worker"].startswith("The worker has not answered since")
    heartbeat.beat()
    assert client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
def test_a_stopped_clock_is_not_ready_and_waits_for_a_stopped_worker_to_be_told(
    client: Client, monkeypatch: pytest.MonkeyPatch, max_: User
) -> None:
    monkeypatch.setattr(health, "latest", {})
    silence("worker", "clock")
    assert client.get("/readyz").json()["failing"] == ["worker"]
    heartbeat.beat()
    said = client.get("/readyz").json()
    assert said["failing"] == ["clock"]
    assert said["words"]["clock"].startswith("What runs by the clock has not run since")
    client.force_login(max_)
    assert "What runs by the clock has not run since" in client.get("/").content.decode()
    assert BEAT_SCHEDULE[note_clock.name]["task"] == note_clock.name
    note_clock()
    assert client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["brief", "compare", "/make/history/", "/make/"])
def test_each_page_that_waits_says_that_the_worker_does_not_answer(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, ada: User, path: str
) -> None:
    monkeypatch.setattr(dispatch, "_publish", lambda *_: None)
    settings.IMAGE_PROVIDERS = SETTINGS
    job = factories.queued(ada)
    assert job.state == JobState.QUEUED
    client.force_login(ada)
    page = {"brief": job.brief.get_absolute_url(), "compare": f"{job.brief.get_absolute_url()}compare/"}.get(path, path)
    silence()
    assert "The worker has not answered since" in client.get(page).content.decode()
    heartbeat.beat()
    assert "The worker has not answered" not in client.get(page).content.decode()


def test_administrators_are_told_of_a_stopped_worker(client: Client, ada: User, max_: User) -> None:
    silence()
    for person, is_told in ((ada, False), (max_, True)):
        client.force_login(person)
        is_administrator = person.has_perm("core.view_user")
        assert is_administrator is is_told
        assert ("The worker has not answered since" in client.get("/").content.decode()) is is_told


# The store


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    options: dict[str, Any] = {"location": tmp_path / "media"}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return tmp_path / "media"


def test_the_first_start_marks_the_store_and_the_next_finds_it(folder: Path) -> None:
    store_mark.begin()
    mark = (folder / store_mark.NAME).read_bytes()
    assert len(mark) == 32
    store_mark.begin()
    assert (folder / store_mark.NAME).read_bytes() == mark


def test_an_empty_folder_where_the_pictures_should_be_is_refused_in_words(folder: Path) -> None:
    store_mark.begin()
    folder.rename(folder.with_name("unmounted"))
    for look in (store_mark.begin, store_mark.check):
        with pytest.raises(store_mark.WrongStore, match="does not hold the pictures of this database") as said:
            look()
        assert str(folder) in str(said.value)
    folder.with_name("unmounted").rename(folder)
    store_mark.check()


def test_the_store_of_another_portal_is_refused_until_somebody_adopts_it(folder: Path) -> None:
    store_mark.begin()
    (folder / store_mark.NAME).write_bytes(b"f" * 32)
    with pytest.raises(store_mark.WrongStore, match="another portal"):
        store_mark.check()
    call_command("adopt_store")
    store_mark.check()


def test_a_store_that_holds_a_mark_keeps_it_when_the_database_is_new(folder: Path) -> None:
    folder.mkdir()
    (folder / store_mark.NAME).write_bytes(b"a" * 32)
    store_mark.begin()
    assert (folder / store_mark.NAME).read_bytes() == b"a" * 32


@pytest.mark.django_db(transaction=True)
def test_a_portal_without_its_volume_is_not_ready(
    folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "latest", {})
    store_mark.begin()
    assert client.get("/readyz").status_code == 200
    (folder / store_mark.NAME).unlink()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["storage"])
    assert "does not hold the pictures" in answer.json()["words"]["storage"]
    assert [path.name for path in folder.iterdir()] == [], "looking leaves nothing behind"


def test_a_store_that_does_not_answer_is_not_called_wrong(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    store_mark.begin()

    def away(name: str) -> bytes:
        raise storage.Unavailable("No answer.")

    monkeypatch.setattr(storage, "named", away)
    with pytest.raises(storage.Unavailable):
        store_mark.check()

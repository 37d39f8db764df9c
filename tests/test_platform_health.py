"""`/healthz` asks nothing of anybody; `/readyz` says what is not ready, soon."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from celery import Celery
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config import health
from config.checks import made_later
from config.management.commands.up import refuse_foreign
from tests import machine

Checks = dict[str, Callable[[], bool]]


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Checks:
    """The checks, to be replaced one by one."""
    changed = dict(health.CHECKS)
    monkeypatch.setattr(health, "CHECKS", changed)
    monkeypatch.setattr(health, "latest", {})
    return changed


def test_alive_without_a_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db(transaction=True)
def test_ready_when_everything_works(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_what_fails_is_named_and_not_explained(client: Client, checks: Checks) -> None:
    def refuse() -> bool:
        raise ConnectionError("secret-host refused")

    checks["broker"] = refuse
    checks["migrations"] = lambda: False
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "failing": ["migrations", "broker"]}


@pytest.mark.django_db(transaction=True)
def test_a_part_that_never_answers_delays_nothing_and_is_not_piled_up(
    client: Client, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, release = [], threading.Event()

    def hang() -> bool:
        begun.append(time.monotonic())
        return release.wait(30)

    checks["storage"] = hang
    monkeypatch.setattr(health, "DEADLINE", 1)
    answers = [client.get("/readyz").json() for _ in range(2)]
    release.set()
    assert answers == [{"status": "not ready", "failing": ["storage"]}] * len(answers)
    assert time.monotonic() - begun[0] < 10
    assert len(begun) == 1


def test_a_broker_that_is_down_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "app", Celery(broker="redis://127.0.0.1:1/0"))
    assert health._passes("broker", health.broker) is False


@pytest.mark.redis
def test_a_redis_that_answers_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "app", Celery(broker=machine.redis_url()))
    assert health.broker() is True


@pytest.mark.django_db(transaction=True)
def test_an_older_release_on_a_newer_database_is_not_ready_and_does_not_start(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "latest", {})
    recorder = MigrationRecorder(connection)
    recorder.record_applied("assets", "0999_of_tomorrow")
    try:
        answer = client.get("/readyz")
        with pytest.raises(CommandError, match="changed by a newer release"):
            refuse_foreign()
        with pytest.raises(SystemCheckError, match="0999_of_tomorrow"):
            call_command("migrate", verbosity=0, skip_checks=False)
    finally:
        recorder.record_unapplied("assets", "0999_of_tomorrow")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["migrations"])
    assert "Start that release" in answer.json()["words"]["migrations"]


def test_a_migration_of_an_app_that_is_gone_is_nobodys_business(db: None) -> None:
    MigrationRecorder(connection).record_applied("gone", "0001_initial")
    assert made_later(connection) == ""


def test_health_takes_no_posts(client: Client) -> None:
    assert client.post("/healthz").status_code == 405

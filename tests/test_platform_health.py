"""`/healthz` asks nothing of anybody; `/readyz` says what is not ready, soon."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from celery import Celery
from django.test import Client

from config import health
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


def test_health_takes_no_posts(client: Client) -> None:
    assert client.post("/healthz").status_code == 405

"""A broker that is away, or accepts and never answers, is waited for once: the sweep does the rest."""

from __future__ import annotations

import time
from typing import Any

import celery
import pytest
from kombu.exceptions import OperationalError

from config.celery import app
from core import dispatch
from tests.standins.silent import silent_server


def test_after_the_first_failure_the_rest_is_left_to_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def away(task: str, **_: Any) -> None:
        asked.append(task)
        raise OperationalError("no answer")

    monkeypatch.setattr(celery.current_app, "send_task", away)
    for _ in range(36):
        dispatch._publish("generation.tasks.send_job", ("x",), 0.0)
    assert len(asked) == 1


def test_a_broker_that_is_back_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(celery.current_app, "send_task", lambda task, **_: told.append(task))
    monkeypatch.setattr(dispatch, "_left_alone_until", time.monotonic() - 1)
    dispatch._publish("generation.tasks.send_job", ("x",), 0.0)
    assert told == ["generation.tasks.send_job"]


@pytest.mark.parametrize("scheme", ["redis://127.0.0.1:{}/0", "amqp://guest:guest@127.0.0.1:{}//"])
def test_a_silent_broker_costs_a_request_little(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    with silent_server() as port:
        silent = celery.Celery(broker=scheme.format(port), set_as_current=False)
        options = {"socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 1}
        silent.conf.update(
            broker_transport_options=options if scheme.startswith("redis") else {},
            broker_connection_timeout=app.conf.broker_connection_timeout,
            task_publish_retry_policy=app.conf.task_publish_retry_policy,
        )
        monkeypatch.setattr(celery, "current_app", silent)
        began = time.monotonic()
        for _ in range(5):
            dispatch._publish("generation.tasks.send_job", ("x",), 0.0)
        assert time.monotonic() - began < 6

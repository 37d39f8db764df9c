"""The scripted providers, for the tests of generation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from core import dispatch
from tests.generation.scripted import SETTINGS, Scripted


@pytest.fixture(autouse=True)
def scripted(settings: Settings) -> Iterator[type[Scripted]]:
    """Only scripted providers, with nothing on their list."""
    settings.IMAGE_PROVIDERS = SETTINGS
    Scripted.will()
    yield Scripted
    Scripted.will()


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, float]]:
    """What workers were told to look at, instead of telling them: (task, job or nothing, seconds)."""
    told: list[tuple[str, str, float]] = []
    monkeypatch.setattr(
        dispatch, "_publish", lambda task, args, wait: told.append((task.rpartition(".")[2], "".join(args), wait))
    )
    return told

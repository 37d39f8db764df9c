"""Scripted providers, and nobody who is told to work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from core import dispatch
from tests.generation.scripted import SETTINGS, Scripted


@pytest.fixture(autouse=True)
def scripted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only scripted providers, with nothing on their list."""
    settings.IMAGE_PROVIDERS = SETTINGS
    monkeypatch.setattr(dispatch, "_publish", lambda *message: None)
    Scripted.will()
    yield
    Scripted.will()

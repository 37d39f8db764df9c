"""A ready version, a channel and a review, for the tests of approvals."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from approvals.models import Channel, Review
from assets.models import Version
from core.models import User
from tests.approvals import factories


@pytest.fixture(autouse=True)
def _decisions_take_effect_at_once(settings: Settings) -> None:
    settings.UNDO_SECONDS = 0


@pytest.fixture
def undo_window(settings: Settings) -> None:
    """Decisions can be undone for a minute."""
    settings.UNDO_SECONDS = 60


@pytest.fixture
def channel(db: None) -> Channel:
    return factories.channel()


@pytest.fixture
def ready(ada: User) -> Version:
    return factories.ready(ada)


@pytest.fixture
def review(ready: Version, channel: Channel) -> Review:
    return factories.review(ready, channel)

"""A ready version, a channel and a review, for the tests of approvals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker, Settings

from approvals.models import Channel, Review
from assets.models import Version
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library_factories
from tests.together import in_one_transaction


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


@pytest.fixture(scope="module")
def ready_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Version]:
    """A version that nothing is missing from, made once for a module. A test reads it again."""
    with in_one_transaction(django_db_blocker):
        yield factories.ready(library_factories.ada())


@pytest.fixture
def review(ready: Version, channel: Channel) -> Review:
    return factories.review(ready, channel)

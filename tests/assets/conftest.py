"""Versions, for the tests of the library."""

from __future__ import annotations

import pytest

from assets.models import Version
from core.models import User
from tests.assets import factories


@pytest.fixture
def version(ada: User) -> Version:
    return factories.VersionFactory.create(by=ada)


@pytest.fixture
def ready(ada: User) -> Version:
    return factories.ready_version(ada)

"""The cast, for the tests of the library."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from assets.models import Version
from tests.assets import factories


@pytest.fixture
def ada(db: None) -> User:
    return factories.ada()


@pytest.fixture
def rita(db: None) -> User:
    return factories.rita()


@pytest.fixture
def max_(db: None) -> User:
    return factories.max_()


@pytest.fixture
def nils(db: None) -> User:
    return factories.nils()


@pytest.fixture
def version(ada: User) -> Version:
    return factories.VersionFactory.create(by=ada)


@pytest.fixture
def ready(ada: User) -> Version:
    return factories.ready_version(ada)

"""A portal with one of everything, made once for all tests here; each of them works in a savepoint of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from config import health
from core import dispatch
from tests.boundaries.world import World, build
from tests.generation import scripted
from tests.together import in_one_transaction


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """What `build` makes, in a transaction that is rolled back in the end."""
    scripted_alone = in_one_transaction(django_db_blocker, IMAGE_PROVIDERS=scripted.SETTINGS)
    with pytest.MonkeyPatch.context() as patch, scripted_alone:
        patch.setattr(dispatch, "_publish", lambda *message: None)
        patch.setattr(health, "failing_checks", list)  # they look at a worker, which no test here has
        yield build()

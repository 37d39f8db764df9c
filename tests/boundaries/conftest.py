"""A portal with one of everything, made once for all tests here; each of them works in a savepoint of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from config import health
from core import dispatch
from tests.boundaries.world import World, build
from tests.generation import scripted


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """What `build` makes, in a transaction that is rolled back in the end."""
    providers = override_settings(IMAGE_PROVIDERS=scripted.SETTINGS, UNDO_SECONDS=0)
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, providers, transaction.atomic():
        patch.setattr(dispatch, "_publish", lambda *message: None)
        patch.setattr(health, "failing_checks", list)  # they look at a worker, which no test here has
        cache.clear()
        yield build()
        transaction.set_rollback(True)

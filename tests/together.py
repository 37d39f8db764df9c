"""What several tests start from, made once: each of them works in a savepoint of its own, and all of it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker


@contextmanager
def in_one_transaction(blocker: DjangoDbBlocker, **settings: Any) -> Iterator[None]:
    """For a fixture of a module or folder. Decisions take effect at once in it, and `settings` are as they are given.

    A test reads again what it changes: the rows are as they were for the next one, and objects in memory are not.
    """
    with blocker.unblock(), override_settings(UNDO_SECONDS=0, **settings), transaction.atomic():
        cache.clear()
        yield
        transaction.set_rollback(True)


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens inside is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)

"""What is looked at before a database is touched: whether a version whose tables cannot be carried over made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

OURS = {"assets", "generation", "approvals"}
"""The apps of the first version. It had no `core`: people were in Django's own table."""


def made_before(connection: BaseDatabaseWrapper) -> str:
    """What to do with a database from before 0.2.0; empty when it is empty or of today. Only reads."""
    recorder = MigrationRecorder(connection)
    apps = {app for app, _ in recorder.applied_migrations()} if recorder.has_table() else set()
    if not apps & OURS or "core" in apps:
        return ""
    if settings.DATABASE_URL:
        return (
            "The database in DATABASE_URL was made by a version before 0.2.0, which this one cannot carry over. "
            "Keep it, name an empty database, and start again. Nothing was changed."
        )
    var = settings.VAR_DIR
    return (
        f"{var} was made by a version before 0.2.0, which this one cannot carry over. Move it away "
        f"(mv {var} {var}-before-0.2) and start again. Nothing was changed."
    )


@register(Tags.database)
def check_age(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """`migrate` looks before it begins, however it is called."""
    words = [made_before(connections[name]) for name in databases or ()]
    return [Error(each, id="config.E001") for each in words if each]

"""What is looked at before a database is touched: whether a release made it that this one cannot go on from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
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


def made_later(connection: BaseDatabaseWrapper) -> str:
    """What to do with a database that a newer release has changed; empty when this one knows all of it. Only reads."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    known = {*loader.disk_migrations, *(old for each in loader.disk_migrations.values() for old in each.replaces)}
    unknown = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in loader.migrated_apps and (app, name) not in known
    )
    if not unknown:
        return ""
    return (
        f"The database was changed by a newer release, which this one does not know ({', '.join(unknown[:3])}). "
        "Start that release, or restore the backup from before it. Nothing was changed."
    )


@register(Tags.database)
def check_age(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """`migrate` looks before it begins, however it is called."""
    found = [connections[name] for name in databases or ()]
    old = [Error(words, id="config.E001") for each in found if (words := made_before(each))]
    return [*old, *(Error(words, id="config.E002") for each in found if (words := made_later(each)))]

"""`manage.py flush`: Django's own, which on SQLite must lift the guards of the tables it empties."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.flush import Command as Flush
from django.db import connections

from core import guards


class Command(Flush):
    """Empty the whole database, log included. PostgreSQL truncates, which the guards let pass; SQLite deletes."""

    def handle(self, **options: Any) -> None:
        using = options["database"]
        if connections[using].vendor != "sqlite":
            super().handle(**options)
            return
        installed = guards.installed(using)
        _run(using, [f'DROP TRIGGER "{name}"' for name in installed])
        try:
            super().handle(**options)
        finally:
            back = guards.installed(using)
            _run(using, [statement for name, statement in installed.items() if name not in back])


def _run(using: str, statements: list[str]) -> None:
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

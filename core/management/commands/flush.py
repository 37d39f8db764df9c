"""`manage.py flush`: Django's own, which must lift the guards of the tables it empties."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.flush import Command as Flush

from core import guards


class Command(Flush):
    """Empty the whole database, log included."""

    def handle(self, **options: Any) -> None:
        with guards.lifted(options["database"]):
            super().handle(**options)

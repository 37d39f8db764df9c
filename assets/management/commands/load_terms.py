"""`manage.py load_terms`: keep a snapshot of the terms in a TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assets.rights import terms


class Command(BaseCommand):
    help = "Keep a snapshot of each provider's terms in a TOML file. What is kept already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, default=terms.STARTER)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            added = terms.load_terms(path)
        except (OSError, tomllib.TOMLDecodeError, terms.BadTerms) as error:
            raise CommandError(f"The terms in {path.name} were not loaded. {error}") from error
        self.stdout.write(f"Terms: {len(added)} new.")

"""`manage.py load_models [file]`: add the models and limits that the portal knows of; rows that exist stay.

A file of one's own, written like generation/catalogue/data/models.toml, adds the models of an adapter from outside.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from generation.catalogue import loading
from generation.jobs import throttling


class Command(BaseCommand):
    help = "Add the models and the limits that come with the portal and are not there yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=loading.MODELS_FILE, help="Another TOML file.")

    def handle(self, *args: Any, **options: Any) -> None:
        models = loading.load_models(options["file"])
        self.stdout.write(f"{models} models added, and limits of {throttling.load_limits()} providers.")

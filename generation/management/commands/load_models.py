"""`manage.py load_models`: add the models that the portal knows of; rows that exist stay as they are."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from generation import catalogue


class Command(BaseCommand):
    help = "Add the models of generation/data/models.toml that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{catalogue.load_models()} models added.")

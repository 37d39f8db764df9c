"""`manage.py load_models`: add the models and limits that the portal knows of; rows that exist stay."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from generation import catalogue, turns


class Command(BaseCommand):
    help = "Add the models and the limits of generation/data that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{catalogue.load_models()} models added, and limits of {turns.load_limits()} providers.")

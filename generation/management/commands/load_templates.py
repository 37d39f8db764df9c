"""`manage.py load_templates`: add the starter templates; those that people have edited stay as they are."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from generation.prompt_templates import transfer


class Command(BaseCommand):
    help = "Add the templates of generation/prompt_templates/data/templates.toml that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{transfer.load()} templates added.")

"""Makes the channels of a TOML file that do not exist yet."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals.channels import loading
from approvals.channels.rules import BadRules


class Command(BaseCommand):
    help = "Make the channels of a TOML file that do not exist yet. Those that exist keep what people gave them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, default=loading.STARTER, help="The starter channels by default."
        )

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        try:
            made = loading.load(path)
        except (BadRules, OSError, ValueError, KeyError) as error:
            raise CommandError(f"Nothing was loaded from {path}: {error}") from error
        self.stdout.write(f"{len(made)} new channels: {', '.join(channel.slug for channel in made) or 'none'}.")

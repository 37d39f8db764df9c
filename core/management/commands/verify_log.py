"""`manage.py verify_log`: walk the whole log and say whether anything in it was changed, taken out or cut off."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import audit


class Command(BaseCommand):
    help = "Check the hash chain of the log. Prints its head; keep that elsewhere and give it back with --expect."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--expect", default="", metavar="COUNT:DIGEST", help="A head that an earlier run printed.")

    def handle(self, *args: Any, **options: Any) -> None:
        report = audit.verify(_head(options["expect"]))
        for problem in report.problems:
            self.stderr.write(problem)
        if not report.ok:
            raise CommandError("The log was tampered with. Compare it with a backup before trusting it.")
        self.stdout.write(f"The log is whole. Its head is {report.head}")


def _head(text: str) -> audit.Head | None:
    try:
        return audit.Head.parse(text) if text else None
    except ValueError as error:
        raise CommandError("--expect takes a head as this command prints it: COUNT:DIGEST.") from error

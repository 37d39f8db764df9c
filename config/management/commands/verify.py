"""`manage.py verify`: whether log, library, decisions, releases, sites, accounts and files are as they were written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from approvals.releases import verification as releases
from approvals.reviews import verification as reviews
from approvals.sites import verification as sites
from assets.library import verification as library
from core import audit, guards
from core.audit import outside
from core.people import verification as people
from generation.spending import ledger

Older = Counter[str]


class Command(BaseCommand):
    """Ends with 0 when all is whole. Else each problem is a sentence on stderr, the first bad one first."""

    help = "Check log, library, decisions, releases, sites, accounts and files. Prints the log's head."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--expect", default="", metavar="COUNT:DIGEST", help="A head that an earlier run printed.")
        parser.add_argument("--without-files", action="store_true", help="Do not read the stored files.")

    def handle(self, *args: Any, **options: Any) -> None:
        kept, unreadable = outside.heads()
        log, older = audit.verify(*_heads(options["expect"]), *kept), Older()
        first, count = "", 0
        for problem in chain(unreadable, _problems(log, older, with_files=not options["without_files"])):
            self.stderr.write(problem)
            first, count = first or problem, count + 1
        if count:
            said = "1 problem:" if count == 1 else f"{count} problems, of which the first is:"
            raise CommandError(f"Not as it was written: {said} {first} Compare with a backup before trusting it.")
        self.stdout.write(f"Everything is whole.{_said(older)} The head of the log is {log.head}")


def _heads(expect: str) -> list[audit.Head]:
    try:
        return [audit.Head.parse(expect)] if expect else []
    except ValueError as error:
        raise CommandError("--expect takes a head as this command prints it: COUNT:DIGEST.") from error


def _problems(log: audit.VerifyReport, older: Older, *, with_files: bool) -> Iterator[str]:
    """Each as it is found: first the log, which all the rest is held against."""
    yield from log.problems
    yield from (f"The guard {name} is not in place. Run manage.py migrate." for name in guards.missing())
    for walk in (library.walk, reviews.walk, releases.walk, sites.walk, people.walk):
        yield from walk(older)
    yield from ledger.differences()
    if with_files:
        yield from library.files()
        yield from releases.files()


def _said(older: Older) -> str:
    """What the log did not hold yet when it was written, and so could be checked in part only."""
    counted = ", ".join(f"{number} {name}" for name, number in older.items() if number)
    return f" Older than what is checked: {counted}." if counted else ""

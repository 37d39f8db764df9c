"""`manage.py verify_ledger`: whether every budget's figures are the sums of its ledger entries."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.models import LedgerEntry
from generation.spending import ledger


class Command(BaseCommand):
    help = "Add up the ledger and compare it with every budget."

    def handle(self, *args: Any, **options: Any) -> None:
        if problems := ledger.differences():
            raise CommandError("The ledger does not add up.\n" + "\n".join(problems))
        self.stdout.write(f"The ledger adds up: {LedgerEntry.objects.count()} entries.")

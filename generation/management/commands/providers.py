"""`manage.py providers`: what is set up, what answers, and which models end soon. Spends nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from generation import catalogue
from generation.providers.errors import ProviderError


class Command(BaseCommand):
    help = "Show the image providers that are set up, whether they answer, and their models."

    def handle(self, *args: Any, **options: Any) -> None:
        offers = catalogue.offers()
        for key, maker in catalogue.providers().items():
            try:
                answer = maker.check()
            except ProviderError as error:
                answer = f"Does not answer: {error}"
            self.stdout.write(f"{key} ({maker.label}): {answer}")
            for offer in (offer for offer in offers if offer.row.provider == key):
                end = f", ends on {offer.row.ends_on}" if offer.row.ends_on else ""
                self.stdout.write(f"    {offer.row.model_id}: {offer.row.name}{end}")

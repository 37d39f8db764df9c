"""`manage.py providers`: what is set up, what rests, what ends soon. With --test also what answers. Spends nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from generation.catalogue import offers, registry
from generation.catalogue.offers import Offer
from generation.models import ProviderState
from generation.providers.base import Provider
from generation.providers.errors import ProviderError


class Command(BaseCommand):
    help = "Show the image providers that are set up, their limits, and their models with what ends soon."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--test", action="store_true", help="Ask each one whether it answers. Costs nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        offered, states = offers.offers(), ProviderState.objects.in_bulk()
        silent = []
        for key, provider in registry.providers().items():
            self.stdout.write(self.style.MIGRATE_HEADING(f"{provider.label} ({key})"))
            for words in _standing(states.get(key)):
                self.stdout.write(f"  {words}")
            if options["test"] and not self._answers(provider):
                silent.append(key)
            for offer in offered:
                if offer.row.provider == key:
                    self.stdout.write(f"    {offer.row.model_id}: {offer.row.name}{_end(offer)}")
        if silent:
            raise CommandError(f"Not answering: {', '.join(silent)}. Their keys and addresses are in the environment.")

    def _answers(self, provider: Provider) -> bool:
        try:
            self.stdout.write(self.style.SUCCESS(f"  {provider.check()}"))
        except ProviderError as error:
            self.stdout.write(self.style.ERROR(f"  Does not answer: {error}"))
            return False
        return True


def _standing(state: ProviderState | None) -> list[str]:
    """Its limits and its rest, in sentences."""
    if state is None:
        return []
    known = ((state.at_once, "at once"), (state.per_minute, "a minute"))
    limits = [f"{number} {words}" for number, words in known if number]
    words = [f"At most {', '.join(limits)}."] if limits else []
    if state.open_until is not None:
        words.append(f"Paused until {clock.written(state.open_until, '')}: {state.reason}")
    return words


def _end(offer: Offer) -> str:
    end: date | None = offer.row.ends_on
    if end is None:
        return ""
    follows = f"; use {offers.successor_name(offer.row)} instead" if offer.row.successor else ""
    when = f"ended on {clock.written(end)}" if offer.ended else f"ends on {clock.written(end)}"
    return f", {'SOON: ' * offer.ends_soon}{when}{follows}"

"""The models on offer today: what each is, until when, and what follows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from assets.models import DigitalSource
from core import clock
from core.errors import Blocked, Finding
from generation.catalogue import model_specs
from generation.catalogue.model_specs import BadFacts
from generation.catalogue.registry import provider
from generation.models import GenerationModel, ProviderState
from generation.providers.base import ModelSpec, Provider

ENDING_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Offer:
    """One model as it is offered today."""

    row: GenerationModel
    provider: Provider
    resting: str = ""
    """Why its provider is not asked for the moment."""

    @property
    def ends_soon(self) -> bool:
        """Whether it ends within thirty days."""
        end = self.row.ends_on
        return end is not None and not self.ended and end - clock.today() <= ENDING_SOON

    @property
    def ended(self) -> bool:
        """Whether its last day is over."""
        return has_ended(self.row)


def offers() -> list[Offer]:
    """The models people may choose from today, of providers that are set up, in the order of the settings."""
    resting = resting_reasons()
    rows = GenerationModel.objects.filter(offered=True, provider__in=settings.IMAGE_PROVIDERS)
    order = list(settings.IMAGE_PROVIDERS)
    found = [Offer(row, provider(row.provider), resting.get(row.provider, "")) for row in rows]
    return sorted(found, key=lambda offer: (order.index(offer.row.provider), offer.row.pk))


def resting_reasons() -> dict[str, str]:
    """Providers that are not asked at the moment, and why."""
    states = ProviderState.objects.filter(open_until__gt=clock.instant())
    return dict(states.values_list("provider", "reason"))


def has_ended(row: GenerationModel, today: date | None = None) -> bool:
    """Whether calls to the model fail by now."""
    return row.ends_on is not None and row.ends_on <= (today or clock.today())


def check_offered(row: GenerationModel) -> None:
    """Raise Blocked when a model cannot be sent to: not any more, with its successor in the words, or not as it is."""
    if row.provider not in settings.IMAGE_PROVIDERS:
        raise Blocked([_gone(f"{row.name} cannot be used: its provider is not set up here.")])
    if has_ended(row):
        instead = f" Choose {successor_name(row)} instead." if row.successor else " Choose another model."
        raise Blocked([_gone(f"{row.name} ended on {clock.written(row.ends_on)}.{instead}")])
    if not row.offered:
        raise Blocked([_gone(f"{row.name} is no longer offered. Choose another model.")])
    try:
        model_spec(row)
    except BadFacts as error:
        raise Blocked([Finding("model_unreadable", f"{error} Choose another model.", field="models")]) from error


def successor_name(row: GenerationModel) -> str:
    """The name of the model that follows."""
    following = GenerationModel.objects.filter(provider=row.provider, model_id=row.successor).first()
    return following.name if following else row.successor


def model_spec(row: GenerationModel) -> ModelSpec:
    """What the provider needs to know about a model."""
    return model_specs.read(row.model_id, row.name, row.facts, row.successor)


def digital_source(row: GenerationModel) -> str:
    """The IPTC digital source type of what the model makes."""
    return str(row.facts.get("digital_source", DigitalSource.GENERATED))


def _gone(words: str) -> Finding:
    return Finding("model_gone", words, field="models")

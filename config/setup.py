"""How this portal is set up, in words for the Settings page: providers, models, and what it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from generation import catalogue
from generation.models import GenerationModel, Job, JobState, ProviderState
from generation.turns import AT_THE_PROVIDER

NEEDS = {
    "openai": ("OpenAI Images", "OPENAI_API_KEY"),
    "bfl": ("Black Forest Labs", "BFL_API_KEY"),
    "openai-responses": ("OpenAI Responses", "OPENAI_RESPONSES"),
    "stability": ("Stability AI", "STABILITY_API_KEY"),
    "gemini": ("Google Gemini", "GEMINI_API_KEY"),
    "replicate": ("Replicate", "REPLICATE_API_TOKEN"),
    "bedrock": ("Amazon Bedrock", "BEDROCK_REGION"),
    "a1111": ("AUTOMATIC1111 / Forge", "A1111_URL"),
    "comfyui": ("ComfyUI", "COMFYUI_URL"),
    "compatible": ("OpenAI-compatible server", "COMPATIBLE_BASE_URL"),
}
"""Providers that appear once this variable is set; a key may also be in a file that the variable with _FILE names."""

QUEUES = {
    "filesystem": "Embedded, in a folder",
    "redis": "Redis",
    "rediss": "Redis",
    "amqp": "RabbitMQ",
    "amqps": "RabbitMQ",
}


@dataclass(frozen=True, slots=True)
class Jobs:
    """How many jobs a provider has had, and has."""

    all: int = 0
    under_way: int = 0
    queued: int = 0

    @property
    def now(self) -> str:
        """What it has of ours at the moment, in words."""
        parts = ((self.under_way, "under way"), (self.queued, "queued"))
        return ", ".join(f"{number} {words}" for number, words in parts if number)


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One provider as the Settings page shows it."""

    key: str
    label: str
    is_set_up: bool
    jobs: Jobs = Jobs()
    state: ProviderState | None = None
    by_hand: bool = False
    needs: str = ""

    @property
    def is_resting(self) -> bool:
        """Whether it is left alone, or waits for one request to find out how things stand."""
        return self.state is not None and self.state.resting_until is not None

    @property
    def limits(self) -> str:
        """How hard it is driven, in words."""
        at_once, per_minute = (self.state.at_once, self.state.per_minute) if self.state else (None, None)
        parts = (f"{at_once} at once" * bool(at_once), f"{per_minute} a minute" * bool(per_minute))
        return ", ".join(part for part in parts if part) or "none"

    @property
    def is_due(self) -> bool:
        """Whether its rest is over and the next job decides."""
        until = self.state.resting_until if self.state else None
        return until is not None and until <= timezone.now()


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model with whatever is due about it."""

    row: GenerationModel
    provider: str
    has_ended: bool
    ends_soon: bool
    successor: str


def providers() -> list[ProviderRow]:
    """Those that are set up, then those that only lack a key."""
    jobs = _jobs_by_provider()
    states = ProviderState.objects.in_bulk()
    ready = [
        ProviderRow(
            key,
            provider.label,
            True,
            jobs.get(key, Jobs()),
            state=states.get(key),
            by_hand=provider.capabilities.by_hand,
        )
        for key, provider in catalogue.providers().items()
    ]
    lacking = [
        ProviderRow(key, label, False, needs=variable)
        for key, (label, variable) in NEEDS.items()
        if key not in settings.IMAGE_PROVIDERS
    ]
    return ready + lacking


def models() -> list[ModelRow]:
    """Every model the portal knows, those of providers that are set up first."""
    rows = list(GenerationModel.objects.all())
    names = {(row.provider, row.model_id): row.name for row in rows}
    rows.sort(key=lambda row: (row.provider not in settings.IMAGE_PROVIDERS, row.provider, row.pk))
    soon = timezone.localdate() + catalogue.ENDING_SOON
    return [
        ModelRow(
            row,
            catalogue.label(row.provider),
            has_ended=catalogue.has_ended(row),
            ends_soon=row.ends_on is not None and row.ends_on <= soon,
            successor=names.get((row.provider, row.successor), row.successor),
        )
        for row in rows
    ]


def parts() -> list[tuple[str, str]]:
    """What the portal stands on, without addresses or keys."""
    queue = urlsplit(settings.BROKER_URL).scheme
    return [
        ("Database", connection.display_name),
        ("Files", "A bucket over S3" if settings.STORAGE == "s3" else "A folder on this machine"),
        ("Queue", QUEUES.get(queue, queue)),
        ("Undo", f"A decision can be taken back for {settings.UNDO_SECONDS} seconds"),
    ]


def _jobs_by_provider() -> dict[str, Jobs]:
    under_way = Count("id", filter=Q(state__in=AT_THE_PROVIDER))
    queued = Count("id", filter=Q(state=JobState.QUEUED))
    jobs = Job.objects.order_by().values_list("model__provider")
    counted = jobs.annotate(all=Count("id"), under_way=under_way, queued=queued)
    return {provider: Jobs(*counts) for provider, *counts in counted}

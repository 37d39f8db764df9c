"""How this portal is set up, in words for the Settings page: providers, models, and what it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q

from approvals.channels import signing
from core import clock
from core.audit import outside
from generation.catalogue import offers, registry
from generation.jobs.forms import LimitsForm
from generation.jobs.throttling import AT_THE_PROVIDER
from generation.models import GenerationModel, Job, JobState, ProviderState
from generation.providers.base import Provider
from generation.providers.directory import adapters, needs_of
from generation.providers.options import Setting, settings_of

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
class ModelRow:
    """One model with whatever is due about it."""

    row: GenerationModel
    has_ended: bool
    ends_soon: bool
    successor: str

    @property
    def is_due(self) -> bool:
        """Whether it wants somebody: people can still choose it, and its end has come or is near."""
        return self.row.offered and (self.has_ended or self.ends_soon)


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One provider as the Settings page shows it, with its models."""

    key: str
    label: str
    is_set_up: bool
    models: tuple[ModelRow, ...] = ()
    jobs: Jobs = Jobs()
    state: ProviderState | None = None
    limits_form: LimitsForm | None = None
    """Missing where people run the provider themselves."""
    needs: tuple[Setting, ...] = ()
    """The variables that set it up; a key may also be in a file that the variable with _FILE names."""
    further: tuple[Setting, ...] = ()
    """Variables that may be set besides."""

    @property
    def is_resting(self) -> bool:
        """Whether it is left alone, or waits for one request to find out how things stand."""
        return self.state is not None and self.state.open_until is not None

    @property
    def limits(self) -> str:
        """How hard it is driven, in words."""
        at_once, per_minute = (self.state.at_once, self.state.per_minute) if self.state else (None, None)
        parts = (f"{at_once} at once" * bool(at_once), f"{per_minute} a minute" * bool(per_minute))
        return ", ".join(part for part in parts if part) or "none"

    @property
    def is_due(self) -> bool:
        """Whether its rest is over and the next job decides."""
        until = self.state.open_until if self.state else None
        return until is not None and until <= clock.instant()

    @property
    def due_models(self) -> list[ModelRow]:
        """Those that somebody should do something about."""
        return [model for model in self.models if model.is_due]

    @property
    def ends(self) -> str:
        """What is known about the ends of its models, in words."""
        coming = [model.row.ends_on for model in self.models if model.row.ends_on and not model.has_ended]
        ended = sum(model.has_ended for model in self.models)
        next_one = f"the next ends on {clock.written(min(coming))}" if coming else "no end dates"
        return f"{ended} ended, {next_one}" if ended else next_one

    @property
    def needs_attention(self) -> bool:
        return self.is_set_up and (self.is_resting or bool(self.due_models))


@dataclass(frozen=True, slots=True)
class Providers:
    """Every provider, what needs somebody first."""

    set_up: tuple[ProviderRow, ...]
    lacking: tuple[ProviderRow, ...]

    @property
    def needing_attention(self) -> list[ProviderRow]:
        return [row for row in self.set_up if row.needs_attention]

    @property
    def due_models(self) -> list[ModelRow]:
        return [model for row in self.set_up for model in row.due_models]

    @property
    def worries(self) -> int:
        """How many lines it takes to name what needs somebody."""
        return len(self.due_models) + sum(row.is_resting for row in self.set_up)


def providers(wrong: tuple[str, LimitsForm] | None = None) -> Providers:
    """Those that are set up and those that only lack a key. `wrong` is a provider and the form it refused."""
    jobs, models = _jobs_by_provider(), _models_by_provider()
    states = ProviderState.objects.in_bulk()
    forms = dict([wrong] if wrong else [])
    set_up = [
        ProviderRow(
            key,
            provider.label,
            True,
            tuple(models.pop(key, ())),
            jobs.get(key, Jobs()),
            states.get(key),
            None if provider.capabilities.by_hand else forms.get(key) or LimitsForm.of(key, states.get(key)),
        )
        for key, provider in registry.providers().items()
    ]
    absent = [kind for kind in adapters() if kind.key not in settings.IMAGE_PROVIDERS]
    lacking = [_lacking(kind, tuple(models.pop(kind.key, ()))) for kind in absent]
    unknown = [ProviderRow(key, key, False, tuple(rows)) for key, rows in models.items()]
    return Providers(tuple(sorted(set_up, key=lambda row: not row.needs_attention)), tuple(lacking + unknown))


def _lacking(kind: type[Provider], models: tuple[ModelRow, ...]) -> ProviderRow:
    """An adapter of ours that is not set up, with the variables that it declares."""
    declared = settings_of(kind.Options)
    further = tuple(each for each in declared if not each.needed)
    return ProviderRow(kind.key, kind.label, False, models, needs=needs_of(kind), further=further)


def _models_by_provider() -> dict[str, list[ModelRow]]:
    """Every model the portal knows, what is due first."""
    rows = list(GenerationModel.objects.all())
    names = {(row.provider, row.model_id): row.name for row in rows}
    soon = clock.today() + offers.ENDING_SOON
    found: dict[str, list[ModelRow]] = {}
    for row in rows:
        has_ended = offers.has_ended(row)
        ends_soon = row.ends_on is not None and not has_ended and row.ends_on <= soon
        successor = names.get((row.provider, row.successor), row.successor)
        found.setdefault(row.provider, []).append(ModelRow(row, has_ended, ends_soon, successor))
    for models in found.values():
        models.sort(key=lambda model: (not model.is_due, not model.ends_soon, model.has_ended, model.row.pk))
    return found


def parts() -> list[tuple[str, str]]:
    """What the portal stands on, without addresses or keys."""
    queue = urlsplit(settings.BROKER_URL).scheme
    return [
        ("Database", connection.display_name),
        ("Files", "A bucket over S3" if settings.STORAGE == "s3" else "A folder on this machine"),
        ("Queue", QUEUES.get(queue, queue)),
        ("Head of the log", _head_outside()),
        ("Delivered files", signing.in_words(signing.facts())),
        ("Undo", f"A decision can be undone for {settings.UNDO_SECONDS} seconds"),
    ]


def _head_outside() -> str:
    """Where the end of the log is kept, and since when, without the address."""
    place, last = outside.place(), outside.exported_at()
    if place is None:
        return "Not kept outside the database; LOG_HEAD_TO says where"
    return f"Kept in {place.name}, last on {clock.written(last)}" if last else f"To be kept in {place.name}; not yet"


def _jobs_by_provider() -> dict[str, Jobs]:
    under_way = Count("id", filter=Q(state__in=AT_THE_PROVIDER))
    queued = Count("id", filter=Q(state=JobState.QUEUED))
    jobs = Job.objects.order_by().values_list("model__provider")
    counted = jobs.annotate(all=Count("id"), under_way=under_way, queued=queued)
    return {provider: Jobs(*counts) for provider, *counts in counted}

"""What can be chosen: providers from the settings, models from their rows. The only place that knows provider names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from assets.models import DigitalSource
from core.errors import Blocked, Finding
from generation import facts, prompts, references
from generation.facts import BadFacts
from generation.models import Brief, BriefReference, GenerationModel, Job, ProviderState
from generation.providers.base import ImageSpec, ModelFacts, Provider, Quote
from generation.providers.handoff import HandOff
from generation.providers.http import Client

ENDING_SOON = timedelta(days=30)
REMEMBERED = timedelta(days=29)
"""How long providers that remember their answers keep them; one keeps them for 30 days."""
MODELS_FILE = Path(__file__).parent / "data" / "models.toml"

OPTION_WORDS = {
    "seed": "the seed",
    "negative": "the words for what must not appear",
    "references": "the reference pictures",
    "mask": "the mask",
    "count": "several pictures at once",
    "size": "the exact size",
    "ratio": "the shape (the nearest it has is used)",
}
"""What a person calls the options that a provider may be unable to carry."""


class NotConfigured(LookupError):
    """No provider of this key is set up here."""


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
        return end is not None and not self.ended and end - timezone.localdate() <= ENDING_SOON

    @property
    def ended(self) -> bool:
        """Whether its last day is over."""
        return has_ended(self.row)


def providers() -> dict[str, Provider]:
    """Every provider that is set up, by key."""
    return {key: provider(key) for key in settings.IMAGE_PROVIDERS}


def provider(key: str) -> Provider:
    """The provider of this key. Raises NotConfigured."""
    entry = settings.IMAGE_PROVIDERS.get(key)
    if entry is None:
        raise NotConfigured(f"The provider “{key}” is not set up here. An administrator can add it to IMAGE_PROVIDERS.")
    return _made(key, entry["adapter"], tuple(sorted(entry.get("options", {}).items())))


def label(key: str) -> str:
    """The provider's name, also for one that is no longer set up."""
    try:
        return provider(key).label
    except NotConfigured:
        return key


def is_by_hand(key: str) -> bool:
    """Whether people run this provider themselves and bring its pictures."""
    return key in settings.IMAGE_PROVIDERS and provider(key).capabilities.by_hand


def is_cancellable(key: str) -> bool:
    """Whether this provider can be asked to stop what it has begun."""
    return key in settings.IMAGE_PROVIDERS and provider(key).capabilities.cancellable


def hand_off(key: str) -> HandOff | None:
    """The provider of this key, where people run it themselves."""
    made = provider(key) if key in settings.IMAGE_PROVIDERS else None
    return made if isinstance(made, HandOff) else None


def offers() -> list[Offer]:
    """The models people may choose from today, of providers that are set up, in the order of the settings."""
    resting = resting_reasons()
    rows = GenerationModel.objects.filter(offered=True, provider__in=settings.IMAGE_PROVIDERS)
    order = list(settings.IMAGE_PROVIDERS)
    found = [Offer(row, provider(row.provider), resting.get(row.provider, "")) for row in rows]
    return sorted(found, key=lambda offer: (order.index(offer.row.provider), offer.row.pk))


def resting_reasons() -> dict[str, str]:
    """Providers that are not asked at the moment, and why."""
    states = ProviderState.objects.filter(resting_until__gt=timezone.now())
    return dict(states.values_list("provider", "reason"))


def has_ended(row: GenerationModel, today: date | None = None) -> bool:
    """Whether calls to the model fail by now."""
    return row.ends_on is not None and row.ends_on <= (today or timezone.localdate())


def check_offered(row: GenerationModel) -> None:
    """Raise Blocked when a model cannot be sent to: not any more, with its successor in the words, or not as it is."""
    if row.provider not in settings.IMAGE_PROVIDERS:
        raise Blocked([_gone(f"{row.name} cannot be used: its provider is not set up here.")])
    if has_ended(row):
        instead = f" Choose {successor_name(row)} instead." if row.successor else " Choose another model."
        raise Blocked([_gone(f"{row.name} ended on {row.ends_on:%-d %B %Y}.{instead}")])
    if not row.offered:
        raise Blocked([_gone(f"{row.name} is not offered any more. Choose another model.")])
    try:
        model_facts(row)
    except BadFacts as error:
        raise Blocked([Finding("model_unreadable", f"{error} Choose another model.", field="models")]) from error


def successor_name(row: GenerationModel) -> str:
    """The name of the model that follows."""
    following = GenerationModel.objects.filter(provider=row.provider, model_id=row.successor).first()
    return following.name if following else row.successor


def model_facts(row: GenerationModel) -> ModelFacts:
    """What the provider needs to know about a model."""
    return facts.read(row.model_id, row.name, row.facts, row.successor)


def spec_for(
    brief: Brief, row: GenerationModel, *, count: int = 0, offset: int = 0, sent: Iterable[BriefReference] = ()
) -> ImageSpec:
    """The wish that a brief is to one model. `offset` pictures went before, so that a seed is not used twice.

    Of the pictures that are `sent` along it holds the number and not the bytes; `references.with_bytes` adds them.
    """
    fields = prompts.parse_fields(brief.revision.fields) if brief.revision else ()
    rows = list(sent)
    pictures, mask = references.outline(rows)
    return ImageSpec(
        prompt=brief.prompt,
        model=model_facts(row),
        ratio=brief.ratio,
        count=count or brief.count,
        quality=brief.quality,  # type: ignore[arg-type]  # ImageSpec checks it
        seed=None if brief.seed is None else brief.seed + offset,
        negative=brief.negative,
        references=pictures,
        mask=mask,
        extra=_going_on(rows, row),
        hints={name: words for name, words in prompts.said(fields, brief.values).items() if words},
    )


def spec_of(job: Job) -> ImageSpec:
    """The wish that a job sends: its brief, without what the asker agreed to drop."""
    sent = job.brief.references.all()
    spec = spec_for(job.brief, job.model, count=job.count, offset=job.offset, sent=sent)
    return replace(without(spec, job.dropped), callback_url=callback_url(job))


def callback_url(job: Job) -> str:
    """Where the provider may say that the job is over; nothing unless it can reach us safely and prove itself."""
    key = job.model.provider
    if not settings.HAS_TLS or key not in settings.IMAGE_PROVIDERS or not provider(key).calls_back:
        return ""
    return f"{settings.SITE_URL}{reverse('generation:callback', args=(key, job.pk))}"


def without(spec: ImageSpec, dropped: list[str]) -> ImageSpec:
    """The wish without options that are not carried."""
    lost: dict[str, Any] = {"seed": None, "negative": "", "references": (), "mask": None, "size": None}
    changes = {name: lost[name] for name in dropped if name in lost}
    if "references" in changes:  # a mask belongs to a picture
        changes |= {"mask": None, "extra": {}}
    return replace(spec, **changes)


def _going_on(sent: Iterable[BriefReference], row: GenerationModel) -> Mapping[str, str]:
    """What tells a provider that this goes on from its own answer, where it remembers its answers."""
    first = next((each.output for each in sent if each.output), None)
    if first is None or first.job.model.provider != row.provider or not first.job.request_id:
        return {}
    finished = first.job.finished_at
    if finished is None or finished < timezone.now() - REMEMBERED:
        return {}
    return provider(row.provider).going_on(first.job.request_id)


def calls_for(spec: ImageSpec, maker: Provider) -> list[tuple[int, int]]:
    """How a wish for several pictures is shared out over requests: (pictures, those before) of each."""
    each = max(1, spec.model.max_n) if maker.capabilities.several and "several" not in spec.model.lacks else 1
    return [(min(each, spec.count - start), start) for start in range(0, spec.count, each)]


def lost_options(spec: ImageSpec, maker: Provider) -> list[str]:
    """Options of the wish that would be lost on the way; several pictures never are, since requests are shared out."""
    return [name for name in maker.unsupported(spec) if name != "count"]


def lacking(spec: ImageSpec) -> str:
    """Why a model that only edits can do nothing with a wish; nothing when it can."""
    if "references" in spec.model.needs and not spec.references:
        return "It only changes pictures. Choose Edit at the picture that it should change."
    if "mask" in spec.model.needs and spec.mask is None:
        return "It changes a part of a picture. Choose Edit at the picture, and paint over that part."
    return ""


def quote(spec: ImageSpec, maker: Provider) -> Quote:
    """The price of a whole wish."""
    parts = [maker.quote(replace(spec, count=count)) for count, _ in calls_for(spec, maker)]
    return Quote(sum((part.amount for part in parts[1:]), parts[0].amount), parts[0].basis)


def digital_source(row: GenerationModel) -> str:
    """The IPTC digital source type of what the model makes."""
    return str(row.facts.get("digital_source", DigitalSource.GENERATED))


def load_models(path: Path = MODELS_FILE) -> int:
    """Add the models of the file that are not there yet; rows that exist stay as people left them. How many are new."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
    known = set(GenerationModel.objects.values_list("provider", "model_id"))
    rows = [_row(entry) for entry in entries if (entry["provider"], entry["model_id"]) not in known]
    for row in rows:
        model_facts(row)  # a mistake in the file is found now and not when somebody sends
    GenerationModel.objects.bulk_create(rows)
    return len(rows)


def _row(entry: Mapping[str, Any]) -> GenerationModel:
    plain = {field.name for field in GenerationModel._meta.concrete_fields}
    return GenerationModel(
        **{key: value for key, value in entry.items() if key in plain and key != "facts"},
        facts=entry.get("facts") or {key: value for key, value in entry.items() if key not in plain},
    )


@lru_cache(maxsize=64)
def _made(key: str, adapter: str, options: tuple[tuple[str, Any], ...]) -> Provider:
    kind: type[Provider] = import_string(adapter)
    client = Client(allow_loopback=settings.ALLOW_LOOPBACK_PROVIDERS)
    return kind(dict(options), client)


def _gone(words: str) -> Finding:
    return Finding("model_gone", words, field="models")

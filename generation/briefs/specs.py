"""The wish that a brief is to one model, and what of it that model cannot carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core import clock
from generation.briefs import references
from generation.catalogue.offers import model_spec
from generation.catalogue.registry import provider
from generation.models import Brief, BriefKind, BriefReference, GenerationModel
from generation.prompt_templates import photographs, prompts
from generation.providers.base import ImageSpec, Provider

REMEMBERED = timedelta(days=29)
"""How long providers that remember their answers keep them; one keeps them for 30 days."""


OPTION_WORDS = {
    "seed": "the seed",
    "negative": "the words to exclude",
    "references": "the reference pictures",
    "mask": "the mask",
    "count": "several pictures at once",
    "size": "the exact size",
    "ratio": "the shape (the nearest it has is used)",
}
"""What a person calls the options that a provider may be unable to carry."""


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
        model=model_spec(row),
        ratio=brief.ratio,
        count=count or brief.count,
        quality=brief.quality,  # type: ignore[arg-type]  # ImageSpec checks it
        seed=None if brief.seed is None else brief.seed + offset,
        negative=brief.negative,
        references=pictures,
        mask=mask,
        edits=brief.kind == BriefKind.EDIT,
        extra={**brief.extra.get(row.slot, {}), **_going_on(rows, row)},
        hints={name: words for name, words in prompts.said(fields, brief.values).items() if words},
    )


def without(spec: ImageSpec, dropped: list[str], row: GenerationModel) -> ImageSpec:
    """The wish to a model without options that are not carried."""
    lost: dict[str, Any] = {"seed": None, "negative": "", "references": (), "mask": None, "size": None}
    changes = {name: lost[name] for name in dropped if name in lost}
    if "references" in changes:  # a mask belongs to a picture
        extra = provider(row.provider).without_pictures(spec.extra) if spec.extra else {}
        changes |= {"mask": None, "extra": extra}
    return replace(spec, **changes)


def _going_on(sent: Iterable[BriefReference], row: GenerationModel) -> Mapping[str, str]:
    """What tells a provider that this goes on from its own answer, where it remembers its answers."""
    first = next((each.output for each in sent if each.output and not photographs.is_looked_at(each.slot)), None)
    if first is None or first.job.model.provider != row.provider or not first.job.request_id:
        return {}
    finished = first.job.finished_at
    if finished is None or finished < clock.instant() - REMEMBERED:
        return {}
    return provider(row.provider).going_on(first.job.request_id)


def lost_options(spec: ImageSpec, provider: Provider) -> list[str]:
    """Options of the wish that would be lost on the way; several pictures never are, since requests are shared out."""
    return [name for name in provider.unsupported(spec) if name != "count"]


def lacking(spec: ImageSpec) -> str:
    """Why a model that only edits can do nothing with a wish; nothing when it can."""
    if "references" in spec.model.needs and not spec.references:
        return "It only changes pictures. Choose Edit at the picture that it should change."
    if len(spec.references) < spec.model.min_references:
        return f"It needs {spec.model.min_references} pictures that go along: one to change, then one in the style."
    if "mask" in spec.model.needs and spec.mask is None:
        return "It changes a part of a picture. Choose Edit at the picture, and paint over that part."
    return ""

"""Pictures as they come from a provider or a person: looked at, stored unchanged, and noted as outputs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import Error as DBError

from assets.imaging import inspection, rendering
from assets.imaging.refusals import Busy, Fault
from core import storage
from core.models import User
from generation.jobs import previews
from generation.models import Job, Output
from generation.providers.base import ImageSpec, Picture, Provider
from generation.providers.errors import ProviderError
from generation.providers.models import ratio_of

SHAPE_TOLERANCE = 0.02
PAUSES = (1.0, 5.0)
"""Seconds before a picture is looked at again that the portal failed on."""

FLAGS = {
    "flat": "One color only: many services send an empty frame instead of saying no.",
    "shape": "Not in the shape that was asked for.",
    "camera": "The file says that a camera took it. If it is a photograph, say so under Disclosure once it is kept.",
    "moving": "A moving picture; save one frame as PNG or JPEG to keep it.",
}
"""What looks wrong with an output → the words for it."""

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """One picture that is stored and known, or the words for why it is not one."""

    facts: inspection.ImageInfo | None
    problem: str = ""
    seed: str = ""
    flags: tuple[str, ...] = ()
    found: Mapping[str, Any] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
    """What its output says of smaller copies, where there are some yet."""
    look: rendering.Look | None = None
    """Brings them otherwise."""
    unshown: str = ""
    """SHA-256 of bytes that cannot be shown."""


def receive(sent: Iterable[Picture], spec: ImageSpec, provider: Provider) -> list[Received]:
    """Store the bytes of each picture as they are, then look at it. Call it outside any transaction.

    They are paid for, so they are kept even where they cannot be shown. `keep_previews` comes after their rows.
    """
    return [_receive(picture, spec, provider) for picture in sent]


def look_at(brought: Iterable[Picture], spec: ImageSpec, provider: Provider) -> list[Received]:
    """Look at pictures that a person brings, and store those of them that can be shown. Raises Unreadable."""
    looked = [(picture, rendering.see(picture.data, *previews.WANTED)) for picture in brought]
    for picture, _ in looked:
        storage.put(picture.data)
    return [_received(picture, spec, provider, seen, copies=previews.put(seen.copies)) for picture, seen in looked]


def add_outputs(
    job: Job, received: Iterable[Received], *, brought_by: User | None = None, told: Mapping[str, str] | None = None
) -> list[Output]:
    """Note stored pictures as outputs of the job, in the caller's transaction; with what whoever brought them said."""
    start = job.outputs.count()
    good = [(each, each.facts) for each in received if each.facts is not None]
    return Output.objects.bulk_create(
        Output(
            job=job,
            index=start + number,
            sha256=facts.sha256,
            **each.copies,
            media_type=facts.media_type,
            width=facts.width,
            height=facts.height,
            size=facts.size,
            seed=each.seed,
            flags=list(each.flags),
            found=dict(each.found),
            brought_by=brought_by,
            told=told,
        )
        for number, (each, facts) in enumerate(good)
    )


def keep_previews(job: Job, received: Iterable[Received]) -> None:
    """Store the smaller copies once the job has its outputs. One that fails is left to whoever first asks for it."""
    for each in received:
        if each.facts is None or each.look is None:
            continue
        rows = Output.objects.filter(job=job, sha256=each.facts.sha256)
        try:
            rows.update(**previews.put(each.look.copies))
        except (inspection.Unreadable, storage.Unavailable, DBError):
            logger.warning("output.no_preview_yet", job=str(job.pk), exc_info=True)


def _receive(picture: Picture, spec: ImageSpec, provider: Provider) -> Received:
    sha256 = storage.put(picture.data)
    try:
        look, seen = _look(picture.data)
    except inspection.Unreadable as problem:
        words = f"What came cannot be shown. {problem} Its {len(picture.data):,} bytes are kept."
        return Received(None, words, _seed(picture), unshown=sha256)
    return _received(picture, spec, provider, seen, look=look)


def _look(data: bytes) -> tuple[rendering.Look, rendering.Seen]:
    """What is seen in a picture. Where the portal itself failed it looks again, since what was paid for may be good."""
    for pause in PAUSES:
        look = rendering.Look(data, *previews.WANTED)
        try:
            return look, look.seen
        except (Busy, Fault):
            time.sleep(pause)
    look = rendering.Look(data, *previews.WANTED)
    return look, look.seen


def _received(picture: Picture, spec: ImageSpec, provider: Provider, seen: rendering.Seen, **copies: Any) -> Received:
    """A picture that is stored and was looked at."""
    flags = tuple(_flags(seen.facts, spec, provider, seen.found))
    trailing = {"trailing_bytes": seen.facts.trailing} if seen.facts.trailing else {}
    return Received(seen.facts, "", _seed(picture), flags, {**seen.found, **trailing}, **copies)


def seen_before(output: Output) -> rendering.Seen:
    """What was seen when the output came, so that nobody need look again. Raises FileNotFoundError, CorruptFile."""
    names = ("sha256", "media_type", "width", "height", "size")
    facts = inspection.ImageInfo(
        **{name: getattr(output, name) for name in names},
        flat="flat" in output.flags,
        animated="moving" in output.flags,
    )
    kept = {spec.name: _copy(output, spec) for spec in previews.WANTED if getattr(output, previews.FIELDS[spec.name])}
    return rendering.Seen(facts, kept, dict(output.found))


def _copy(output: Output, spec: rendering.Spec) -> rendering.Rendered:
    sha256 = previews.of(output, spec)
    width, height = rendering.fitted(output.width, output.height, spec)
    return rendering.Rendered(storage.read(sha256), sha256, spec.media_type, width, height)


def _seed(picture: Picture) -> str:
    return "" if picture.seed is None else str(picture.seed)


def _flags(facts: inspection.ImageInfo, spec: ImageSpec, provider: Provider, found: Mapping[str, Any]) -> Iterable[str]:
    if facts.flat:
        yield "flat"
    if facts.animated:
        yield "moving"
    wanted = float(ratio_of(spec.ratio))
    if not _keeps_shape(spec, provider) and abs(facts.width / facts.height / wanted - 1) > SHAPE_TOLERANCE:
        yield "shape"
    if "camera" in found:
        yield "camera"


def _keeps_shape(spec: ImageSpec, provider: Provider) -> bool:
    """Whether the picture that goes along decides the shape; so it is where the adapter no longer takes the wish."""
    try:
        return spec.mask is not None or bool(spec.model.needs) or provider.size(spec) is None
    except ProviderError:
        return True

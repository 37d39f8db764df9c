"""Pictures as they come from a provider or a person: looked at, stored unchanged, and noted as outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.imaging import inspection, rendering
from core import storage
from core.models import User
from generation.models import Job, Output
from generation.providers.base import ImageSpec, Picture
from generation.providers.models import ratio_of

SHAPE_TOLERANCE = 0.02

FLAGS = {
    "flat": "One color only: many services send an empty frame instead of saying no.",
    "shape": "Not in the shape that was asked for.",
    "camera": "The file says that a camera took it. If it is a photograph, say so under Disclosure once it is kept.",
    "moving": "A moving picture; save one frame as PNG or JPEG to keep it.",
}
"""What looks wrong with an output → the words for it."""


@dataclass(frozen=True, slots=True)
class Received:
    """One picture that is stored and known, or the words for why it is not one."""

    facts: inspection.ImageInfo | None
    problem: str = ""
    seed: str = ""
    flags: tuple[str, ...] = ()
    found: Mapping[str, Any] = field(default_factory=dict)
    preview: str = ""
    """SHA-256 of the smaller copy for pages."""


def receive(sent: Iterable[Picture], spec: ImageSpec) -> list[Received]:
    """Look at each picture and store its bytes as they are. Call it outside any transaction."""
    return [_receive(picture, spec) for picture in sent]


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
            preview_sha256=each.preview,
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


def _receive(picture: Picture, spec: ImageSpec) -> Received:
    seed = "" if picture.seed is None else str(picture.seed)
    try:
        seen = rendering.see(picture.data, rendering.SPECS["preview"])
    except inspection.Unreadable as problem:
        return Received(None, f"What came is not a usable picture: {problem}", seed)
    storage.put(picture.data)
    preview = storage.put(seen.copy.data)
    return Received(seen.facts, "", seed, tuple(_flags(seen.facts, spec, seen.found)), seen.found, preview)


def _flags(facts: inspection.ImageInfo, spec: ImageSpec, found: Mapping[str, Any]) -> Iterable[str]:
    if facts.flat:
        yield "flat"
    if facts.animated:
        yield "moving"
    wanted = float(ratio_of(spec.ratio))
    is_edit = spec.mask is not None or bool(spec.model.needs)  # it keeps the shape of its picture
    if not is_edit and abs(facts.width / facts.height / wanted - 1) > SHAPE_TOLERANCE:
        yield "shape"
    if "camera" in found:
        yield "camera"

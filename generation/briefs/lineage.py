"""Where pictures come from: what a refined picture was made of, and the family of a brief as a tree."""

from __future__ import annotations

from dataclasses import dataclass

from assets.models import DigitalSource, Version
from generation.briefs.references import PHOTOGRAPHS, Source
from generation.catalogue import offers, registry
from generation.models import BriefKind, BriefReference, Job, Output, Role

CHANGING = (BriefKind.EDIT, BriefKind.VARY)
"""Kinds whose result shows the picture that went along, changed; a mere reference is only looked at."""


@dataclass(frozen=True, slots=True)
class Descent:
    """What a picture was made from, as far as the library knows it, and what that makes of it."""

    digital_source: str
    parent: Version | None = None
    original: Version | None = None
    """The photograph behind it, whose unaltered state has to be shown beside it."""


def descent(output: Output) -> Descent:
    """What keeping an output must say about its origin. A photograph stays behind it through any number of edits."""
    made, source = offers.digital_source(output.job.model), changed_picture(output.job)
    if source is None:
        return Descent(made)
    version = source.version or (source.output and source.output.version)
    if version:
        return _from_version(version, made)
    before = descent(source.output) if source.output else Descent(made)
    altered_before = before.digital_source in (DigitalSource.COMPOSITE, DigitalSource.UNKNOWN)
    return Descent(before.digital_source if altered_before else made, before.parent, before.original)


def digital_source_of(source: Source) -> str:
    """How a picture came to be, as far as is known: that of a version, or what an output would be kept as."""
    if source.version:
        return DigitalSource.COMPOSITE if source.version.is_altered else source.version.digital_source
    return descent(source.output).digital_source if source.output else DigitalSource.UNKNOWN


def changed_picture(job: Job) -> BriefReference | None:
    """The picture that a job changed. What people do by hand counts as made from it, even if we could not send it."""
    if job.brief.kind not in CHANGING:
        return None
    if "references" in job.dropped and not registry.is_by_hand(job.model.provider):
        return None
    related = ("version__original", "output__version__original", "output__job__model", "output__job__brief")
    return job.brief.references.filter(role=Role.REFERENCE).select_related(*related).first()


def _from_version(version: Version, made: str) -> Descent:
    if version.digital_source in PHOTOGRAPHS and not version.is_altered:
        return Descent(DigitalSource.COMPOSITE, version, version)
    if version.is_altered:
        return Descent(DigitalSource.COMPOSITE, version, version.original)
    if version.digital_source == DigitalSource.UNKNOWN:  # it may be a photograph: a person must say
        return Descent(DigitalSource.UNKNOWN, version)
    return Descent(made, version)

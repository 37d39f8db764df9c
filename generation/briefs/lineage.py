"""Where pictures come from: what a refined picture was made of, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q

from assets.models import DigitalSource, Listing, Part, Version
from assets.models.version import PHOTOGRAPHS
from assets.versions import contributors
from assets.versions.contributors import LASTING, Hands, united
from core.models import User
from generation.briefs.references import Source
from generation.catalogue import offers, registry
from generation.models import Brief, BriefKind, Job, Output, Role

CHANGING = (BriefKind.EDIT, BriefKind.VARY)
"""Kinds whose result shows the picture that went along, changed; a mere reference is only looked at."""

STRICT: dict[str, int] = {DigitalSource.COMPOSITE: 0, DigitalSource.UNKNOWN: 1}
"""What no further change undoes, the strictest first."""

PROMPT = ("prompt", "negative", "extra")


@dataclass(frozen=True, slots=True)
class Descent:
    """What a picture was made from, as far as the library knows it, and what that makes of it."""

    digital_source: str
    parent: Version | None = None
    original: Version | None = None
    """The photograph behind it, whose unaltered state has to be shown beside it."""


def descent(output: Output) -> Descent:
    """What keeping an output must say about its origin. A photograph stays behind it through any number of edits."""
    return descent_from(changed_pictures(output.job), made=offers.digital_source(output.job.model))


def descent_from(sources: Iterable[Source], *, made: str = DigitalSource.GENERATED) -> Descent:
    """What comes of changing these pictures: the strictest that any of them asks for, through all edits."""
    changed = [source for source in sources if not source.is_looked_at]
    return min((_through(source, made) for source in _behind(changed)), key=_leniency, default=Descent(made))


def changed_pictures(job: Job) -> list[Source]:
    """The pictures that a job changed. What people do by hand counts as made from them, even if we could not send."""
    if job.brief.kind not in CHANGING:
        return []
    if "references" in job.dropped and not registry.is_by_hand(job.model.provider):
        return []
    related = ("version__original", "output__version__original", "output__job__model", "output__job__brief__asked_by")
    rows = job.brief.references.filter(role=Role.REFERENCE).select_related(*related, "output__brought_by")
    found = [Source(output=row.output, version=row.version, slot=row.slot) for row in rows]
    return [source for source in found if not source.is_looked_at]


def hands(output: Output, *, kept_by: User) -> Hands:
    """Who did what for an output that somebody keeps, with whoever had a hand in the pictures that it was made from."""
    behind = map(_lasting, _behind(changed_pictures(output.job)))
    return united([_done(output), *behind, {Part.MADE: [kept_by]}])


def taken_over(brief: Brief, *, title: str, listing: Listing | None, kept_by: User) -> Hands:
    """Who gave a new asset this title and listing: whoever wrote them into its brief, or changed them in keeping it."""
    named = writers(brief, "title") if title == brief.title else {kept_by}
    if listing != brief.listing:
        return {Part.NAMED: named, Part.PLACED: {kept_by}}
    placed = _written(brief, "listing_id") if listing else iter(())
    return {Part.NAMED: named, Part.PLACED: [each.asked_by for each in islice(placed, 1)]}


def writers(brief: Brief, *fields: str) -> set[User]:
    """Who wrote these fields of a brief; its prompt, unless others are named. Changed text is of both."""
    return {each.asked_by for each in _written(brief, *(fields or PROMPT))}


def _written(brief: Brief, *fields: str) -> Iterator[Brief]:
    """The briefs that said these fields otherwise than the one before them; the first of a line always did.

    Other words for a picture that was only looked at begin a line of their own.
    """
    line = {each.pk: each for each in _line(brief)}
    current: Brief | None = brief
    while current is not None:
        before = line.get(current.parent_id) if current.parent_id else None
        is_new = before is None or any(getattr(before, name) != getattr(current, name) for name in fields)
        if is_new:
            yield current
        current = None if is_new and current.kind == BriefKind.REFERENCE else before


def _line(brief: Brief) -> Iterable[Brief]:
    """The briefs that this one may go back to, in one query."""
    if brief.parent_id is None:
        return ()
    return Brief.objects.filter(Q(pk=brief.root_id) | Q(root=brief.root_id)).select_related("asked_by")


def _behind(sources: Iterable[Source]) -> Iterator[Source]:
    """These pictures and, through those that were not kept, all that they were made from; each of them once."""
    seen: set[str] = set()
    waiting = list(sources)
    while waiting:
        source = waiting.pop(0)
        if source.key not in seen:
            seen.add(source.key)
            yield source
            waiting[:0] = changed_pictures(source.output.job) if source.output and not _kept_as(source) else []


def kept_behind(sources: Iterable[Source]) -> list[Version]:
    """The versions of the library that these pictures are, or were made from through pictures that were not kept."""
    return [version for source in _behind(sources) if (version := _kept_as(source))]


def _kept_as(source: Source) -> Version | None:
    return source.version or (source.output.version if source.output else None)


def _lasting(source: Source) -> Hands:
    """Whose work in a picture is in what was made from it, whether it was kept or not."""
    if version := _kept_as(source):
        return contributors.done(version, *LASTING)
    return _done(source.output) if source.output else {}


def _done(output: Output) -> Hands:
    """Who asked for a picture, wrote its prompt or brought it."""
    job, brief = output.job, output.job.brief
    return {
        Part.PROMPT: writers(brief),
        Part.ASKED: {brief.asked_by, *([job.sent_again_by] if job.sent_again_by else [])},
        Part.BROUGHT: {output.brought_by} if output.brought_by else set(),
    }


def _through(source: Source, made: str) -> Descent:
    if version := _kept_as(source):
        return _from_version(version, made)
    own = offers.digital_source(source.output.job.model) if source.output else made
    return Descent(own if own in STRICT else made)


def _leniency(found: Descent) -> tuple[int, bool]:
    """Of two that are as strict, the one that is in the library tells more."""
    return STRICT.get(found.digital_source, len(STRICT)), found.parent is None


def _from_version(version: Version, made: str) -> Descent:
    if version.digital_source in PHOTOGRAPHS and not version.is_altered:
        return Descent(DigitalSource.COMPOSITE, version, version)
    if version.is_altered:
        return Descent(DigitalSource.COMPOSITE, version, version.original)
    if version.digital_source == DigitalSource.UNKNOWN:  # it may be a photograph: a person must say
        return Descent(DigitalSource.UNKNOWN, version)
    return Descent(made, version)

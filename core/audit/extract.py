"""An extract of the log for whoever checks it elsewhere: entries about some objects, and where they stand in the chain.

An entry is given whole, with all of its objects, since its digest is of all of them. Of those between it and the head
only the digests are given: what they say is about something else, and nobody else's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import models

from core.audit import chain
from core.audit.chain import Head
from core.models import LogEntry, LogSubject
from core.sets import batches


@dataclass(frozen=True, slots=True)
class Extract:
    """Entries as plain values, oldest first; numbers and digests from the one before the first of them to the head."""

    entries: list[Mapping[str, Any]]
    links: list[tuple[int, str]]
    head: Head


def extract(objects: Iterable[models.Model]) -> Extract:
    """All that the log says of these objects. What is added meanwhile comes behind its head, and is not in it."""
    head = chain.head()
    last = LogEntry.objects.filter(digest=head.digest).values_list("pk", flat=True).first() or 0
    wanted = sorted(key for key in _entries_about(objects) if key <= last)
    if not wanted:
        return Extract([], [], head)
    numbers, links = dict[int, int](), list[tuple[int, str]]()
    before = LogEntry.objects.filter(pk__lt=wanted[0])
    known = [*before.order_by("-pk").values_list("pk", "digest")[:1]]
    rest = LogEntry.objects.filter(pk__gte=wanted[0], pk__lte=last).order_by("pk").values_list("pk", "digest")
    for number, (key, digest) in enumerate([*known, *rest.iterator()], before.count() + 1 - len(known)):
        numbers[key] = number
        links.append((number, digest))
    return Extract([each for batch in batches(wanted, 100) for each in _written(batch, numbers)], links, head)


def _entries_about(objects: Iterable[models.Model]) -> set[int]:
    keys: dict[str, list[str]] = {}
    for each in objects:
        keys.setdefault(each._meta.label_lower, []).append(str(each.pk))
    return {
        entry
        for kind, named in keys.items()
        for batch in batches(named)
        for entry in LogSubject.objects.filter(type=kind, key__in=batch).values_list("entry", flat=True)
    }


def _written(keys: list[int], numbers: Mapping[int, int]) -> Iterator[Mapping[str, Any]]:
    subjects: dict[int, list[LogSubject]] = {}
    for subject in LogSubject.objects.filter(entry__in=keys).order_by("entry", "position"):
        subjects.setdefault(subject.entry_id, []).append(subject)
    for entry in LogEntry.objects.filter(pk__in=keys).order_by("pk"):
        yield {
            "number": numbers[entry.pk],
            "format": entry.format,
            "at": entry.at.astimezone(UTC).isoformat(),
            "actor": entry.actor_id,
            "actor_name": entry.actor_name,
            "action": entry.action,
            "words": entry.words,
            "data": entry.data,
            "previous": entry.previous,
            "digest": entry.digest,
            "subjects": [_subject(each) for each in subjects.get(entry.pk, ())],
        }


def _subject(subject: LogSubject) -> Mapping[str, Any]:
    names = ("position", "type", "key", "before", "after")
    return {name: getattr(subject, name) for name in names}

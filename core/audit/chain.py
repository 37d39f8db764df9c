"""The chain: every entry carries the hash of the one before, so that a changed or missing entry shows.

The head row knows how many entries there are, so a cut tail shows too. Somebody who rewrites the entries and the head
together is found only by a head that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby, islice
from math import inf
from operator import attrgetter
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from core.models import LogEntry, LogHead, LogSubject

START = "0" * 64
_AT_ONCE = 500
"""Rows in memory, of the entries and of their subjects; one entry may be about ten thousand objects."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many entries there are, and the digest of the last."""

    count: int
    digest: str

    def __str__(self) -> str:
        return f"{self.count}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what `str` wrote. Raises ValueError."""
        count, _, digest = text.partition(":")
        return cls(int(count), digest)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What checking the whole log found. `problems` are sentences."""

    head: Head
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def head() -> Head:
    """The end of the log as the head row has it."""
    kept = LogHead.objects.filter(pk=1).first()
    return Head(kept.count, kept.digest) if kept else Head(0, START)


def verify(*expected: Head) -> VerifyReport:
    """Walk the whole chain and say what does not fit. `expected` are heads that were kept outside the database."""
    problems: list[str] = []
    previous, count, began = START, 0, head()
    awaited = {each for each in (*expected, began) if each.count}
    for entry, subjects in _entries():
        count += 1
        problems += _problems_of(entry, subjects, previous)
        previous = entry.digest
        awaited.discard(Head(count, previous))
    if began in awaited or not began.count <= count <= head().count:
        problems.append(f"The log should end after {began.count} entries at {began.digest[:12]}…, but has {count}.")
    for missing in sorted(awaited - {began}, key=lambda each: each.count):
        problems.append(f"The log does not contain the expected head {missing}.")
    return VerifyReport(Head(count, previous), tuple(problems))


def digest_of(entry: LogEntry, subjects: Iterable[LogSubject]) -> str:
    """SHA-256 of everything an entry says, in its format, and of the digest before it."""
    digest = hashlib.sha256()
    for part in _FORMATS[entry.format](entry, subjects):
        text = json.dumps(part, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _one_subject(entry: LogEntry, subjects: Iterable[LogSubject]) -> Iterator[Any]:
    """Format 1: an entry was about one object, and held no values."""
    about = [(subject.type, subject.key) for subject in islice(subjects, 2)]
    kind, key = about[0] if len(about) == 1 else ("", "")
    yield [*_start(entry), entry.action, kind, key, entry.words, entry.data]


def _many_subjects(entry: LogEntry, subjects: Iterable[LogSubject]) -> Iterator[Any]:
    """Format 2: any number of objects in their order, each with what it was and became."""
    yield [entry.format, *_start(entry), entry.action, entry.words, entry.data]
    for subject in subjects:
        yield [subject.position, subject.type, subject.key, subject.before, subject.after]


def _start(entry: LogEntry) -> list[Any]:
    return [entry.previous, entry.at.astimezone(UTC).isoformat(), entry.actor_id, entry.actor_name]


_FORMATS = {1: _one_subject, 2: _many_subjects}


def _entries() -> Iterator[tuple[LogEntry, Iterable[LogSubject]]]:
    """Each entry with its subjects, which come as they are read, and only until the next entry is asked for.

    JSON comes as its text: what is nested too deep for Python would end the walk before there is a row to name.
    """
    texts = {f"{name}_text": Cast(name, TextField()) for name in ("before", "after")}
    subjects = LogSubject.objects.defer("before", "after").annotate(**texts).order_by("entry_id", "position")
    groups = groupby(subjects.iterator(chunk_size=_AT_ONCE), attrgetter("entry_id"))
    owner: float = -inf
    group: Iterator[LogSubject] = iter(())
    entries = LogEntry.objects.defer("data").annotate(data_text=Cast("data", TextField())).order_by("id")
    for entry in entries.iterator(chunk_size=_AT_ONCE):
        # The subjects are first asked for here, after the entries: whoever adds meanwhile writes both at once, so that
        # an entry that was seen has all of its own. What belongs to no entry that was seen is passed over.
        while owner < entry.pk:
            owner, group = next(groups, (inf, iter(())))
        yield entry, map(_subject_read, group if owner == entry.pk else ())


def _subject_read(subject: Any) -> LogSubject:
    subject.before, subject.after = json.loads(subject.before_text), json.loads(subject.after_text)
    return subject  # type: ignore[no-any-return] # annotated with the texts


def _entry_read(entry: Any) -> LogEntry:
    entry.data = json.loads(entry.data_text)
    return entry  # type: ignore[no-any-return] # annotated with the text


def _problems_of(entry: LogEntry, subjects: Iterable[LogSubject], previous: str) -> list[str]:
    problems = []
    if entry.previous != previous:
        problems.append(f"Entry {entry.pk} does not follow the one before it: something was taken out or put in.")
    if not _is_whole(entry, subjects):
        problems.append(f"Entry {entry.pk} ({entry.action}) was changed after it was written.")
    return problems


def _is_whole(entry: LogEntry, subjects: Iterable[LogSubject]) -> bool:
    try:
        return entry.format in _FORMATS and entry.digest == digest_of(_entry_read(entry), subjects)
    except (RecursionError, TypeError, ValueError):
        return False

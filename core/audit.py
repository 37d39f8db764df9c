"""The log: who did what to which object, in words, in one chain of hashes.

Every entry carries the hash of the one before, so a changed or missing entry breaks the chain; the head row knows
how many there are, so a cut tail shows too. Somebody who rewrites the entries and the head together is found only by a
head that was kept elsewhere: `verify_log` prints it, and takes it back as `--expect`.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from core import clock
from core.models import LogEntry, LogHead, User

NOBODY = "the portal"
START = "0" * 64
_NUL = re.compile("\x00")


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


def record(actor: User | None, action: str, subject: models.Model, words: str, **data: Any) -> LogEntry:
    """Add one entry about `subject`. Call it last in the transaction of the change: it locks the end of the log.

    Raises RuntimeError outside a transaction, where a change could be kept without its trace.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("The log is written in the transaction of the change it tells of.")
    head = _locked_head()
    entry = LogEntry(
        at=clock.instant(),
        actor=actor,
        actor_name=_name_of(actor),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        words=_NUL.sub("", words),
        data=_plain(data),
        previous=head.digest,
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    LogHead.objects.filter(pk=head.pk).update(count=head.count + 1, digest=entry.digest)
    return entry


def history(*subjects: models.Model) -> models.QuerySet[LogEntry]:
    """What happened to these objects, newest first."""
    about = models.Q(pk__in=())
    for subject in subjects:
        about |= models.Q(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    return LogEntry.objects.filter(about).select_related("actor").order_by("-id")


def verify(expect: Head | None = None) -> VerifyReport:
    """Walk the whole chain and say what does not fit. `expect` is a head that was kept outside the database."""
    problems: list[str] = []
    previous, count, passed = START, 0, expect is None or expect.count == 0
    for entry in LogEntry.objects.order_by("id").iterator(chunk_size=500):
        count += 1
        problems += _problems_of(entry, previous)
        previous = entry.digest
        passed = passed or expect == Head(count, previous)
    head = LogHead.objects.filter(pk=1).first()
    kept = Head(head.count, head.digest) if head else Head(0, START)
    if kept != Head(count, previous):
        problems.append(f"The log should end after {kept.count} entries at {kept.digest[:12]}…, but has {count}.")
    if not passed:
        problems.append(f"The log does not contain the expected head {expect}.")
    return VerifyReport(Head(count, previous), tuple(problems))


def digest_of(entry: LogEntry) -> str:
    """SHA-256 of everything an entry says and of the digest before it."""
    said = [
        entry.previous,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.subject_type,
        entry.subject_id,
        entry.words,
        entry.data,
    ]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _problems_of(entry: LogEntry, previous: str) -> list[str]:
    problems = []
    if entry.previous != previous:
        problems.append(f"Entry {entry.pk} does not follow the one before it: something was taken out or put in.")
    if entry.digest != digest_of(entry):
        problems.append(f"Entry {entry.pk} ({entry.action}) was changed after it was written.")
    return problems


def _locked_head() -> LogHead:
    LogHead.objects.get_or_create(pk=1)
    return LogHead.objects.select_for_update().get(pk=1)


def _name_of(actor: User | None) -> str:
    return str(actor) if actor else NOBODY


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """The data as it will come back: plain JSON without floats, which PostgreSQL writes in its own way."""
    clean: dict[str, Any] = json.loads(json.dumps(data, cls=DjangoJSONEncoder), parse_float=str)
    cleaned = _without_nul(clean)
    return cleaned if isinstance(cleaned, dict) else {}


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return _NUL.sub("", value)
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    return value

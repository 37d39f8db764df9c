"""Adding to the log, and reading what happened to an object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from core import clock
from core.audit import chain
from core.audit.changes import Change
from core.models import LogEntry, LogHead, LogSubject, User

NOBODY = "the portal"
Subjects = models.Model | Change[Any] | Iterable[models.Model | Change[Any]]
_NUL = re.compile("\x00")
_AT_ONCE = 1000


def record(
    actor: User | None,
    action: str,
    about: Subjects,
    words: str,
    **data: Any,
) -> LogEntry:
    """Add one entry about an object or a set of them. Call it last in the transaction: it locks the end of the log.

    A `Change` among them holds what was there before and after. Raises RuntimeError outside a transaction, where a
    change could be kept without its trace, and ValueError for an entry about nothing.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("The log is written in the transaction of the change it tells of.")
    subjects = [_subject(each, position) for position, each in enumerate(_changes(about))]
    if not subjects:
        raise ValueError("a log entry is about something")
    head = _locked_head()
    entry = LogEntry(
        at=clock.instant(),
        actor=actor,
        actor_name=_name_of(actor),
        action=action,
        words=_NUL.sub("", words),
        data=plain(data),
        previous=head.digest,
    )
    entry.digest = chain.digest_of(entry, subjects)
    entry.save(force_insert=True)
    for subject in subjects:
        subject.entry = entry
    LogSubject.objects.bulk_create(subjects, batch_size=_AT_ONCE)
    LogHead.objects.filter(pk=head.pk).update(count=head.count + 1, digest=entry.digest)
    return entry


def history(*subjects: models.Model) -> models.QuerySet[LogEntry]:
    """What happened to these objects, newest first."""
    about = models.Q(pk__in=())
    for subject in subjects:
        about |= models.Q(type=subject._meta.label_lower, key=str(subject.pk))
    entries = LogSubject.objects.filter(about).values("entry")
    return LogEntry.objects.filter(pk__in=entries).select_related("actor").order_by("-id")


def _changes(about: Subjects) -> list[Change[Any]]:
    each = [about] if isinstance(about, models.Model | Change) else about
    return [one if isinstance(one, Change) else Change(one) for one in each]


def _subject(change: Change[Any], position: int) -> LogSubject:
    return LogSubject(
        position=position,
        type=change.subject._meta.label_lower,
        key=str(change.subject.pk),
        before=plain(change.before),
        after=plain(change.after),
    )


def _locked_head() -> LogHead:
    return LogHead.objects.select_for_update().get_or_create(pk=1)[0]


def _name_of(actor: User | None) -> str:
    return str(actor) if actor else NOBODY


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data as it will come back: plain JSON without floats, which PostgreSQL writes in its own way."""
    if not data:
        return {}
    text = json.dumps(dict(data), cls=DjangoJSONEncoder)
    clean: dict[str, Any] = json.loads(text, parse_float=str)
    return _without_nul(clean) if r"\u0000" in text else clean


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return _NUL.sub("", value)
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    return value

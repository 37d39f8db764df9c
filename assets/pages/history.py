"""History: the log entries of a version and its asset, each with what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, Q, QuerySet

from assets.library.differences import Difference, between
from assets.models import Version
from core import audit
from core.models import LogEntry, LogSubject

LATELY = 40
"""Entries on the page."""
FEW = 12
"""Changes shown of one entry; whoever needs all of them has the log."""
SAID_ELSEWHERE = {
    "format", "asset", "approved_by", "dossier_hash", "dossier_format", "disclosure.original_version",
    "created_at", "created_by", "number", "sha256", "provenance_sha256", "media_type", "width", "height", "size",
    "origin", "maker",
}  # fmt: skip
"""Technical values; the approver and the maker, whom the entry itself names; and the file, which the page shows."""


@dataclass(frozen=True)
class HistoryEntry:
    """One entry of the log, as the page of a version tells it."""

    logged: LogEntry
    about: list[LogSubject]
    """What the entry says of this version and its asset; one about thousands of others says it of them too."""

    @cached_property
    def differences(self) -> list[Difference]:
        return list(dict.fromkeys(each for subject in self.about for each in _differences(subject)))

    @property
    def shown(self) -> list[Difference]:
        return self.differences[:FEW]

    @property
    def more(self) -> int:
        """How many changes are not shown."""
        return max(len(self.differences) - FEW, 0)


def history_of(version: Version) -> list[HistoryEntry]:
    """The newest entries, in two queries however many there are."""
    ours = Prefetch("subjects", _subjects_of(version), to_attr="about_this")
    entries = audit.history(version, version.asset).prefetch_related(ours)[:LATELY]
    return [HistoryEntry(entry, getattr(entry, "about_this", [])) for entry in entries]


def _subjects_of(version: Version) -> QuerySet[LogSubject]:
    about = Q()
    for row in (version, version.asset):
        about |= Q(type=row._meta.label_lower, key=str(row.pk))
    return LogSubject.objects.filter(about)


def _differences(subject: LogSubject) -> list[Difference]:
    before, after = (
        {path: value for path, value in said.items() if path not in SAID_ELSEWHERE}
        for said in (subject.before, subject.after)
    )
    return between(before, after)

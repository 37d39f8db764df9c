"""Activity: the entries of the log that a person may know of, where the log is shown to everybody."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet

from core.models import LogEntry, LogSubject, User
from core.people import sign_in_log

SEES_ALL = "core.view_logentry"
_PEOPLE = (User._meta.label_lower, Group._meta.label_lower)


def known_to(user: User) -> QuerySet[LogEntry]:
    """Entries without the coming and going of people; what happened to accounts and groups is for administrators."""
    entries = LogEntry.objects.exclude(action__in=sign_in_log.ACTIONS)
    if user.has_perm(SEES_ALL):
        return entries
    return entries.exclude(Exists(LogSubject.objects.filter(entry=OuterRef("pk"), type__in=_PEOPLE)))

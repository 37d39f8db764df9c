"""Whether accounts, groups and what they may do are what the log says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.db import models

from core import audit
from core.audit import Told, name_of
from core.models import LogSubject, User
from core.people import account_log, rights_log
from core.people.account_log import values_of_account
from core.people.rights_log import GROUP_RIGHTS, MEMBERSHIPS, OWN_RIGHTS

Older = Counter[str]


def walk(older: Older) -> Iterator[str]:
    """All that does not fit, in sentences; accounts that were there before accounts were logged are counted."""
    old: set[object] = set()
    yield from audit.gone(User, but=account_log.DELETED)
    yield from audit.walk(User.objects.all(), lambda batch: _accounts(batch, old))
    yield from audit.gone(Group, but=rights_log.DELETED)
    yield from audit.walk(Group.objects.all(), _groups)
    older["accounts"] += len(old)


def _accounts(batch: Sequence[User], old: set[object]) -> list[str]:
    told, keys = audit.told(User, [user.pk for user in batch]), [user.pk for user in batch]
    groups, rights, found = MEMBERSHIPS.held_by(keys), OWN_RIGHTS.held_by(keys), list[str]()
    first = _first_logged()
    for user in batch:
        said, given = told[str(user.pk)], {"groups": groups[user.pk], "user_permissions": rights[user.pk]}
        if said.by_action(account_log.MADE):
            found += _differences(user, said, values_of_account(user) | given, given)
        elif first is None or user.pk < first:
            old.add(user.pk)
            found += _differences(user, said, values_of_account(user) | given, ())
        else:
            found.append(f"{name_of(user)} is not in the log.")
    return found


def _first_logged() -> int | None:
    """The key of the first account that was made in the log. Keys only grow, and dates are what somebody writes."""
    made = LogSubject.objects.filter(type=User._meta.label_lower, entry__action=account_log.MADE)
    key = made.order_by("entry", "position").values_list("key", flat=True).first()
    return None if key is None else int(key)


def _groups(batch: Sequence[Group]) -> list[str]:
    told, rights = audit.told(Group, [each.pk for each in batch]), GROUP_RIGHTS.held_by([each.pk for each in batch])
    found = list[str]()
    for group in batch:
        said, given = told[str(group.pk)], {"permissions": rights[group.pk]}
        known = given if said.by_action(rights_log.MADE) else ()
        found += _differences(group, said, {"name": group.name} | given, known)
    return found


def _differences(row: models.Model, told: Told, now: Mapping[str, Any], given: Collection[str]) -> Iterator[str]:
    """What is not as the log says. Of `given`, an owner who was made in the log has only what it tells of."""
    untold = (name for name in given if name not in told.fields and now[name])
    yield from (f"{name_of(row)}: its {name} is not what the log says." for name in (*told.differences(now), *untold))

"""Whether accounts, groups and what they may do are what the log says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import models

from core import audit
from core.audit import Told, name_of
from core.models import LogSubject, User
from core.people import account_log, rights_log, sign_in_log
from core.people.account_log import values_of_account
from core.people.rights_log import GROUP_RIGHTS, MEMBERSHIPS, OWN_RIGHTS

Older = Counter[str]
Names = Mapping[str, str]
"""Every name by which the log may call a group or right, and what it is called now. What is gone gives nothing."""


def walk(older: Older) -> Iterator[str]:
    """All that does not fit, in sentences; what was there before it was logged is counted."""
    rights = _rights()
    people, groups = _Accounts(_first_logged(), _groups() | rights), _Groups(rights)
    yield from audit.gone(User, but=account_log.DELETED)
    yield from audit.walk(User.objects.all(), people.check)
    older["accounts"] += len(people.old)
    yield from audit.gone(Group, but=rights_log.DELETED)
    yield from audit.walk(Group.objects.all(), groups.check)
    older["groups"] += len(groups.old)


@dataclass
class _Accounts:
    first: int | None
    names: Names
    old: set[object] = field(default_factory=set)

    def check(self, batch: Sequence[User]) -> list[str]:
        keys = [user.pk for user in batch]
        told = audit.told(User, keys, but=sign_in_log.ACTIONS)
        groups, rights = MEMBERSHIPS.held_by(keys), OWN_RIGHTS.held_by(keys)
        found = list[str]()
        for user in batch:
            said, has = told[str(user.pk)], {"groups": groups[user.pk], "user_permissions": rights[user.pk]}
            is_made = bool(said.by_action(account_log.MADE))
            if not is_made and self._is_older(user):
                self.old.add(user.pk)
            elif not is_made:
                found.append(f"{name_of(user)} is not in the log.")
                continue
            found += _back_again(user, said, account_log.MADE, account_log.DELETED)
            found += _differences(user, said, values_of_account(user))
            found += _grants(user, said, has, self.names, is_made=is_made)
        return found

    def _is_older(self, user: User) -> bool:
        """Whether it was there before accounts were logged. Keys only grow, and dates are what somebody writes."""
        return self.first is None or 0 < user.pk < self.first


@dataclass
class _Groups:
    rights: Names
    old: set[object] = field(default_factory=set)

    def check(self, batch: Sequence[Group]) -> list[str]:
        keys = [group.pk for group in batch]
        told, rights = audit.told(Group, keys), GROUP_RIGHTS.held_by(keys)
        found = list[str]()
        for group in batch:
            said, is_made = told[str(group.pk)], bool(told[str(group.pk)].by_action(rights_log.MADE))
            self.old |= set() if is_made else {group.pk}  # by itself it gives nothing to anybody
            found += _back_again(group, said, rights_log.MADE, rights_log.DELETED)
            found += _differences(group, said, {"name": group.name})
            found += _grants(group, said, {"permissions": rights[group.pk]}, self.rights, is_made=is_made)
        return found


def _back_again(row: models.Model, told: Told, made: str, deleted: str) -> Iterator[str]:
    ends = [line.action for line in told.lines if line.action in (made, deleted)]
    if ends[-1:] == [deleted]:
        yield f"{name_of(row)} was deleted by what the log says, and is there again."


def _differences(row: models.Model, told: Told, now: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name_of(row)}: its {name} is not what the log says." for name in told.differences(now))


def _grants(
    row: models.Model, told: Told, has: Mapping[str, Sequence[str]], names: Names, *, is_made: bool
) -> Iterator[str]:
    """What a row is given beyond or short of what the log last said. Who was made in the log began with nothing."""
    fields = told.fields
    for relation, given in has.items():
        if relation in fields or is_made:
            said = {names[name] for name in fields.get(relation, ()) if name in names}
            if said != set(given):
                yield f"{name_of(row)}: its {relation} is not what the log says."


def _first_logged() -> int | None:
    """The key of the first account that was made in the log."""
    made = LogSubject.objects.filter(type=User._meta.label_lower, entry__action=account_log.MADE)
    keys = made.order_by("entry", "position").values_list("key", flat=True)
    return next((int(key) for key in keys[:1] if key.isdecimal()), None)


def _groups() -> dict[str, str]:
    now = {str(key): name for key, name in Group.objects.values_list("pk", "name")}
    said = LogSubject.objects.filter(type=Group._meta.label_lower).values_list("key", "after__name")
    once = {name: now[key] for key, name in said if key in now and isinstance(name, str)}
    return once | {name: name for name in now.values()}


def _rights() -> dict[str, str]:
    rights = Permission.objects.order_by().values_list("content_type__app_label", "codename")
    return {name: name for name in map(".".join, rights)}

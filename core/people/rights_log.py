"""What the log tells of rights: groups, who is in them, what they give, and what is given to one person alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from django.db.models.signals import m2m_changed

from core.audit import Change
from core.models import User
from core.people.account_log import record
from core.people.row_changes import RowChanges

Held = dict[int, list[str]]
"""Key of an account or group → the names of what it has."""
MADE, DELETED = "group.made", "group.deleted"
_KEPT = "_held_before"
_RIGHT = ("permission__content_type__app_label", "permission__codename")


class Grants:
    """What accounts or groups are given and lose: one of Django's tables between two others."""

    def __init__(
        self, owner: type[models.Model], relation: str, *, named: tuple[str, ...], given: str, taken: str
    ) -> None:
        self.owner, self.relation, self.named = owner, relation, named
        self.given, self.taken = given, taken
        field: Any = owner._meta.get_field(relation)
        self.through, self.key, self.other = (
            field.remote_field.through,
            field.m2m_column_name(),
            field.m2m_reverse_name(),
        )

    def connect(self, action: str) -> None:
        """Listen from now on, and write entries with this action."""
        self.action = action
        m2m_changed.connect(self._changed, sender=self.through, weak=False, dispatch_uid=f"core.people.{action}")

    def held_by(self, owners: Collection[int]) -> Held:
        """What each of these owners has, by its name."""
        held: Held = {owner: [] for owner in owners}
        rows = self.through._default_manager.filter(**{f"{self.key}__in": owners}).order_by(*self.named)
        for owner, *name in rows.values_list(self.key, *self.named):
            held[owner].append(".".join(name))
        return held

    def _changed(self, instance: models.Model, action: str, reverse: bool, pk_set: Any, **kwargs: Any) -> None:
        if action.startswith("pre_"):
            owners = self._owners(instance, reverse, pk_set)
            # Held, so that of two who give to the same owner at once the second sees what the first gave.
            rows = self.owner._base_manager.filter(pk__in=owners).order_by("pk").select_for_update(no_key=True)
            list(rows.values("pk"))
            setattr(instance, _KEPT, self.held_by(owners))
        elif before := instance.__dict__.pop(_KEPT, {}):
            self._tell(before, self.held_by(before))

    def _owners(self, instance: models.Model, reverse: bool, pk_set: Collection[int] | None) -> Collection[int]:
        if not reverse:
            return [instance.pk]
        if pk_set is not None:
            return pk_set
        return set(self.through._default_manager.filter(**{self.other: instance.pk}).values_list(self.key, flat=True))

    def _tell(self, before: Held, after: Held) -> None:
        owners = self.owner._default_manager.in_bulk([key for key in before if before[key] != after[key]])
        changes = [
            Change.between(owner, {self.relation: before[key]}, {self.relation: after[key]})
            for key, owner in owners.items()
        ]
        for words, less, more in ((self.given, before, after), (self.taken, after, before)):
            names = {name for key in owners for name in more[key] if name not in less[key]}
            if names:
                record(self.action, changes, _sentence(words, owners.values(), names))


MEMBERSHIPS = Grants(
    User,
    "groups",
    named=("group__name",),
    given="{who} {were} put into {what}.",
    taken="{who} {were} taken out of {what}.",
)
_GIVEN, _LOST = "{who} {were} given {what}.", "{who} lost {what}."
OWN_RIGHTS = Grants(User, "user_permissions", named=_RIGHT, given=_GIVEN, taken=_LOST)
GROUP_RIGHTS = Grants(Group, "permissions", named=_RIGHT, given=_GIVEN, taken=_LOST)


def connect() -> None:
    MEMBERSHIPS.connect("account.groups")
    OWN_RIGHTS.connect("account.rights")
    GROUP_RIGHTS.connect("group.rights")
    RowChanges(Group, _tell_group, unwatched=frozenset()).connect()


def _tell_group(before: Group | None, after: Group | None) -> None:
    if before and after:
        change = Change.between(after, {"name": before.name}, {"name": after.name})
        if change:
            about: list[Change[Any]] = [change, *_renamed_for_members(before, after)]
            record("group.renamed", about, f"Group “{before.name}” was renamed “{after.name}”.")
    elif after:
        record(MADE, Change.between(after, {}, {"name": after.name}), f"Group “{after.name}” was made.")
    elif before:
        _tell_deleted(before)


def _renamed_for_members(before: Group, after: Group) -> list[Change[User]]:
    """What the members are in, by its name, as their own entries say it."""
    members = User.objects.in_bulk(list(after.user_set.values_list("pk", flat=True)))
    now = MEMBERSHIPS.held_by(members)
    was = {key: sorted(before.name if name == after.name else name for name in names) for key, names in now.items()}
    return [Change.between(member, {"groups": was[key]}, {"groups": now[key]}) for key, member in members.items()]


def _tell_deleted(group: Group) -> None:
    """A group takes along what it gave, and its members are told of nowhere else."""
    members = User.objects.in_bulk(list(group.user_set.values_list("pk", flat=True)))
    before = MEMBERSHIPS.held_by(members)
    had = {"name": group.name, "permissions": GROUP_RIGHTS.held_by([group.pk])[group.pk]}
    changes = [
        Change(member, {"groups": before[key]}, {"groups": [name for name in before[key] if name != group.name]})
        for key, member in members.items()
    ]
    words = f"Group “{group.name}” was deleted."
    if members:
        words += " " + _sentence("{who} {were} in it.", members.values(), [])
    record(DELETED, [Change(group, had), *changes], words)


def _sentence(words: str, owners: Collection[models.Model], names: Iterable[str]) -> str:
    who = _and(f"Group “{owner}”" if isinstance(owner, Group) else str(owner) for owner in owners)
    return words.format(who=who, were="were" if len(owners) > 1 else "was", what=_and(names))


def _and(names: Iterable[str]) -> str:
    each = sorted(names)
    return f"{', '.join(each[:-1])} and {each[-1]}" if len(each) > 1 else "".join(each)

"""What the log tells of accounts: made, changed, deleted, and a new password, of which it never holds anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from core import audit
from core.audit import Change, columns_of
from core.audit.log import Subjects
from core.models import User
from core.people import actors
from core.people.row_changes import RowChanges

MADE, DELETED, PASSWORD = "account.made", "account.deleted", "account.password"
_UNSAID = frozenset({"password", "last_login"})
_told_by_caller: ContextVar[bool] = ContextVar("told_by_caller", default=False)


def record(action: str, about: Subjects, words: str) -> None:
    """Add an entry by whoever is signed in, and say when a visitor did it."""
    said = f"{words} Nobody was signed in." if actors.is_stranger() else words
    with transaction.atomic():
        audit.record(actors.current(), action, about, said)


@contextmanager
def told_by_caller() -> Iterator[None]:
    """What is saved of accounts inside is recorded by the caller, who has better words for it."""
    token = _told_by_caller.set(True)
    try:
        yield
    finally:
        _told_by_caller.reset(token)


def connect() -> None:
    accounts = RowChanges(User, _tell, unwatched=frozenset({"last_login"}))
    accounts.connect(unless=lambda user: user.is_rehashing or _told_by_caller.get())


def _tell(before: User | None, after: User | None) -> None:
    if before and after:
        _tell_changes(before, after)
        _tell_password(before, after)
    elif after:
        record(MADE, Change.between(after, {}, values_of_account(after)), f"Account “{after.username}” was made.")
    elif before:
        words = f"Account “{before.username}” was deleted."
        record(DELETED, Change(before, values_of_account(before) | _rights_of(before)), words)


def _tell_changes(before: User, after: User) -> None:
    change = Change.between(after, values_of_account(before), values_of_account(after))
    if change:
        names = ", ".join(str(User._meta.get_field(name).verbose_name) for name in change.after)  # type: ignore[union-attr] # columns
        record("account.changed", change, f"Account “{before.username}” was changed: {names}.")


def _tell_password(before: User, after: User) -> None:
    if before.password != after.password:
        had, has = before.has_usable_password(), after.has_usable_password()
        became = {(True, True): "changed", (False, True): "set"}.get((had, has), "taken away")
        words = f"The password of account “{after.username}” was {became}."
        record(PASSWORD, Change.between(after, {"password": had}, {"password": has}), words)


def values_of_account(user: User) -> dict[str, object]:
    """Every column but those that are nobody's business or change with each sign-in."""
    return columns_of(user, but=_UNSAID)


def _rights_of(user: User) -> dict[str, object]:
    """What goes with an account, in the words of `rights_log`."""
    given = user.user_permissions.order_by("content_type__app_label", "codename")
    return {
        "groups": list(user.groups.order_by("name").values_list("name", flat=True)),
        "user_permissions": [".".join(name) for name in given.values_list("content_type__app_label", "codename")],
    }

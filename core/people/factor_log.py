"""What the log tells of addresses for mail and of second factors: that they came, changed and went, and no secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from core.audit import Change
from core.people.account_log import record
from core.people.row_changes import RowChanges

_SEEN = frozenset({"used_mask", "viewed_at"})
"""What is noted in an authenticator when its codes are used or looked at; all else in it are secrets."""

ADDRESS_ADDED, ADDRESS_CHANGED, FACTOR_REMOVED = (
    "account.address_added",
    "account.address_changed",
    "account.factor_removed",
)
KINDS = {"recovery_codes": "recovery codes", "totp": "authenticator app"}


def connect() -> None:
    RowChanges(EmailAddress, _tell_address, unwatched=frozenset()).connect()
    RowChanges(Authenticator, _tell_factor, unwatched=frozenset({"last_used_at"})).connect()


# Addresses


def _tell_address(before: EmailAddress | None, after: EmailAddress | None) -> None:
    if before and after and before.user_id == after.user_id:
        _tell_changed_address(before, after)
        return
    if before:
        change = Change.between(before.user, _address(before), {})
        record("account.address_removed", change, f"Address {before.email} was removed from {_account(before)}.")
    if after:
        change = Change.between(after.user, {}, _address(after))
        record(ADDRESS_ADDED, change, f"Address {after.email} was added to {_account(after)}.")


def _tell_changed_address(before: EmailAddress, after: EmailAddress) -> None:
    change = Change.between(after.user, _address(before), _address(after))
    if change:
        words = f"Address {before.email} of {_account(after)} {_became(change.after)}."
        record(ADDRESS_CHANGED, change, words)


def _became(after: Mapping[str, Any]) -> str:
    became = [f"became {after['address']}"] if "address" in after else []
    became += [f"{'is' if after[name] else 'is not'} {name} now" for name in ("verified", "primary") if name in after]
    return " and ".join(became)


def _address(row: EmailAddress) -> dict[str, Any]:
    return {"address": row.email, "verified": row.verified, "primary": row.primary}


# Second factors


def _tell_factor(before: Authenticator | None, after: Authenticator | None) -> None:
    if before and after and before.user_id == after.user_id:
        _tell_changed_factor(before, after)
        return
    if before:
        change = Change.between(before.user, _factor(before), {})
        record(FACTOR_REMOVED, change, f"Second factor removed from {_account(before)}: {_kind(before)}.")
    if after:
        change = Change.between(after.user, {}, _factor(after))
        record("account.factor_added", change, f"Second factor added to {_account(after)}: {_kind(after)}.")


def _tell_changed_factor(before: Authenticator, after: Authenticator) -> None:
    change = Change.between(after.user, _factor(before), _factor(after))
    if _secrets(before) != _secrets(after) or before.type != after.type:
        record("account.factor_changed", change, f"The second factor of {_account(after)} was changed.")
    elif "codes_used" in change.after:
        record("account.code_used", change, f"A recovery code of {_account(after)} was used.")
    elif change:
        record("account.codes_viewed", change, f"The recovery codes of {_account(after)} were viewed.")


def _factor(row: Authenticator) -> dict[str, Any]:
    used, viewed = row.data.get("used_mask", 0).bit_count(), bool(row.data.get("viewed_at"))
    return {"factor": row.type, "codes_used": used, "codes_viewed": viewed}


def _secrets(row: Authenticator) -> dict[str, Any]:
    return {name: value for name, value in row.data.items() if name not in _SEEN}


def _kind(row: Authenticator) -> str:
    return KINDS.get(row.type, str(row.type))


def _account(row: EmailAddress | Authenticator) -> str:
    return f"account “{row.user.username}”"

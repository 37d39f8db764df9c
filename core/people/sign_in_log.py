"""What the log tells of signing in and out, and of attempts that failed.

Anybody may fail as often as they like, so the log, whose end is locked by each entry, must not grow by it: it tells of
failures at an account that exists, of each kind once in `QUIET`. Each single one is a line of the structured logs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import structlog
from allauth.account.authentication import get_authentication_records
from allauth.account.utils import filter_users_by_email, filter_users_by_username
from allauth.mfa import signals as mfa
from django.contrib.auth import signals
from django.db import transaction
from django.http import HttpRequest

from core import audit, clock
from core.models import User
from core.people import actors

logger = structlog.get_logger(__name__)

SIGNED_IN, SIGNED_OUT = "account.signed_in", "account.signed_out"
REFUSED, CODE_REFUSED = "account.sign_in_refused", "account.code_refused"
ACTIONS = (SIGNED_IN, SIGNED_OUT, REFUSED, CODE_REFUSED)

QUIET = timedelta(minutes=10)
"""How long no second failure of a kind at an account is written to the log."""
LONGEST_NAME = 64
"""How much is kept of a name that somebody tried."""
MEANS = {
    "password": "a password",
    "password_reset": "a link to reset the password",
    "recovery_codes": "a recovery code",
    "totp": "a code of their authenticator app",
}


def connect() -> None:
    for signal, handler in (
        (signals.user_logged_in, _signed_in),
        (signals.user_logged_out, _signed_out),
        (signals.user_login_failed, _refused),
        (mfa.authentication_failed, _code_refused),
    ):
        signal.connect(handler, weak=False, dispatch_uid=f"core.people.{handler.__name__}")


def _signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    means = list(dict.fromkeys(_means(request, user)))
    with_them = f" with {' and '.join(MEANS.get(each, each) for each in means)}" if means else ""
    with transaction.atomic():
        audit.record(user, SIGNED_IN, user, f"Signed in{with_them}.", means=means)


def _means(request: HttpRequest, user: User) -> Iterator[str]:
    """By what somebody has shown who they are, as allauth noted it in the session."""
    for shown in get_authentication_records(request, user):
        yield shown.get("type") or shown["method"]


def _signed_out(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        with transaction.atomic():
            audit.record(user, SIGNED_OUT, user, "Signed out.")


def _refused(credentials: Mapping[str, Any], **kwargs: Any) -> None:
    name = str(credentials.get("username") or credentials.get("email") or "")
    logger.warning("sign_in.refused", name=name[:LONGEST_NAME])
    accounts = [*filter_users_by_username(name), *filter_users_by_email(name)] if name else []
    for account in accounts:
        _record_once(account, REFUSED, f"An attempt to sign in as “{account.username}” failed.")


def _code_refused(user: User, **kwargs: Any) -> None:
    logger.warning("sign_in.code_refused", name=user.username[:LONGEST_NAME])
    words = f"A wrong code was given for “{user.username}”, after the right password."
    _record_once(user, CODE_REFUSED, words)


def _record_once(account: User, action: str, words: str) -> None:
    lately = audit.history(account).filter(action=action, at__gt=clock.instant() - QUIET)
    if not lately.exists():
        with transaction.atomic():
            audit.record(actors.current(), action, account, words)

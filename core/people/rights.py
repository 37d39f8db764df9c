"""Rights: what somebody may do, asked for by its name."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from core.models import User


def check_right(by: User, right: str, words: str) -> None:
    if not by.has_perm(right):
        raise PermissionDenied(words)

"""How words are found: without regard to case in every alphabet. PostgreSQL does so by itself, SQLite in ASCII only."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def teach(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Give a new SQLite connection a LIKE that folds as PostgreSQL's UPPER does: letter for letter."""
    if connection.vendor == "sqlite":
        for arguments in (2, 3):
            connection.connection.create_function("like", arguments, like, deterministic=True)


def like(pattern: object, text: object, escape: str = "") -> bool | None:
    """Whether a text is like a pattern, in which % is any text and _ any one character. None is like nothing."""
    if pattern is None or text is None:
        return None
    return _matcher(str(pattern), escape)(str(text).lower())


@lru_cache(maxsize=256)
def _matcher(pattern: str, escape: str) -> Callable[[str], bool]:
    """A search goes through every row of a table, so the common one, for text that holds another, is made fast."""
    whole = pattern.lower()
    inside = whole[1:-1]
    if len(whole) > 1 and whole[0] == whole[-1] == "%" and not set(inside) & {"%", "_", escape or "%"}:
        return lambda text: inside in text
    found = re.compile(_as_regex(whole, escape), re.DOTALL)
    return lambda text: found.fullmatch(text) is not None


def _as_regex(pattern: str, escape: str) -> str:
    pieces, characters = [], iter(pattern)
    for each in characters:
        if escape and each == escape:
            pieces.append(re.escape(next(characters, "")))
        else:
            pieces.append({"%": ".*", "_": "."}.get(each) or re.escape(each))
    return "".join(pieces)

"""Taking keys, pictures and signed addresses out of whatever a provider said, before it is stored or shown."""

from __future__ import annotations

import base64
import json
import math
import re
import string
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

REMOVED = "[removed]"
LONGEST_TEXT = 20_000  # characters kept of any one text
STORED_BYTES = 24_000  # of JSON that are kept of any one value: a row holds three of them, and lists hold many rows
DEEPEST = 30  # lists and objects within each other
LONGEST_NUMBER = 40  # digits
SENSITIVE = frozenset(
    ("authorization", "proxy-authorization", "x-key", "x-api-key", "api-key", "api_key", "apikey", "x-goog-api-key",
     "cookie", "set-cookie", "mj-api-secret", "webhook_secret", "password", "secret", "token", "access_token")
)  # fmt: skip
_KEY_SHAPES = re.compile(r"\b(?:sk|r8|hf|key)[-_][A-Za-z0-9_\-*]{6,}|\bBearer\s+[^\s\"',;]+", re.IGNORECASE)
_BEFORE = re.compile(r"(?:data:[\w.+-]+/[\w.+-]+;base64,)?")
_BASE64 = re.compile(
    _BEFORE.pattern
    + r"[A-Za-z0-9+/_-]{40,}+(?:(?:\s|\\[rn])++[A-Za-z0-9+/_-]{40,}+)*+"
    + r"(?:(?:\s|\\[rn])++[A-Za-z0-9+/_-]*+={1,2})?={0,2}"
)
"""Base64 on one line or many, also where the line breaks are written out."""
_SIGNS = string.ascii_letters.encode() + string.digits.encode() + b"+/_-"
PICTURE_BASE64 = 400
"""Characters from which it is a picture; a shorter one may be an id or a hash."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What JSON can carry and a database cannot: NUL, and halves of a character."""
_ADDRESS = re.compile(r"(https?://[^\s\"'<>?#]++)(\?[^\s\"'<>]*+)?", re.IGNORECASE)
"""An address, with or without what is signed in it: so each is read once, however many begin within it."""


def redact(value: Any, secrets: Iterable[str] = ()) -> Any:
    """A copy of a JSON-like value without the given keys, without anything like one, and without pictures.

    It takes at most about STORED_BYTES: what lies beyond is left out, and said to be.
    """
    return _Redaction(tuple(_forms(secrets))).of(value)


def without_keys(text: str, secrets: Iterable[str]) -> str:
    """The text without the given keys; all else that can be stored stays: a prompt may speak of a “key-light”."""
    text = _UNSTORABLE.sub("", text)
    for form in _forms(secrets):
        text = text.replace(form, REMOVED)
    return text


@dataclass
class _Redaction:
    """One walk through a value, which is over when as much as may be stored has been seen."""

    forms: tuple[str, ...]
    left: int = STORED_BYTES

    def of(self, value: Any, depth: int = 0) -> Any:
        """The value as it may be stored."""
        if isinstance(value, Mapping) and depth < DEEPEST:
            return self._object(value, depth)
        if isinstance(value, list | tuple | set | frozenset) and depth < DEEPEST:
            return self._list(value, depth)
        kept = _plain(value, self.forms)
        return self._fitting(kept) if isinstance(kept, str) else self._counted(kept)

    def _object(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for number, (key, item) in enumerate(value.items()):
            if self.left <= 0:
                kept["…"] = f"[{len(value) - number} more]"
                break
            name = self._fitting(_text(str(key), self.forms))
            kept[name] = REMOVED if str(key).lower() in SENSITIVE and item else self.of(item, depth + 1)
        return kept

    def _list(self, value: Collection[Any], depth: int) -> list[Any]:
        kept: list[Any] = []
        for number, item in enumerate(value):
            if self.left <= 0:
                kept.append(f"[{len(value) - number} more]")
                break
            kept.append(self.of(item, depth + 1))
            self.left -= 2
        return kept

    def _fitting(self, text: str) -> str:
        """The beginning of a text that there is room for."""
        room = max(self.left, 80)
        while (size := len(json.dumps(text))) > room:
            text = f"{text[: len(text) * room // size - 8]}…"
        return cast("str", self._counted(text))

    def _counted(self, kept: Any) -> Any:
        self.left -= len(json.dumps(kept)) + 2
        return kept


def _plain(value: Any, forms: tuple[str, ...]) -> Any:
    """A value that holds no others, or is too deep to be looked into."""
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return f"[{len(value)} more]"
    if value is None or isinstance(value, bool) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, int) and abs(value) < 10**LONGEST_NUMBER:
        return value
    return _text(str(value), forms)


def _text(text: str, forms: tuple[str, ...]) -> str:
    if _is_picture(text):  # a megabyte of it need not be searched for anything else
        return _left_out(text)
    text = _UNSTORABLE.sub("", text)
    for form in forms:
        text = text.replace(form, REMOVED)
    text = _BASE64.sub(_without_picture, text)
    text = _ADDRESS.sub(_without_query, text)
    return _KEY_SHAPES.sub(REMOVED, text)[:LONGEST_TEXT]


def _without_query(found: re.Match[str]) -> str:
    return f"{found[1]}?{REMOVED}" if found[2] else found[1]


def _without_picture(found: re.Match[str]) -> str:
    written = found.group()
    return written if len(written) < PICTURE_BASE64 else _left_out(written)


def _left_out(written: str) -> str:
    return f"[{len(written)} characters of base64]"


def _is_picture(text: str) -> bool:
    """Whether the whole text is one line of base64, as most pictures come."""
    if len(text) < PICTURE_BASE64 or not text.isascii():
        return False
    before = _BEFORE.match(text)
    body = text[before.end() :] if before else text
    return not body.removesuffix("=").removesuffix("=").encode().translate(None, _SIGNS)


def _forms(secrets: Iterable[str]) -> Iterable[str]:
    """Each key as it is, as an address would carry it, and as Basic authentication would."""
    for secret in secrets:
        if len(secret) >= 4:
            yield secret
            yield from {quote(secret, safe="")} - {secret}
            yield base64.b64encode(secret.encode()).decode()

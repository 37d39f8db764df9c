"""Taking keys, pictures and signed addresses out of whatever a provider said, before it is stored or shown."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

REMOVED = "[removed]"
LONGEST_TEXT = 20_000  # characters kept of any one text
SENSITIVE = frozenset(
    ("authorization", "proxy-authorization", "x-key", "x-api-key", "api-key", "api_key", "apikey", "x-goog-api-key",
     "cookie", "set-cookie", "mj-api-secret", "webhook_secret", "password", "secret", "token", "access_token")
)  # fmt: skip
_KEY_SHAPES = re.compile(r"\b(?:sk|r8|hf|key)[-_][A-Za-z0-9_\-*]{6,}|\bBearer\s+[^\s\"',;]+", re.IGNORECASE)
_BASE64 = re.compile(r"(?:data:[\w.+-]+/[\w.+-]+;base64,)?[A-Za-z0-9+/_-]{400,}={0,2}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What JSON can carry and a database cannot: NUL, and halves of a character."""
_QUERY = re.compile(r"(https?://[^\s\"'<>?#]+)\?[^\s\"'<>]*", re.IGNORECASE)


def redact(value: Any, secrets: Iterable[str] = ()) -> Any:
    """A copy of a JSON-like value without the given keys, without anything like one, and without pictures."""
    return _redact(value, tuple(_forms(secrets)))


def without_keys(text: str, secrets: Iterable[str]) -> str:
    """The text without the given keys; all else that can be stored stays: a prompt may speak of a “key-light”."""
    text = _UNSTORABLE.sub("", text)
    for form in _forms(secrets):
        text = text.replace(form, REMOVED)
    return text


def _redact(value: Any, forms: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return _text(value, forms)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    if isinstance(value, Mapping):
        return {_text(str(key), forms): _entry(str(key), item, forms) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redact(item, forms) for item in value]
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return _text(str(value), forms)


def _entry(key: str, item: Any, forms: tuple[str, ...]) -> Any:
    if key.lower() in SENSITIVE and item:
        return REMOVED
    return _redact(item, forms)


def _text(text: str, forms: tuple[str, ...]) -> str:
    text = _UNSTORABLE.sub("", text)
    for form in forms:
        text = text.replace(form, REMOVED)
    text = _BASE64.sub(lambda found: f"[{len(found.group())} characters of base64]", text)
    text = _QUERY.sub(rf"\1?{REMOVED}", text)
    return _KEY_SHAPES.sub(REMOVED, text)[:LONGEST_TEXT]


def _forms(secrets: Iterable[str]) -> Iterable[str]:
    """Each key as it is, as an address would carry it, and as Basic authentication would."""
    for secret in secrets:
        if len(secret) >= 4:
            yield secret
            yield from {quote(secret, safe="")} - {secret}
            yield base64.b64encode(secret.encode()).decode()

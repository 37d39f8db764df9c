"""Text out of foreign bytes: decoded leniently, free of what no page or database can hold, and of limited length."""

from __future__ import annotations

import re
import zlib

MOST = 20_000
"""Characters kept of any one text that a file carries."""
LONGEST = 1_000_000
"""Characters looked at of any one text."""
_NOT_TEXT = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cleaned(words: str) -> str:
    """The text without control characters, halves of characters and surrounding space."""
    return _NOT_TEXT.sub("", words[:LONGEST]).strip().strip("\ufeff").strip()


def cut(words: str, most: int = MOST) -> str:
    """The text, or its beginning and a mark that there was more."""
    return words if len(words) <= most else f"{words[: max(most - 1, 0)]}…"


def decoded(data: bytes) -> str:
    """UTF-8 where the bytes are that, else Windows-1252, which holds all of Latin-1 that can be printed."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def joined(*texts: str) -> str:
    """Several values of one field, each once, as one text."""
    return "; ".join(dict.fromkeys(text for text in texts if text))


def inflated(data: bytes, most: int) -> bytes:
    """What a deflated stream holds, up to `most` bytes; nothing if it is damaged."""
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error:
        return b""

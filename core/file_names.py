"""Names of files that people download: telling, in any script, and safe on every system."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

MOST_BYTES = 150
"""Of a whole name in UTF-8. File systems end at 255, and programs add to a name."""
_APART = re.compile(r"[\s/\\\\:*?\"<>|]+")
"""What no name may hold on one system or another, and space."""

_JOINERS = "\u200c\u200d"
"""What several scripts need within a word, though it cannot be seen."""


def file_name(*parts: str, ending: tuple[str, ...] = (), extension: str) -> str:
    """The parts, joined by hyphens, and an ending that stays whole where they are too long: `HB-1-kitchen-v2.jpg`."""
    tail = "".join(f"-{each}" for each in map(safe, ending) if each) + f".{extension}"
    words = "-".join(each for each in map(safe, parts) if each) or "image"
    return f"{shortened(words, MOST_BYTES - len(tail.encode()))}{tail}"


def safe(words: str) -> str:
    """The words without what steers a screen or a file system; nothing that turns the direction of reading stays."""
    plain = unicodedata.normalize("NFC", _APART.sub("-", words))
    kept = "".join(each for each in plain if each in _JOINERS or not unicodedata.category(each).startswith("C"))
    return re.sub(r"-{2,}", "-", kept).strip("-. ")


def shortened(words: str, most: int) -> str:
    """The words within so many bytes: no half character, and no mark without the letter below it."""
    cut = words.encode()[: max(most, 1)].decode("utf-8", "ignore")
    if cut != words:
        while cut and unicodedata.category(words[len(cut)]).startswith("M"):
            cut = cut[:-1]
    return cut.rstrip("-. ") or "image"


def disposition(name: str) -> str:
    """The header that gives a download its name (RFC 6266), with an ASCII twin for programs that read no other."""
    name = safe(name)
    ascii_name = in_ascii(name)
    said = f'attachment; filename="{ascii_name}"'
    return said if ascii_name == name else f"{said}; filename*=UTF-8''{quote(name, safe=_PLAIN)}"


_PLAIN = "!#$&+-.^_`|~"
"""Characters of RFC 8187 that need no escape."""


def in_ascii(name: str) -> str:
    """The name as far as ASCII has letters for it."""
    stem, _, extension = name.rpartition(".")
    letters = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 _.()+,=@-]", "", letters)
    return f"{safe(plain) or 'image'}.{extension}"

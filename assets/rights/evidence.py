"""Evidence: the files that prove a right. Kept under their hash, and never run."""

from __future__ import annotations

from typing import Any

from assets.imaging import inspection
from core import storage

PDF = "application/pdf"
LARGEST = 10_000_000
"""Bytes. A signed form, scanned, has one or two million."""
WORDS = "PDF, or a picture of the paper"
ACCEPTED = "application/pdf,image/*"


class Refused(Exception):
    """The file is none that is kept as evidence. Says why."""


def keep(data: bytes, name: str) -> dict[str, Any]:
    """Keep a file, and say what it is: {sha256, name, media_type, size}. Raises Refused."""
    media_type = _media_type(data)
    shown = " ".join(name.replace("\0", "").split())[-200:]
    return {"sha256": storage.put(data), "name": shown, "media_type": media_type, "size": len(data)}


def listed(text: str) -> list[str]:
    """The words between the commas of a text, each once."""
    return list(dict.fromkeys(" ".join(word.split()) for word in text.split(",") if word.strip()))


def _media_type(data: bytes) -> str:
    if not data:
        raise Refused("The file is empty. Save it again, and look whether it opens on your computer.")
    if len(data) > LARGEST:
        raise Refused(f"It is larger than {LARGEST // 1_000_000} MB. Save it smaller.")
    if data.startswith(b"%PDF-"):
        return PDF
    try:
        return inspection.inspect(data).media_type
    except inspection.Unreadable as error:
        raise Refused(f"It is neither a PDF nor a picture that opens. {error}") from error

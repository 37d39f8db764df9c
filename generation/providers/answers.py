"""Finding one's way in answers that may hold anything: a missing or misshapen part reads as empty, and never raises."""

from __future__ import annotations

import json
from typing import Any

from generation.providers.errors import BadAnswer

LONGEST_SENTENCE = 500
"""Characters of what a service says to people. Nothing else is cut: half an address, id or prompt is another one."""
MOST_PICTURES = 16
"""Pictures that are taken from one answer: more than any service draws in one. Each may cost a download."""


def inside(data: Any, *path: str | int) -> Any:
    """What lies at the end of the path; None where it breaks off."""
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def objects(data: Any, *path: str | int) -> list[dict[str, Any]]:
    """The JSON objects in the list at the end of the path."""
    found = inside(data, *path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def text(data: Any, *path: str | int) -> str:
    """The text at the end of the path, whole, or ""."""
    found = inside(data, *path)
    return found if isinstance(found, str) else ""


def sentence(data: Any, *path: str | int) -> str:
    """The text at the end of the path as words for people, or ""; at most LONGEST_SENTENCE."""
    return text(data, *path)[:LONGEST_SENTENCE]


def sentences(data: Any, *path: str | int) -> tuple[str, ...]:
    """The texts in the list at the end of the path, each as words for people."""
    found = inside(data, *path)
    return tuple(item[:LONGEST_SENTENCE] for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def number(data: Any, *path: str | int) -> int | None:
    """The whole number of zero or more at the end of the path, also when written as text or as 7.0."""
    found = inside(data, *path)
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) < 20:
        found = int(found)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def is_nonsense(data: Any, *names: str) -> bool:
    """Whether one of these is told, and is no number that could be meant: then it says nothing about the others."""
    return any(inside(data, name) is not None and number(data, name) is None for name in names)


def ticket(handle: str, *names: str) -> dict[str, Any]:
    """What a stored handle holds; raises BadAnswer unless it is a JSON object with these names."""
    try:
        found = json.loads(handle)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not set(names) <= found.keys():
        raise BadAnswer("The stored handle of this job cannot be read.")
    return found

"""How two dossiers differ, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assets.models import Question
from assets.provenance.alterations import in_plain_words
from core.languages import name_of

LABELS = {
    "file.sha256": "The file",
    "alt_text.decorative": "Decorative",
    "alt_text.language": "Language of the alt text",
    "license.holder": "Who owns the picture",
    "license.attribution": "Credit line",
    "license.valid_until": "License expires",
    "license.url": "Address of the license",
    "license.terms": "Terms that the license rests on",
    "consents.shows_people": "Shows people",
    "consents.shows_property": "Shows a property",
    "consents.given": "Consents",
    "disclosure.digital_source": "How the picture was made",
    "disclosure.alterations": "What was altered",
    "disclosure.original": "Original",
    "disclosure.note": "Note on the alteration",
}


def differences(seen: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What changed between two dossiers' facts, a sentence each."""
    before, after = dict(_flat(seen)), dict(_flat(now))
    changed = [path for path in dict.fromkeys([*before, *after]) if before.get(path) != after.get(path)]
    return [f"{_label(path)}: was {_shown(before.get(path))}, is now {_shown(after.get(path))}." for path in changed]


def _flat(facts: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in facts.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            yield from _flat(value, here)
        else:
            yield here, value


def _label(path: str) -> str:
    if path in LABELS:
        return LABELS[path]
    kind, _, rest = path.partition(".")
    if kind == "channels":
        return f"Channel {rest}"
    if path.startswith("alt_text.texts."):
        return f"Alt text in {name_of(path.rpartition('.')[2])}"
    if path.startswith("license.answers."):
        question, part = path.split(".")[2:4]
        asked = Question(question).label if question in Question.values else question
        return f"{asked} ({part})" if part != "answer" else asked
    return path.replace("_", " ").replace(".", ", ").capitalize()


def _shown(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_shown_item(item) for item in value)
    return f"“{_cut(str(value))}”"


def _shown_item(item: Any) -> str:
    if isinstance(item, Mapping):
        return f"{item.get('name', '')} ({item.get('given', '')})"
    return in_plain_words(str(item))


def _cut(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"

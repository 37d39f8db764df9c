"""How two dossiers differ, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.models import Question
from assets.provenance.alterations import in_plain_words
from assets.versions.dossier import flat
from core.languages import name_of

LABELS = {
    "title": "Title",
    "listing.reference": "Listing",
    "listing.address": "Address of the listing",
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
    before, after = flat(seen), flat(now)
    changed = [path for path in dict.fromkeys([*before, *after]) if before.get(path) != after.get(path)]
    return [f"{_label(path)}: was {_shown(before.get(path))}, is now {_shown(after.get(path))}." for path in changed]


def _label(path: str) -> str:
    if path in LABELS:
        return LABELS[path]
    kind, _, rest = path.partition(".")
    if kind == "channels":
        return _of_channel(rest)
    if path.startswith("alt_text.texts."):
        return f"Alt text in {name_of(path.rpartition('.')[2])}"
    if path.startswith("license.answers."):
        question, part = path.split(".")[2:4]
        asked = Question(question).label if question in Question.values else question
        return f"{asked} ({part})" if part != "answer" else asked
    return path.replace("_", " ").replace(".", ", ").capitalize()


def _of_channel(path: str) -> str:
    """A part of a channel: `website.profile.caption_altered` is “Channel website, caption altered”."""
    slug, _, rest = path.partition(".")
    what = rest.removeprefix("rules.").removeprefix("profile.").replace("_", " ")
    return f"Channel {slug}, {what}" if what else f"Channel {slug}"


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

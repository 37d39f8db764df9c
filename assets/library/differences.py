"""Differences: what two descriptions of a version say differently, with plain labels for their paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.models import Answer, DataMining, DigitalSource, Question, Reach, Shown
from assets.models.limits import KINDS
from assets.models.version import Status
from assets.provenance.alterations import in_plain_words
from core import clock
from core.languages import name_of

LABELS = {
    "title": "Title",
    "status": "Status",
    "listing.reference": "Listing",
    "listing.address": "Address of the listing",
    "file.sha256": "The file",
    "alt_text.decorative": "Decorative",
    "alt_text.long": "Long description",
    "alt_text.language": "Language of the alt text",
    "license.holder": "Who owns the picture",
    "license.attribution": "Credit line",
    "license.valid_until": "License expires",
    "license.url": "Page of the license",
    "license.creator": "Made by",
    "license.notice": "Copyright notice",
    "license.usage_terms": "Usage terms",
    "license.licensor": "Licensor",
    "license.licensor_url": "Where a license can be had",
    "license.data_mining": "AI training",
    "license.plan": "Plan of the terms",
    "license.limits.territories": "Only in these countries or states",
    "license.limits.kinds": "Only for these kinds of channel",
    "license.limits.channels": "Only in these channels",
    "license.limits.listing_only": "Only for this listing",
    "license.limits.may_alter": "May the picture be altered?",
    "license.limits.exclusive_elsewhere": "Exclusive elsewhere",
    "license.limits.exclusive_until": "Exclusive elsewhere until",
    "license.terms": "Terms that the license rests on",
    "consents.shows_people": "Shows people",
    "consents.shows_property": "Shows a property",
    "consents.given": "Consents",
    "consents.new_rights": "By which right it may be used again",
    "disclosure.digital_source": "How the picture was made",
    "disclosure.alterations": "What was altered",
    "disclosure.original": "Original",
    "disclosure.original_version": "Version of the original",
    "disclosure.same_view": "Same room, same viewpoint as the original",
    "disclosure.note": "Note on the alteration",
}


def _day(value: str) -> str:
    return clock.written(date.fromisoformat(value))


def _hash(value: str) -> str:
    return value[:12]


IN_WORDS: Mapping[str, Callable[[str], str]] = {
    "status": lambda value: str(Status(value).label),
    "file.sha256": _hash,
    "alt_text.language": name_of,
    "license.terms": _hash,
    "license.valid_until": _day,
    "license.limits.exclusive_until": _day,
    "license.limits.may_alter": lambda value: str(Answer(value).label),
    "license.data_mining": lambda value: str(DataMining(value).label),
    "consents.shows_people": lambda value: str(Shown(value).label),
    "consents.shows_property": lambda value: str(Answer(value).label),
    "disclosure.digital_source": lambda value: str(DigitalSource(value).label),
    "disclosure.original": _hash,
}
"""How a stored value is told, where it is not words already."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was said and is said otherwise now."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label}: was {self.before}, is now {self.after}."


def label_of(path: str) -> str:
    """What a path of the dossier is called: `alt_text.texts.de` is “Alt text in German”."""
    if path in LABELS:
        return LABELS[path]
    if path.startswith("disclosure.explanations."):
        return "Explanation of a contradiction"
    if path.startswith("alt_text.texts."):
        return f"Alt text in {name_of(path.rpartition('.')[2])}"
    if path.startswith("license.answers."):
        question, _, part = path.removeprefix("license.answers.").partition(".")
        asked = Question(question).label if question in Question.values else question
        return f"{asked} ({part})" if part not in ("answer", "") else asked
    return path.replace("_", " ").replace(".", ", ").capitalize()


def between(
    before: Mapping[str, Any], after: Mapping[str, Any], label: Callable[[str], str] = label_of
) -> list[Difference]:
    """What differs between two descriptions, by path in its order; what one of them lacks was or is empty."""
    changed = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path) and _is_told(path)]
    return [Difference(label(path), _shown(path, before.get(path)), _shown(path, after.get(path))) for path in changed]


def _is_told(path: str) -> bool:
    """What an explanation was about is a hash, and changes with what it speaks of."""
    return not (path.startswith("disclosure.explanations.") and path.endswith(".about"))


def _shown(path: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_shown_item(path, item) for item in value)
    return f"“{_cut(_told(path, str(value)))}”"


def _told(path: str, value: str) -> str:
    """In words; a value that nobody knows any more stands for itself."""
    try:
        return IN_WORDS.get(path, str)(value)
    except ValueError:
        return value


def _shown_item(path: str, item: Any) -> str:
    if path == "license.limits.kinds":
        return KINDS.get(str(item), str(item))
    if isinstance(item, Mapping):
        return f"{item.get('name', '')} ({'revoked' if item.get('revoked') else _terms_of(item)})"
    return in_plain_words(str(item))


def _terms_of(consent: Mapping[str, Any]) -> str:
    """What of a consent changes most: whether it was given, how far it goes, and until when."""
    reach = consent.get("reach")
    until = consent.get("valid_until")
    return ", ".join(
        [
            str(consent.get("given", "")),
            *([str(Reach(reach).label).lower()] if reach in Reach.values else []),
            *([f"until {until}"] if until else []),
        ]
    )


def _cut(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"

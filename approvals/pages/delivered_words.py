"""What the delivered files will say of themselves, for whoever decides whether they may leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from approvals.channels.rules import BadRules
from approvals.models import Channel
from approvals.releases.document import embedded, name_of, rules_of
from approvals.reviews import dossier
from assets.imaging.metadata import EmbeddedMetadata
from assets.imaging.metadata.file_words import CODES
from assets.models import DigitalSource, Version
from assets.rights import notice
from core.languages import name_of as language_of

Told = tuple[str, str, str]
"""Name, words, and where they come from or where they go."""

RIGHTS = (
    ("Creator", "creator", "creator"),
    ("Credit line", "credit", "credit"),
    ("Copyright notice", "rights", "notice"),
    ("Usage terms", "usage_terms", "usage_terms"),
    ("License page", "web_statement", "web_statement"),
    ("Licensor", "licensor", "licensor"),
    ("Licensor’s page", "licensor_url", "licensor_url"),
    ("AI training and data mining", "data_mining", "data_mining"),
    ("Restrictions", "constraints", "constraints"),
)
"""Plain words, the field of the file, and the one of the notice that it comes from."""


def told(version: Version, channels: Iterable[Channel]) -> list[Told]:
    """What all files say once, and what the one of each channel says alone with the channel's name."""
    by_channel = _by_channel(version, list(channels))
    everywhere = set.intersection(*map(set, by_channel.values())) if by_channel else set()
    rows: dict[Told, None] = {}
    for name, said in by_channel.items():
        for each in said:
            what, words, source = each
            alone = ", ".join(part for part in (source, name) if part)
            rows[each if each in everywhere else (what, words, alone)] = None
    order = {what: place for place, what in enumerate(dict.fromkeys(what for what, _, _ in rows))}
    return sorted(rows, key=lambda row: order[row[0]])


def _by_channel(version: Version, channels: list[Channel]) -> dict[str, list[Told]]:
    facts = dossier.of(version, channels).facts
    return {channel.name: list(_told(facts, channel.slug)) for channel in channels}


def _told(facts: Mapping[str, Any], channel: str) -> Iterator[Told]:
    try:
        card, rules = embedded(facts, channel), rules_of(facts, channel)
    except BadRules:  # the verdict says so, and blocks
        return
    yield "File name", name_of(facts, channel, rules.format), ""
    yield from ((what, words, "") for what, words in _words(card) if words)
    yield from _rights(card, facts)
    yield from ((what, words, "") for what, words in _making(card) if words)


def _words(card: EmbeddedMetadata) -> Iterator[tuple[str, str]]:
    yield "Title", card.title
    yield "Description", card.description
    if card.alt_text:
        yield f"Alt text in {language_of(card.language)}", card.alt_text
        yield from ((f"Alt text in {language_of(tag)}", text) for tag, text in card.further_alt_texts.items())
    yield "Long description", card.long_description


def _rights(card: EmbeddedMetadata, facts: Mapping[str, Any]) -> Iterator[Told]:
    stated = notice.of_license(facts["license"])
    for what, field, origin in RIGHTS:
        if value := getattr(card, field):
            source = "From the license" if getattr(stated, origin) == value else "Carried over from the file"
            yield what, CODES.get(value, value), source
    if card.marked is not None:
        yield "Marked as copyrighted", "Yes" if card.marked else "No", "Carried over from the file"


def _making(card: EmbeddedMetadata) -> Iterator[tuple[str, str]]:
    yield "How it was made", str(DigitalSource(card.digital_source).label) if card.digital_source else ""
    yield "AI system", card.ai_system
    yield "AI system version", card.ai_system_version if card.ai_system else ""
    yield "Resolution", f"{card.dpi} dots per inch" if card.dpi else ""
    yield "Color profile", "sRGB"

"""What is wrong with a version's alt text, saved or not yet, next to the others of its listing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assets.alt_texts import rules
from assets.models import Version
from core.errors import Finding


@dataclass(frozen=True, slots=True)
class Words:
    """An alt text with the same in further languages, by tag."""

    text: str
    language: str
    decorative: bool = False
    further: Mapping[str, str] = field(default_factory=dict)
    long: str | None = None
    """The long description, in the same language; None leaves it as it is."""


def alt_text_findings(version: Version) -> list[Finding]:
    """What is wrong with the version's alt text, next to the others of its listing."""
    further = {each.language: each.text for each in version.translations.all()}
    said = Words(version.alt_text, version.alt_language, decorative=version.decorative, further=further)
    return findings_of_words(version, said)


def findings_of_words(version: Version, said: Words) -> list[Finding]:
    """The same for words that are not saved yet."""
    if said.decorative and any(said.further.values()):
        said = replace(said, text=said.text or " ".join(said.further.values()))
    first = rules.check_alt_text(
        said.text,
        decorative=said.decorative,
        title=version.asset.title,
        altered=version.is_altered,
        siblings=siblings_of(version),
        captions=[version.disclosure_note],
        language=said.language,
    )
    if said.decorative:
        return first
    return [*first, *rules.check_translations(said.further, first=said.text, altered=version.is_altered)]


def siblings_of(version: Version) -> list[str]:
    """Alt texts of the other pictures of the same listing."""
    if version.asset.listing_id is None:
        return []
    others = Version.objects.filter(asset__listing=version.asset.listing_id).exclude(asset=version.asset_id)
    return list(others.exclude(alt_text="").values_list("alt_text", flat=True))

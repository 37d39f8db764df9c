"""Writing the alt text of a version, in its first language and in further ones."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from assets.models import AltText, Version
from assets.models.version import Status
from assets.versions.changing import lock, seal
from core import audit, languages
from core.errors import Blocked, Finding
from core.models import User


def describe(
    version: Version,
    *,
    text: str,
    decorative: bool,
    language: str,
    further: Mapping[str, str] | None = None,
    by: User,
) -> Version:
    """Write the alt text, or say that the picture is decorative and has none.

    `further` says it in further languages, by tag; an empty text removes one, and those not named stay as they are.
    """
    with transaction.atomic():
        locked = lock(version, by=by)
        locked.alt_text, locked.decorative, locked.alt_language = text.strip(), decorative, language
        _refuse_unless_complete(locked)
        said = "Marked as decorative." if decorative else f"Alt text: “{locked.alt_text}”"
        words = " ".join([said, *_translate(locked, further or {})])
        seal(locked, "alt_text", "decorative", "alt_language")
        audit.record(by, "version.described", locked, words, language=language)
    return locked


def _translate(version: Version, further: Mapping[str, str]) -> list[str]:
    """Write the texts in further languages that differ; returns them in words. Raises Blocked for one said twice."""
    kept = {each.language: each.text for each in version.translations.all()}
    wanted = {tag: text for tag, text in {**kept, **_stripped(further)}.items() if text}
    if version.alt_language in wanted:
        words = f"There is an alt text in {languages.name_of(version.alt_language)} already. Change that one."
        raise Blocked([Finding("alt_text_twice", words, field="alt_text")])
    changed = []
    for tag in [tag for tag in {**kept, **wanted} if kept.get(tag) != wanted.get(tag)]:
        if tag in wanted:
            AltText.objects.update_or_create(version=version, language=tag, defaults={"text": wanted[tag]})
            changed.append(f"{languages.name_of(tag)}: “{wanted[tag]}”")
        else:
            AltText.objects.filter(version=version, language=tag).delete()
            changed.append(f"{languages.name_of(tag)}: removed.")
    return changed


def _stripped(texts: Mapping[str, str]) -> dict[str, str]:
    return {tag: text.strip() for tag, text in texts.items()}


def _refuse_unless_complete(version: Version) -> None:
    if version.status == Status.APPROVED and not version.alt_text and not version.decorative:
        words = "This version is approved, so it cannot be left without alt text."
        raise Blocked([Finding("alt_text_missing", words, field="alt_text")])

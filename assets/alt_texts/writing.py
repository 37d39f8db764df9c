"""Writing the alt texts of versions, in their first language and in further ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db import transaction

from assets.alt_texts.checking import Words
from assets.models import AltText, Part, Version
from assets.models.version import Status
from assets.versions.changing import hold
from core import audit, languages
from core.errors import Blocked, Finding
from core.models import User
from core.sets import AT_ONCE, batches


def describe(said: Mapping[Version, Words], *, by: User) -> list[Version]:
    """Write the alt text of each version, or that it is decorative and has none.

    Of the further languages, an empty text removes one, and those not named stay as they are. All of it or nothing:
    raises Blocked for an approved version that would be left without words, and for a language said twice.
    """
    with transaction.atomic():
        held = hold(said, by=by)
        words = {version.pk: text for version, text in said.items()}
        for version in held:
            _put(version, words[version.pk])
        further = _write_further([(version, words[version.pk].further) for version in held])
        columns = ("alt_text", "decorative", "alt_language", "long_description")
        changes = held.write(Part.WORDS, *columns, reread=further, looked_at="alt_text")
        if changes:
            changed = [change.subject for change in changes]
            told = _in_words(changed, words[changed[0].pk])
            audit.record(by, "version.described", changes, told, part=Part.WORDS)
    return held.versions


def _put(version: Version, said: Words) -> None:
    version.alt_text, version.decorative, version.alt_language = _tidy(said.text), said.decorative, said.language
    if said.long is not None:
        version.long_description = _tidy(said.long)
    if version.status == Status.APPROVED and not version.alt_text and not version.decorative:
        words = "This version is approved, so it cannot be left without alt text."
        raise Blocked([Finding("alt_text_missing", words, field="alt_text")])


def _write_further(said: list[tuple[Version, Mapping[str, str]]]) -> list[str]:
    """Write the texts in further languages, and remove those that are empty now; returns what to read again.

    Raises Blocked for a language said twice.
    """
    rows = [row for version, further in said for row in _further(version, further)]
    for batch in batches(rows):
        AltText.objects.bulk_create(
            [row for row in batch if row.text],
            batch_size=AT_ONCE,
            update_conflicts=True,
            unique_fields=("version", "language"),
            update_fields=("text",),
        )
        gone = [row.pk for row in batch if not row.text and row.pk]
        AltText.objects.filter(pk__in=gone).delete()
    return ["translations"] if rows else []


def _further(version: Version, said: Mapping[str, str]) -> Iterator[AltText]:
    """The rows that become different. A row without text is one to remove."""
    kept = {each.language: each for each in version.translations.all()}
    texts = {tag: each.text for tag, each in kept.items()} | {tag: _tidy(text) for tag, text in said.items()}
    if texts.get(version.alt_language):
        words = f"There is an alt text in {languages.name_of(version.alt_language)} already. Change that one."
        raise Blocked([Finding("alt_text_twice", words, field="alt_text")])
    for tag, text in texts.items():
        if (kept[tag].text if tag in kept else "") != text:
            yield AltText(
                pk=None if text or tag not in kept else kept[tag].pk, version=version, language=tag, text=text
            )


def _tidy(text: str) -> str:
    """Without space around it, and with one kind of line end: a browser sends another than was stored."""
    return "\n".join(text.splitlines()).strip()


def _in_words(versions: list[Version], said: Words) -> str:
    if len(versions) > 1:
        return f"Alt text of {len(versions)} pictures."
    further = (
        f"{languages.name_of(tag)}: “{text.strip()}”" if text.strip() else f"{languages.name_of(tag)}: removed."
        for tag, text in said.further.items()
    )
    first = "Marked as decorative." if said.decorative else f"Alt text: “{versions[0].alt_text}”"
    long = [f"Long description: “{said.long.strip()}”"] if said.long and said.long.strip() else []
    return " ".join([first, *long, *further])

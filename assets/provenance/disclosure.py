"""How a picture came about, what was altered in it, and the original it was made from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from assets.models import DigitalSource, Part, Version
from assets.versions import contributors
from assets.versions.changing import hold
from core import audit
from core.errors import Blocked, Finding
from core.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What is stated about how pictures came about. Alterations are RESO MediaAlteration values."""

    digital_source: str
    alterations: Collection[str] = ()
    original: Version | None = None
    disclosure_note: str = ""


def mark(versions: Iterable[Version], said: Disclosure, *, by: User) -> list[Version]:
    """State how the pictures came about, what was altered in them, and which photograph they were made from.

    Whoever brought or made that photograph had a hand in them too.
    """
    with transaction.atomic():
        held = hold(versions, by=by)
        for version in held:
            _put(version, said)
        changes = held.write(Part.STATED, "digital_source", "alterations", "original", "disclosure_note")
        if changes:
            behind = contributors.done(said.original, *contributors.LASTING) if said.original else {}
            contributors.note([change.subject for change in changes], behind)
            keys = contributors.as_keys(behind)
            audit.record(by, "version.marked", changes, _in_words(said), part=Part.STATED, behind=keys)
    return held.versions


def pair(version: Version, original: Version, *, by: User) -> None:
    """Link an altered version to the photograph it was made from; the rest of its disclosure stays as it is."""
    said = Disclosure(
        digital_source=version.digital_source,
        alterations=version.alterations,
        original=original,
        disclosure_note=version.disclosure_note,
    )
    mark([version], said, by=by)


def _put(version: Version, said: Disclosure) -> None:
    if said.original is not None and said.original.pk == version.pk:
        raise Blocked([Finding("original_is_itself", "A picture cannot be its own original.", field="original")])
    version.digital_source, version.alterations = said.digital_source, sorted(set(said.alterations))
    version.original, version.disclosure_note = said.original, said.disclosure_note


def _in_words(said: Disclosure) -> str:
    words = f"Disclosure: {DigitalSource(said.digital_source).label.lower()}."
    if said.alterations:
        words += f" Altered: {', '.join(sorted(set(said.alterations)))}."
    return f"{words} Made from “{said.original}”." if said.original else words


def findings(version: Version) -> list[Finding]:
    found = []
    if not version.digital_source:
        found.append(Finding("source_unknown", "Nobody has said how the picture was made.", field="disclosure"))
    if version.is_altered and not version.alterations:
        found.append(Finding("alterations_missing", "Nobody has said what was altered in it.", field="disclosure"))
    if version.is_altered and version.original_id is None:
        words = "It was altered, but the unaltered original is not linked."
        found.append(Finding("original_missing", words, field="disclosure"))
    return found

"""How a picture came about, what was altered in it, and the original it was made from."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from assets.models import DigitalSource, Version
from assets.versions.changing import lock, seal
from core import audit
from core.errors import Blocked, Finding
from core.models import User


def mark(
    version: Version,
    *,
    digital_source: str,
    alterations: Iterable[str],
    original: Version | None,
    disclosure_note: str,
    by: User,
) -> Version:
    """Say how the picture came about, what was altered in it, and which photograph it was made from."""
    if original is not None and original.pk == version.pk:
        raise Blocked([Finding("original_is_itself", "A picture cannot be its own original.", field="original")])
    with transaction.atomic():
        locked = lock(version, by=by)
        locked.digital_source, locked.alterations = digital_source, sorted(set(alterations))
        locked.original, locked.disclosure_note = original, disclosure_note
        seal(locked, "digital_source", "alterations", "original", "disclosure_note")
        words = f"Disclosure: {DigitalSource(digital_source).label.lower()}."
        if locked.alterations:
            words += f" Altered: {', '.join(locked.alterations)}."
        if original:
            words += f" Made from “{original}”."
        audit.record(by, "version.marked", locked, words, original=original.sha256 if original else "")
    return locked


def pair(version: Version, original: Version, *, by: User) -> Version:
    """Link an altered version to the photograph it was made from; the rest of its disclosure stays as it is."""
    return mark(
        version,
        digital_source=version.digital_source,
        alterations=version.alterations,
        original=original,
        disclosure_note=version.disclosure_note,
        by=by,
    )


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

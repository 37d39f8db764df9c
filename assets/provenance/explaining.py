"""Explaining contradictions: why what is stated is right, although the file or its path says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from assets.models import Part, Version
from assets.provenance import agreement
from assets.versions.changing import hold
from core import audit
from core.models import User


def explain(versions: Iterable[Version], given: Mapping[str, str], *, by: User) -> list[Version]:
    """Explain contradictions, by their codes. Empty words take an explanation back; what is not named stays.

    An explanation is about the two sides as they are now, and ends when either says something else.
    """
    with transaction.atomic():
        held = hold(versions, by=by)
        for version in held:
            version.explanations = _explanations(version, given)
        changes = held.write(Part.STATED, "explanations")
        if changes:
            audit.record(by, "version.explained", changes, _in_words(given), part=Part.STATED)
    return held.versions


def _explanations(version: Version, given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Those that still speak of a contradiction that is there, with what was given."""
    kept = {}
    for each in agreement.of(version):
        if words := given.get(each.code, each.explanation).strip():
            kept[each.code] = {"about": each.about, "words": words}
    return kept


def _in_words(given: Mapping[str, str]) -> str:
    said = [words.strip() for words in given.values() if words.strip()]
    return f"Explained: {' '.join(said)}" if said else "An explanation was taken back."

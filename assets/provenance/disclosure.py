"""How a picture came about, what was altered in it, and the original it was made from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from assets.models import DigitalSource, Origin, Part, Version
from assets.models.consent import MADE_BY_AI
from assets.models.version import COMPOSITES, PHOTOGRAPHS
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
    same_view: bool = False
    """Whether the original is confirmed to show the same room from the same viewpoint."""
    disclosure_note: str = ""


ALTERABLE = (*COMPOSITES, DigitalSource.HUMAN_EDITS)
"""Source types of what somebody or something changed. Whoever paints a pole away by hand edits a photograph."""
STATED = ("digital_source", "alterations", "original", "same_view", "disclosure_note")


def mark(versions: Iterable[Version], said: Disclosure, *, by: User) -> list[Version]:
    """State how the pictures came about, what was altered in them, and which photograph they were made from.

    Whoever brought or made that photograph had a hand in them too.
    """
    with transaction.atomic():
        held = hold(versions, by=by)
        for version in held:
            _put(version, said)
        changes = held.write(Part.STATED, *STATED)
        if changes:
            behind = contributors.done(said.original, *contributors.LASTING) if said.original else {}
            contributors.note([change.subject for change in changes], behind)
            keys = contributors.as_keys(behind)
            audit.record(by, "version.marked", changes, _in_words(said), part=Part.STATED, behind=keys)
    return held.versions


def pair(version: Version, original: Version, *, by: User) -> None:
    """Link an altered version to the photograph it was made from; the rest of its disclosure stays as it is.

    Whether both show the same view is then still to be confirmed.
    """
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
    version.same_view = said.same_view and said.original is not None


def _in_words(said: Disclosure) -> str:
    words = f"Disclosure: {DigitalSource(said.digital_source).label.lower()}."
    if said.alterations:
        words += f" Altered: {', '.join(sorted(set(said.alterations)))}."
    if said.original:
        words += f" Made from “{said.original}”{', the same view' if said.same_view else ''}."
    return words


def findings(version: Version) -> list[Finding]:
    """What is missing in the statement, and what in it does not fit together."""
    found = []
    if not version.digital_source:
        found.append(Finding("source_unknown", "Nobody has said how the picture was made.", field="disclosure"))
    if version.is_altered and not version.alterations:
        found.append(Finding("alterations_missing", "Nobody has said what was altered in it.", field="disclosure"))
    if version.is_altered and version.original is None:
        words = "It was altered, but the unaltered original is not linked."
        found.append(Finding("original_missing", words, field="disclosure"))
    return [*found, *unfit(version)]


def unfit(version: Version) -> list[Finding]:
    """Where source type, alterations and original do not fit each other."""
    objections = [*_unfit(version), *(_against(version, version.original) if version.original else ())]
    return [Finding(code, words, field="disclosure") for code, words in objections]


def _unfit(version: Version) -> Iterator[tuple[str, str]]:
    """Source types that no alterations go with, and people whom no camera can have seen."""
    if version.shows_people in MADE_BY_AI and version.digital_source in PHOTOGRAPHS and not version.alterations:
        yield "people_made_in_photograph", "It shows people made or changed by AI, yet it is stated to be a photograph."
    if not version.alterations or version.digital_source in (*ALTERABLE, DigitalSource.UNKNOWN):
        return
    kind = DigitalSource(version.digital_source).label.lower()
    if version.digital_source in PHOTOGRAPHS:
        words = (
            f"It is stated to be as the camera gave it ({kind}), yet alterations are stated. Choose how it was altered."
        )
        yield "altered_is_no_capture", words
    else:
        words = f"Alterations are stated, but only a photograph can be altered. This is stated to be: {kind}."
        yield "generated_is_not_altered", words


def _against(version: Version, original: Version) -> Iterator[tuple[str, str]]:
    """What speaks against a picture as the unaltered original of another."""
    if not version.is_altered:
        yield "original_of_unaltered", "An original is linked, but nothing is stated to be altered."
    if original.is_altered or original.digital_source not in PHOTOGRAPHS:
        stated = DigitalSource(original.digital_source).label.lower()
        words = f"The original must be a photograph without alterations. “{original}” is stated to be: {stated}."
        yield "original_not_photograph", words
    if original.asset.listing_id != version.asset.listing_id:
        yield "original_of_other_listing", "The linked original belongs to another listing, or to none."
    if not (version.same_view or comes_from(version, original)):
        words = "Nobody has confirmed that the original shows the same room from the same viewpoint."
        yield "original_not_confirmed", words


def comes_from(version: Version, original: Version) -> bool:
    """Whether the path itself knows that a version was made from another: here, from it or from what it was behind."""
    parent = version.parent
    if version.origin not in (Origin.GENERATED, Origin.EDITED) or parent is None:
        return False
    return original.pk in (parent.pk, parent.original_id)

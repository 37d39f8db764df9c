"""What a version takes over from the one that it was made from: words, license, who is shown and their consents.

Each part is marked until somebody saves it, changed or not: what was true of the picture before may not be of this one.
How it was made is never taken over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assets.models import AltText, Answer, ConsentUse, License, LicenseSet, Part, Shown, Version
from assets.rights.license_sets import SHARED
from assets.rights.licenses import write_each
from assets.versions import contributors
from core.errors import Finding, Severity

WORDS = ("alt_text", "alt_language", "long_description", "decorative")
BINDING = ("limits", "valid_until")
"""Of a license what binds whatever is made from its picture, whoever else's terms the new one is under."""
ALT_TEXT, LICENSE, CONSENTS = "alt_text", "license", "consents"
SENTENCES = {
    ALT_TEXT: "The words were carried over from {}. Look whether they still fit, and save them.",
    LICENSE: "The license was carried over from {}. Look whether it still fits, and save it.",
    CONSENTS: "Who is shown was carried over from {}, with the consents. Look whether it still fits, and save it.",
}


def inherit(version: Version) -> None:
    """Take over what the version before says, with whoever said it. Call it where the version is made, before its seal.

    Under terms of its own, as what a provider made has them, a picture takes over the limits of its source alone.
    """
    before = version.parent
    if before is None:
        return
    parts = [
        part for part, take in ((ALT_TEXT, _words), (LICENSE, _license), (CONSENTS, _consents)) if take(before, version)
    ]
    version.carried_over = parts
    version.save(update_fields=[*WORDS, "shows_people", "shows_property", "carried_over"])
    source = Version.objects.filter(pk=before.pk)
    if ALT_TEXT in parts:
        contributors.carry_over(source, version, Part.WORDS)
    if {LICENSE, CONSENTS} & {*parts}:
        contributors.carry_over(source, version, Part.RIGHTS)


def findings(version: Version) -> Iterator[Finding]:
    """What nobody has looked at since it was carried over."""
    for part in version.carried_over:
        yield Finding(f"carried_over_{part}", sentence(version, part), Severity.WARNS, part)


def sentence(version: Version, part: str) -> str:
    """That a part was carried over, and what to do."""
    before = version.parent
    name = "the version before" if before is None else f"v{before.number}"
    if before and before.asset_id != version.asset_id:
        name = f"“{before.asset.title}”, {name}"
    return SENTENCES[part].format(name)


def _words(before: Version, version: Version) -> bool:
    if not before.alt_text and not before.decorative:
        return False
    version.alt_text, version.alt_language = before.alt_text, before.alt_language
    version.long_description, version.decorative = before.long_description, before.decorative
    texts = before.translations.all()
    AltText.objects.bulk_create(AltText(version=version, language=each.language, text=each.text) for each in texts)
    return True


def _license(before: Version, version: Version) -> bool:
    source, license = before.license, version.license
    if source is None or license is None or not (taken := _taken_from(source, license)):
        return False
    write_each([license], lambda _: taken, by=version.created_by)
    return True


def _taken_from(source: License, license: License) -> dict[str, Any]:
    """Nothing where the source says nothing. A set is held: who renews it waits, and finds this license, too."""
    if license.terms:
        said = {name: getattr(source, name) for name in BINDING}
    else:
        shared = LicenseSet.objects.select_for_update(no_key=True).get(pk=source.set_id) if source.set_id else None
        said = {name: getattr(shared or source, name) for name in SHARED} | {"set_id": source.set_id}
    return {name: value for name, value in said.items() if value != getattr(license, name)}


def _consents(before: Version, version: Version) -> bool:
    uses = [ConsentUse(consent=each, version=version) for each in before.consents.all()]
    if not uses and (before.shows_people, before.shows_property) == (Shown.UNKNOWN, Answer.UNKNOWN):
        return False
    ConsentUse.objects.bulk_create(uses)
    version.shows_people, version.shows_property = before.shows_people, before.shows_property
    return True

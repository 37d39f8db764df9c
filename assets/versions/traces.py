"""What the log holds of versions: the verbs write it, and `manage.py verify` reads it back."""

from __future__ import annotations

from typing import Any

from assets.models import Provenance, Version
from assets.versions import dossier
from core.audit import Change, plain, values_of

SEAL = ("dossier_hash", "dossier_format")
FILE = ("asset", "number", "sha256", "media_type", "width", "height", "size", "origin", "maker", "parent")
MADE = ("created_by", "created_at")
STATUS = ("status", "approved_by")


def created(version: Version) -> Change[Version]:
    """A version that was just made: its file, where it came from, and its seal over all that is judged; as stored."""
    stored = Version.objects.select_related("provenance").get(pk=version.pk)
    return Change(stored, {}, of_version(stored) | values_of(stored, *SEAL))


def of_version(version: Version) -> dict[str, Any]:
    """What a version says beside its dossier. Its words and rights are in the hash of that."""
    made: Provenance | None = getattr(version, "provenance", None)
    return values_of(version, *FILE, *MADE, *STATUS) | {"provenance_sha256": of_provenance(made)}


def of_provenance(made: Provenance | None) -> str:
    """SHA-256 of every column of a version's provenance; empty without one."""
    if made is None:
        return ""
    said = values_of(made, *(field.name for field in Provenance._meta.concrete_fields))
    if not said["digital_source"]:
        del said["digital_source"]  # the log holds rows from before this column by the others
    if said["ai_system"] is None:
        del said["ai_system"]  # so is this one
    return dossier.digest_of(plain(said))


def hands(version: Version) -> dict[str, list[int]]:
    """Who had a hand in a version, by what they did."""
    found: dict[str, list[int]] = {}
    for part, person in version.contributors.order_by("part", "person").values_list("part", "person"):
        found.setdefault(part, []).append(person)
    return found

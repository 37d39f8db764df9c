"""Who had a part in what is reviewed, and which."""

from __future__ import annotations

from collections.abc import Iterator

from approvals.models.review import EDITS
from assets.models import Provenance, Version
from assets.versions import contributors
from core import audit


def hands_in(version: Version, submitter: int | None = None) -> dict[int, list[str]]:
    """Whoever had a part in what is judged, and which part, in words that follow “You”."""
    parts: dict[int, list[str]] = {}
    for person, part in _parts(version, submitter):
        if person is not None and part not in parts.setdefault(person, []):
            parts[person].append(part)
    for person in contributors.people_behind(version) - set(parts):
        parts[person] = ["had a hand in the picture"]
    return parts


def _parts(version: Version, submitter: int | None) -> Iterator[tuple[int | None, str]]:
    made: Provenance | None = getattr(version, "provenance", None)
    if made:
        yield made.prompt_by_id, "wrote the prompt"
        yield made.requested_by_id, "asked for the picture"
    yield version.created_by_id, "brought the picture into the library"
    yield submitter, "submitted it"
    editors = audit.history(version).filter(action__in=EDITS).order_by().values_list("actor", flat=True).distinct()
    for editor in editors:
        yield editor, "wrote its words or answered for its rights"

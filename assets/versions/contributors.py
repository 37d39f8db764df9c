"""Who had a hand in a version, and so cannot decide on it."""

from __future__ import annotations

from assets.models import Provenance, Version


def people_behind(version: Version) -> set[int]:
    """Ids of everybody who had a hand in the picture, and so cannot decide on it."""
    made: Provenance | None = getattr(version, "provenance", None)
    hands = {version.created_by_id, made.prompt_by_id if made else None, made.requested_by_id if made else None}
    return {person for person in hands if person is not None}

"""The dossier of a review: what is judged, in plain words, with one hash; and how two dossiers differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core import signing

from approvals.models import Channel, Review
from assets.models import Version
from assets.versions import dossier as library_dossier

SALT = "approvals.reviews.dossier"


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that is judged: the facts of the version, and the channels it is meant for."""

    facts: dict[str, Any]
    hash: str

    def sealed(self) -> str:
        """The facts, signed, for a form to carry: what comes back is what was shown."""
        return signing.dumps(self.facts, salt=SALT, compress=True)


def of(version: Version, channels: Iterable[Channel]) -> Dossier:
    """The dossier as it is now."""
    names = {channel.slug: channel.name for channel in channels}
    return Dossier(library_dossier.facts(version) | {"channels": names}, hash_of(version.dossier_hash, names))


def of_review(review: Review) -> Dossier:
    """The dossier of what a review is about, as it is now."""
    return of(review.version, review.channels.all())


def hash_of(version_hash: str, slugs: Iterable[str]) -> str:
    """SHA-256 of the version's own hash and the channels, in order."""
    return hashlib.sha256("\n".join((version_hash, *sorted(slugs))).encode()).hexdigest()


def unseal(sealed: str) -> dict[str, Any]:
    """The facts that a form carried; empty when they are missing or not ours."""
    try:
        facts = signing.loads(sealed, salt=SALT, max_age=30 * 24 * 3600)
    except signing.BadSignature:
        return {}
    return facts if isinstance(facts, dict) else {}


# Who had a hand in it


# Differences


# In plain words

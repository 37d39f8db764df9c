"""The dossier of a review: all that is judged about the version, and each channel with its rules and profile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing as seals

from approvals.channels import signing
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
        return seals.dumps(self.facts, salt=SALT, compress=True)


def of(version: Version, channels: Iterable[Channel]) -> Dossier:
    """The dossier as it is now, in the newest format."""
    facts = library_dossier.facts(version) | {
        "channels": {each.slug: _channel(each) for each in channels},
        "signing": signing.facts(),
    }
    return Dossier(facts, hash_of(facts))


def of_review(review: Review) -> Dossier:
    """The dossier of what a review is about, as it is now."""
    return of(review.version, review.channels.all())


def hash_of(facts: Mapping[str, Any]) -> str:
    """SHA-256 of a dossier, in the format that it says it is in; the first said none."""
    if facts.get("format", 1) == 1:
        return _hash_1(facts)
    return library_dossier.digest_of(facts)


def _hash_1(facts: Mapping[str, Any]) -> str:
    """Format 1: of the version's own hash and the channels' slugs, in order. Nothing else of a channel was judged."""
    own = library_dossier.digest_of({name: value for name, value in facts.items() if name != "channels"})
    return hashlib.sha256("\n".join((own, *sorted(facts["channels"]))).encode()).hexdigest()


def unseal(sealed: str) -> dict[str, Any]:
    """The facts that a form carried; empty when they are missing or not ours."""
    try:
        facts = seals.loads(sealed, salt=SALT, max_age=30 * 24 * 3600)
    except seals.BadSignature:
        return {}
    return facts if isinstance(facts, dict) else {}


def _channel(channel: Channel) -> dict[str, Any]:
    """All of a channel that a decision rests on: what it accepts, what it says, and whose days end a license there."""
    return {
        "name": channel.name,
        "kind": channel.kind,
        "rules": channel.rules,
        "profile": channel.disclosure,
        "territory": channel.territory,
        "time_zone": channel.time_zone,
    }

"""What the log holds of releases and their events: the verbs write it, and `manage.py verify` reads it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from approvals.models import Event, Release, ReleaseState
from approvals.models.document import sha256_of
from assets.versions import dossier
from core.audit import Change, values_of

GOING_ON: Mapping[str, Any] = {"state": ReleaseState.LIVE, "ended_at": None, "ended_by": None, "end_reason": ""}
ENDED = (*GOING_ON, "paused_at")


def of_release(release: Release, slug: str) -> dict[str, Any]:
    """Every column of a release; the document as its hash, and the channel's rules and profile as they were decided."""
    return values_of(
        release,
        "version",
        "channel",
        "decision",
        "dossier_hash",
        "version_hash",
        "version_format",
        "original",
        "file_sha256",
        "file_media_type",
        "file_size",
        "released_at",
        "valid_until",
        *ENDED,
    ) | {
        "slug": slug,
        "document_sha256": sha256_of(release.document_text),
        "channel_sha256": dossier.digest_of(release.decision.dossier["channels"].get(slug, {})),
    }


def of_event(event: Event) -> dict[str, Any]:
    return values_of(event, "channel", "sequence", "kind", "release", "at")


def begun(release: Release) -> list[Change[Any]]:
    """A release that was just made, and the event that tells of it."""
    return [Change(release, {}, of_release(release, release.channel.slug)), announced(release)]


def ended(release: Release) -> list[Change[Any]]:
    """A release that was just ended, and the event that tells of it."""
    return [Change.between(release, GOING_ON, values_of(release, *GOING_ON)), announced(release)]


def paused(release: Release) -> list[Change[Any]]:
    """A release that was just paused, and the event that tells of it."""
    return [Change.between(release, {"paused_at": None}, values_of(release, "paused_at")), announced(release)]


def resumed(release: Release) -> list[Change[Any]]:
    """A release that just goes on; it was paused when its last event but one said so."""
    since = release.events.filter(kind="paused").latest("sequence").at
    return [Change(release, {"paused_at": since}, {"paused_at": None}), announced(release)]


def announced(release: Release) -> Change[Event]:
    """The newest event of a release."""
    event = release.events.latest("sequence")
    return Change(event, {}, of_event(event))

"""What leaves: the delivered file, the release's public document, and the events of a channel.

Files are made before a transaction, documents and events inside the caller's. Only `approvals.workflow` calls this.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from approvals import disclosure, verdict
from approvals.disclosure import Kind, Profile
from approvals.models import Channel, Decision, Event, EventKind, Release
from approvals.policy import Rules
from assets.imaging import rendering
from assets.imaging.metadata import SOURCE_TYPES, Card
from assets.imaging.rendering import Rendered
from assets.library.renditions import card_of
from assets.models import Version
from assets.rights import validity
from core import storage

LOWEST_QUALITY = 50
"""Below this an encoder's artefacts show at a glance."""


class TooLarge(Exception):
    """The file does not fit into the channel's limit at any quality worth showing."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is stored and ready to be released in a channel, and the words that were put into it."""

    channel: int
    words_hash: str
    file: Rendered


# Files


def prepare(version: Version, channels: Iterable[Channel]) -> dict[int, Prepared]:
    """Make and store the file for each channel. Reads and writes files: never call it in a transaction.

    Raises `TooLarge`, `inspection.Unreadable` or `storage.CorruptFile`.
    """
    original = storage.read(version.sha256)
    card = replace(card_of(version), title=version.asset.title)
    made = {}
    for channel in channels:
        file = fit(original, Rules.parse(channel.rules), card)
        storage.put(file.data)
        made[channel.pk] = Prepared(channel.pk, version.words_hash, file)
    return made


def fit(original: bytes, rules: Rules, card: Card) -> Rendered:
    """The copy that a channel gets: as good as its limit of bytes allows."""
    spec = verdict.spec_of(rules)
    for quality in range(spec.quality, LOWEST_QUALITY - 1, -10):
        file = rendering.render(original, replace(spec, quality=quality), card)
        if not rules.max_bytes or len(file.data) <= rules.max_bytes:
            return file
    raise TooLarge(f"The file cannot be made smaller than {rules.max_bytes / 1_000_000:g} MB without visible damage.")


# Documents


def document(version: Version, channel: Channel, file: Rendered) -> dict[str, Any]:
    """What the API says about a version in a channel. Holds no prompt, no cost and nobody's name."""
    profile = Profile.parse(channel.disclosure)
    kind = verdict.kind_of(version)
    if kind is None:
        raise ValueError("a version whose kind is not stated is never released")
    return {
        "title": version.asset.title,
        "asset": str(version.asset_id),
        "version": {"number": version.number, "label": version.label, "sha256": version.sha256},
        "listing": version.asset.listing.reference if version.asset.listing else None,
        "alt_text": _alt_text(version),
        "licence": _licence(version),
        "disclosure": _disclosure(version, kind, profile),
        "original": _original(version, channel, kind),
        "file": {
            "media_type": file.media_type,
            "width": file.width,
            "height": file.height,
            "size": len(file.data),
            "sha256": file.sha256,
        },
    }


def _alt_text(version: Version) -> dict[str, Any]:
    texts = {version.alt_language: version.alt_text} if version.alt_text else {}
    texts |= {translation.language: translation.text for translation in version.translations.all()}
    return {"decorative": version.decorative, "language": version.alt_language, "texts": texts}


def _licence(version: Version) -> dict[str, Any]:
    licence, until = version.licence, validity.valid_until(version)
    return {
        "holder": licence.holder if licence else "",
        "attribution": licence.attribution if licence else "",
        "url": licence.url if licence else "",
        "valid_until": until.isoformat() if until else None,
    }


def _disclosure(version: Version, kind: Kind, profile: Profile) -> dict[str, Any]:
    said = disclosure.disclose(profile, kind, note=version.disclosure_note)
    return asdict(said) | {
        "kind": kind.value,
        "alterations": list(version.alterations),
        "digital_source_type": f"{SOURCE_TYPES}{version.digital_source}",
    }


def _original(version: Version, channel: Channel, kind: Kind) -> dict[str, Any] | None:
    if kind is not Kind.ALTERED or version.original is None:
        return None
    release = Release.objects.live().filter(version=version.original, channel=channel).first()
    return {"image": str(release.pk) if release else None, "sha256": version.original.sha256}


def _needed_original(version: Version, channel: Channel) -> Version | None:
    """The photograph without which the channel does not show the version."""
    needed = verdict.kind_of(version) is Kind.ALTERED and Rules.parse(channel.rules).needs_original
    return version.original if needed else None


# Releases and events, in the caller's transaction


def release(decision: Decision, channel: Channel, prepared: Prepared, at: datetime) -> Release:
    """Put a version into a channel and tell it. The caller holds the locks of the version and of the channel."""
    version = decision.review.version
    made = Release.objects.create(
        version=version,
        channel=channel,
        decision=decision,
        dossier_hash=decision.dossier_hash,
        words_hash=version.words_hash,
        original=_needed_original(version, channel),
        document=document(version, channel, prepared.file),
        file_sha256=prepared.file.sha256,
        file_media_type=prepared.file.media_type,
        file_size=len(prepared.file.data),
        released_at=at,
        valid_until=validity.valid_until(version),
    )
    announce(made, EventKind.RELEASED, at)
    return made


def announce(subject: Release, kind: EventKind, at: datetime) -> Event:
    """Add the next event of the release's channel. Holding the channel's row is what leaves no gap and no disorder."""
    channel = Channel.objects.select_for_update().get(pk=subject.channel_id)
    channel.last_sequence += 1
    channel.save(update_fields=["last_sequence"])
    return Event.objects.create(channel=channel, sequence=channel.last_sequence, kind=kind, release=subject, at=at)

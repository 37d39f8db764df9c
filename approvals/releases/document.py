"""What the public reads about a version in a channel: the document that is made once, when it is released."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from approvals.channels import disclosure, verdict
from approvals.channels.disclosure import Kind, Profile
from approvals.channels.rules import Rules
from approvals.models import Channel, Release
from assets.imaging.metadata import SOURCE_TYPES
from assets.imaging.rendering import Rendered
from assets.models import Version
from assets.rights import validity

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
        "license": _license(version),
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


def _license(version: Version) -> dict[str, Any]:
    license, until = version.license, validity.valid_until(version)
    return {
        "holder": license.holder if license else "",
        "attribution": license.attribution if license else "",
        "url": license.url if license else "",
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


def needed_original(version: Version, channel: Channel) -> Version | None:
    """The photograph without which the channel does not show the version."""
    needed = verdict.kind_of(version) is Kind.ALTERED and Rules.parse(channel.rules).needs_original
    return version.original if needed else None


# Releases and events, in the caller's transaction

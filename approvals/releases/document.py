"""Making a release's document from the dossier that was decided on: what leaves is what was decided, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from approvals.channels import disclosure
from approvals.channels.disclosure import Profile
from approvals.channels.rules import Rules
from approvals.models.document import (
    FORMAT,
    Kind,
    Order,
    PublicAltText,
    PublicDisclosure,
    PublicFile,
    PublicLicense,
    PublicOriginal,
    PublicVersion,
    ReleaseDocument,
)
from assets.imaging.metadata import SOURCE_TYPES, EmbeddedMetadata
from assets.imaging.rendering import Rendered
from assets.models.version import label_of
from assets.rights import validity

Facts = Mapping[str, Any]
"""A dossier's facts, in the newest format."""


def document(facts: Facts, channel: str, file: Rendered) -> ReleaseDocument:
    """What the public reads about a picture in a channel, named by its slug. Holds no prompt, no cost and no name."""
    kind = _kind(facts)
    return ReleaseDocument(
        format=FORMAT,
        title=facts["title"],
        asset=UUID(facts["asset"]),
        version=PublicVersion(facts["file"]["number"], _label(facts), facts["file"]["sha256"]),
        listing=facts["listing"].get("reference"),
        alt_text=PublicAltText(
            decorative=facts["alt_text"]["decorative"],
            language=facts["alt_text"]["language"],
            texts={tag: text for tag, text in facts["alt_text"]["texts"].items() if text},
        ),
        license=_license(facts),
        disclosure=_disclosure(facts, kind, profile_of(facts, channel)),
        original=_original(facts, kind),
        file=PublicFile(file.media_type, file.width, file.height, len(file.data), file.sha256),
    )


def embedded(facts: Facts) -> EmbeddedMetadata:
    """What the delivered file says about itself."""
    texts, license, made = facts["alt_text"], facts["license"], facts["provenance"]
    further = {tag: text for tag, text in texts["texts"].items() if tag != texts["language"]}
    system = made.get("provider_name") or made.get("provider", "")
    return EmbeddedMetadata(
        title=facts["title"],
        alt_text="" if texts["decorative"] else texts["texts"].get(texts["language"], ""),
        language=texts["language"],
        further_alt_texts=further,
        credit=license.get("attribution", ""),
        rights=license.get("holder", ""),
        web_statement=license.get("url", ""),
        digital_source=facts["disclosure"]["digital_source"],
        ai_system=system,
        ai_system_version=(made.get("model_reported") or made.get("model_asked", "")) if system else "",
    )


def rules_of(facts: Facts, channel: str) -> Rules:
    """The channel's rules as they were decided under. Raises BadRules."""
    return Rules.parse(facts["channels"][channel]["rules"])


def profile_of(facts: Facts, channel: str) -> Profile:
    """The channel's way of disclosing as it was decided on. Raises BadRules."""
    return Profile.parse(facts["channels"][channel]["profile"])


def needs_its_original(facts: Facts, channel: str) -> bool:
    """Whether the channel shows the picture only beside the photograph it was made from."""
    return _kind(facts) is Kind.ALTERED and rules_of(facts, channel).needs_original


def _kind(facts: Facts) -> Kind:
    said = facts["disclosure"]
    kind = disclosure.kind_of(said["digital_source"], said["alterations"])
    if kind is None:
        raise ValueError("a version whose kind is not stated is never released")
    return kind


def _label(facts: Facts) -> str:
    added = datetime.fromisoformat(facts["file"]["added"])
    return label_of(facts["file"]["number"], added, facts["provenance"]["maker"])


def _license(facts: Facts) -> PublicLicense:
    said = facts["license"]
    return PublicLicense(
        said.get("holder", ""), said.get("attribution", ""), said.get("url", ""), valid_until=validity.last_day(facts)
    )


def _disclosure(facts: Facts, kind: Kind, profile: Profile) -> PublicDisclosure:
    stated = facts["disclosure"]
    shown = disclosure.disclose(profile, kind, note=stated["note"])
    return PublicDisclosure(
        kind=kind,
        alterations=stated["alterations"],
        digital_source_type=f"{SOURCE_TYPES}{stated['digital_source']}",
        caption=shown.caption,
        remark_prefix=shown.remark_prefix,
        label=shown.label,
        statement=shown.statement,
        order=Order(shown.order),
    )


def _original(facts: Facts, kind: Kind) -> PublicOriginal | None:
    sha256 = facts["disclosure"]["original"]
    return PublicOriginal(sha256) if kind is Kind.ALTERED and sha256 else None

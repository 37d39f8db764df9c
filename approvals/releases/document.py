"""Making a release's document from the dossier that was decided on: what leaves is what was decided, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from approvals.channels import disclosure
from approvals.channels.disclosure import Disclosure
from approvals.channels.profiles import Profile
from approvals.channels.rules import Rules
from approvals.models.document import (
    FORMAT,
    BurnIn,
    Kind,
    Mark,
    Order,
    PublicAltText,
    PublicDisclosure,
    PublicFile,
    PublicLicense,
    PublicLimits,
    PublicOriginal,
    PublicVersion,
    ReleaseDocument,
)
from approvals.releases import originals
from assets.imaging.inspection import EXTENSIONS
from assets.imaging.metadata import SOURCE_TYPES, EmbeddedMetadata
from assets.imaging.rendering import Rendered
from assets.models import Answer, DigitalSource, Question
from assets.models.version import label_of
from assets.provenance.alterations import as_reso
from assets.rights import notice, validity
from core.file_names import file_name

Facts = Mapping[str, Any]
"""A dossier's facts, in the newest format."""
BY_A_MODEL = (DigitalSource.GENERATED, DigitalSource.COMPOSITE, DigitalSource.SYNTHETIC)
"""What a trained model made, or had a part in."""
OF_DELIVERY = frozenset({"channels", "signing"})
"""Facts of a review's dossier that are not the version's own: where it goes, and who signs it."""


def of_version(facts: Facts) -> dict[str, Any]:
    """The facts of a review's dossier that are the version's own."""
    return {name: value for name, value in facts.items() if name not in OF_DELIVERY}


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
        file=_file(file, name_of(facts, channel, file.media_type)),
    )


def embedded(facts: Facts, channel: str) -> EmbeddedMetadata:
    """What the file that is delivered to a channel says about itself. Raises BadRules."""
    texts, said = facts["alt_text"], notice.of(facts)
    further = {tag: text for tag, text in texts["texts"].items() if tag != texts["language"]}
    system, version = _ai_system(facts)
    return EmbeddedMetadata(
        title=facts["title"],
        description=_description(facts, channel),
        alt_text="" if texts["decorative"] else texts["texts"].get(texts["language"], ""),
        language=texts["language"],
        further_alt_texts=further,
        long_description=texts.get("long", ""),
        creator=said.creator,
        credit=said.credit,
        rights=said.notice,
        marked=said.marked,
        usage_terms=said.usage_terms,
        web_statement=said.web_statement,
        licensor=said.licensor,
        licensor_url=said.licensor_url,
        data_mining=said.data_mining,
        constraints=said.constraints,
        digital_source=facts["disclosure"]["digital_source"],
        ai_system=system,
        ai_system_version=version,
        dpi=rules_of(facts, channel).dpi,
    )


def name_of(facts: Facts, channel: str, media_type: str) -> str:
    """The name of the delivered file: listing, title, version and channel."""
    version = f"v{facts['file']['number']}"
    reference = facts["listing"].get("reference", "")
    return file_name(reference, facts["title"], ending=(version, channel), extension=EXTENSIONS[media_type])


def _description(facts: Facts, channel: str) -> str:
    """Caption, label, words about people and statement, as far as each says more than the one before it.

    A statement that leads to the original is left out where there is none: its place would stay empty.
    """
    kind = kind_of(facts)
    if kind is None:
        return ""
    shown = said_in(facts, kind, profile_of(facts, channel))
    said: list[str] = []
    for words in (shown.caption, shown.label, shown.people, _statement(facts, shown)):
        if words and words.casefold() not in " ".join(said).casefold():
            said.append(words)
    return " ".join([*map(_ended, said[:-1]), *said[-1:]])  # an address at the end keeps its own end


def _ended(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _statement(facts: Facts, shown: Disclosure) -> str:
    has_original = bool(facts["disclosure"]["original"])
    leads_there = disclosure.ORIGINAL in shown.statement
    return shown.statement_with(originals.address_of(facts)) if has_original or not leads_there else ""


def _ai_system(facts: Facts) -> tuple[str, str]:
    """The AI system and its version: the one that the path knows; else, where a model had a part, the file's own."""
    made, stated = facts["provenance"], facts["disclosure"]["digital_source"]
    if system := made.get("ai_system", ""):
        return system, made.get("model_reported") or made.get("model_asked", "")
    said = made.get("file_says", {}).get("iptc", {})
    if stated not in BY_A_MODEL or not (system := said.get("ai_system", "")):
        return "", ""
    return system, said.get("ai_system_version", "")


def rules_of(facts: Facts, channel: str) -> Rules:
    """The channel's rules as they were decided under. Raises BadRules."""
    return Rules.parse(facts["channels"][channel]["rules"])


def profile_of(facts: Facts, channel: str) -> Profile:
    """The channel's way of disclosing as it was decided on. Raises BadRules."""
    return Profile.parse(facts["channels"][channel]["profile"])


def needs_its_original(facts: Facts, channel: str) -> bool:
    """Whether the channel shows the picture only beside the photograph it was made from."""
    return _kind(facts) is Kind.ALTERED and rules_of(facts, channel).needs_original


def kind_of(facts: Facts) -> Kind | None:
    """What the picture is to the people who look at it; None when that is not stated."""
    said = facts["disclosure"]
    return disclosure.kind_of(said["digital_source"], said["alterations"])


def _kind(facts: Facts) -> Kind:
    kind = kind_of(facts)
    if kind is None:
        raise ValueError("a version whose kind is not stated is never released")
    return kind


def _label(facts: Facts) -> str:
    added = datetime.fromisoformat(facts["file"]["added"])
    return label_of(facts["file"]["number"], added, facts["provenance"]["maker"])


def _license(facts: Facts) -> PublicLicense:
    """What the file says of it too; the credit line alone is only the one that the license asks for."""
    license, said = facts["license"], notice.of(facts)
    return PublicLicense(
        holder=license.get("holder", ""),
        attribution=license.get("attribution", ""),
        url=said.web_statement,
        valid_until=validity.last_day(facts),
        creator=said.creator,
        notice=said.notice,
        usage_terms=said.usage_terms,
        licensor=said.licensor,
        licensor_url=said.licensor_url,
        data_mining=said.data_mining,
        limits=_limits(license),
    )


def _limits(license: Mapping[str, Any]) -> PublicLimits:
    """What binds whoever receives the picture. Which channels of ours it may go to is kept here, by releasing it."""
    left = license.get("limits", {})
    sublicense = license.get("answers", {}).get(Question.SUBLICENSE.value, {})
    return PublicLimits(
        territories=list(left.get("territories", ())),
        listing_only=left.get("listing_only", ""),
        may_alter=left.get("may_alter", Answer.UNKNOWN.value),
        may_sublicense=sublicense.get("answer", Answer.UNKNOWN.value),
    )


def _disclosure(facts: Facts, kind: Kind, profile: Profile) -> PublicDisclosure:
    """All that the channel says with the picture, and what the picture is."""
    shown = said_in(facts, kind, profile)
    said: dict[str, Any] = {each.name: getattr(shown, each.name) for each in fields(Disclosure)}
    return PublicDisclosure(
        kind=kind,
        alterations=as_reso(facts["disclosure"]["alterations"]),
        digital_source_type=f"{SOURCE_TYPES}{facts['disclosure']['digital_source']}",
        note=facts["disclosure"]["note"] if kind is Kind.ALTERED else "",
        **said | {"order": Order(shown.order), "icon": Mark(shown.icon), "burn_in": BurnIn(shown.burn_in)},
    )


def said_in(facts: Facts, kind: Kind, profile: Profile) -> Disclosure:
    """What a channel with this profile says about the picture."""
    stated = facts["disclosure"]
    return disclosure.disclose(
        profile,
        kind,
        alterations=stated["alterations"],
        note=stated["note"],
        digital_source=stated["digital_source"],
        people=disclosure.people_by_ai(kind, facts["consents"]["shows_people"]),
    )


def _file(file: Rendered, name: str) -> PublicFile:
    return PublicFile(file.media_type, file.width, file.height, len(file.data), file.sha256, name)


def _original(facts: Facts, kind: Kind) -> PublicOriginal | None:
    sha256 = facts["disclosure"]["original"]
    return PublicOriginal(sha256) if kind is Kind.ALTERED and sha256 else None

"""The dossier of a version: everything that a reviewer judges, in one canonical form with one hash.

The form has a number. A version keeps the format that it was sealed under, so a new field damages no old row; whoever
adds a format says whether decisions under the earlier ones still stand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assets.models import Answer, Consent, Grant, Listing, Provenance, Shown, Terms, Version


@dataclass(frozen=True, slots=True)
class Format:
    """One form of the dossier. It is never changed once a version was sealed under it."""

    facts: Callable[[Version], dict[str, Any]]
    voids: bool = False
    """Whether decisions under the formats before it end with it."""


def facts(version: Version, format: int | None = None) -> dict[str, Any]:
    """Everything that is judged about a version, as plain JSON values. The same facts always come out the same."""
    return FORMATS[NEWEST if format is None else format].facts(version)


def digest(version: Version, format: int | None = None) -> str:
    """SHA-256 of the canonical form of the facts."""
    return digest_of(facts(version, format))


def digest_of(said: Mapping[str, Any]) -> str:
    """SHA-256 of a dossier in its canonical form: sorted keys, no spaces, UTF-8."""
    return hashlib.sha256(canonical(said)).hexdigest()


def canonical(said: Mapping[str, Any]) -> bytes:
    """Plain JSON values as the same bytes every time."""
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def is_intact(version: Version) -> bool:
    """Whether the stored hash still fits the stored words, in the format that it was made in."""
    return version.dossier_format in FORMATS and digest(version, version.dossier_format) == version.dossier_hash


def standing() -> list[int]:
    """The formats under which decisions still stand."""
    since = max((number for number, each in FORMATS.items() if each.voids), default=min(FORMATS))
    return [number for number in FORMATS if number >= since]


def flat(said: Mapping[str, Any]) -> dict[str, Any]:
    """The facts by their path, such as `alt_text.texts.en`."""
    return dict(_flat(said))


def _flat(said: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in said.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            yield from _flat(value, here)
        else:
            yield here, value


def _facts_1(version: Version) -> dict[str, Any]:
    return {
        "file": {
            "sha256": version.sha256,
            "media_type": version.media_type,
            "width": version.width,
            "height": version.height,
        },
        "alt_text": _alt_text(version),
        "license": _license(version.license),
        "consents": _consents(version),
        "disclosure": {
            "digital_source": version.digital_source,
            "alterations": sorted(version.alterations),
            "original": version.original.sha256 if version.original else "",
            "note": version.disclosure_note,
        },
        "provenance": _provenance(version),
    }


def _facts_2(version: Version) -> dict[str, Any]:
    """Format 2 adds all else that leaves: title, listing, what the label is made of, and what the file says."""
    said = _facts_1(version)
    return said | {
        "format": 2,
        "title": version.asset.title,
        "asset": str(version.asset_id),
        "listing": _listing(version.asset.listing),
        "file": said["file"] | {"number": version.number, "added": version.created_at.isoformat()},
        "disclosure": said["disclosure"] | {"original_version": str(version.original_id or "")},
        "provenance": said["provenance"] | _claims(version),
    }


def _facts_3(version: Version) -> dict[str, Any]:
    """Format 3 keeps apart what the file says, what its path knows and what is stated, with what explains the rest."""
    said = _facts_2(version)
    return said | {
        "format": 3,
        "alt_text": _alt_text_3(version),
        "license": license_facts(version.license),
        "consents": _consents_3(version),
        "disclosure": said["disclosure"] | _statement(version),
        "provenance": said["provenance"] | _known(version) | _system(version),
        "carried_over": sorted(version.carried_over),
    }


def _alt_text_3(version: Version) -> dict[str, Any]:
    return _alt_text(version) | {"long": version.long_description}


def license_facts(license: Grant | None) -> dict[str, Any]:
    """Format 3 adds who made it and grants it, what users are told, and the limits as values."""
    said = _license(license)
    if license is None:
        return said
    return said | {name: getattr(license, name) for name in LICENSE_3}


LICENSE_3 = (
    "plan",
    "creator",
    "notice",
    "usage_terms",
    "licensor",
    "licensor_url",
    "data_mining",
    "limits",
    "evidence",
)
"""Columns of a license that format 3 knows beside those of format 1."""


def _consents_3(version: Version) -> dict[str, Any]:
    given = [of_consent(consent) for consent in version.all_consents]
    return {
        "shows_people": version.shows_people,
        "shows_property": version.shows_property,
        "given": _in_order(given),
        "new_rights": [f"#{key}: {words}" for key, words in sorted(version.new_rights.items())],
    }


def of_consent(consent: Consent) -> dict[str, Any]:
    """All of a consent that is judged with each picture that rests on it."""
    files = [{"name": file["name"], "sha256": file["sha256"]} for file in consent.files]
    return {
        "kind": consent.kind,
        "name": consent.name,
        "guardian": {"name": consent.guardian_name, "relation": consent.guardian_relation},
        "given": consent.given,
        "scope": consent.scope,
        "reach": consent.reach,
        "channel_kinds": sorted(consent.channel_kinds),
        "channels": sorted(consent.channels),
        "territories": sorted(consent.territories),
        "purposes": sorted(consent.purposes),
        "may_alter": consent.may_alter,
        "to_providers": consent.to_providers,
        "valid_until": consent.valid_until.isoformat() if consent.valid_until else "",
        "files": sorted(files, key=lambda file: (file["sha256"], file["name"])),
        "revoked": consent.revoked_at is not None,
    }


def _in_order(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(given, key=lambda consent: json.dumps(consent, sort_keys=True))


def _statement(version: Version) -> dict[str, Any]:
    return {"same_view": version.same_view, "explanations": version.explanations}


def _known(version: Version) -> dict[str, Any]:
    made: Provenance | None = getattr(version, "provenance", None)
    return {"digital_source": made.digital_source if made else "", "parent": str(version.parent_id or "")}


def _system(version: Version) -> dict[str, Any]:
    made: Provenance | None = getattr(version, "provenance", None)
    return {"ai_system": made.system} if made else {}


def _alt_text(version: Version) -> dict[str, Any]:
    texts = {translation.language: translation.text for translation in version.translations.all()}
    return {
        "decorative": version.decorative,
        "language": version.alt_language,
        "texts": {**texts, version.alt_language: version.alt_text},
    }


def _license(license: Grant | None) -> dict[str, Any]:
    if license is None:
        return {}
    return {
        "answers": license.answers,
        "holder": license.holder,
        "attribution": license.attribution,
        "valid_until": license.valid_until.isoformat() if license.valid_until else "",
        "url": license.url,
        "terms": _terms(license.terms),
    }


def _terms(terms: Terms | None) -> str:
    return terms.sha256 if terms else ""


def _consents(version: Version) -> dict[str, Any]:
    given = [
        {
            "kind": consent.kind,
            "name": consent.name,
            "given": consent.given,
            "scope": consent.scope,
            "valid_until": consent.valid_until.isoformat() if consent.valid_until else "",
            "document": consent.files[0]["sha256"] if consent.files else "",
        }
        for consent in version.consents.all()
    ]
    return {
        "shows_people": Answer.YES if version.shows_people == Shown.REAL else version.shows_people,
        "shows_property": version.shows_property,
        "given": _in_order(given),
    }


def _provenance(version: Version) -> dict[str, Any]:
    made: Provenance | None = getattr(version, "provenance", None)
    said = {"origin": version.origin, "maker": version.maker}
    if made is None:
        return said
    return said | {
        "provider": made.provider,
        "model_asked": made.model_asked,
        "model_reported": made.model_reported,
        "prompt": made.prompt,
        "negative": made.negative,
        "template": made.template,
        "seed": made.seed,
        "terms": _terms(made.terms),
    }


def _listing(listing: Listing | None) -> dict[str, Any]:
    """Which house it is. What else is known of a listing goes into prompts, and does not leave."""
    return {"reference": listing.reference, "address": listing.address} if listing else {}


def _claims(version: Version) -> dict[str, Any]:
    made: Provenance | None = getattr(version, "provenance", None)
    return {"provider_name": made.provider_name, "file_says": made.found} if made else {}


FORMATS: dict[int, Format] = {1: Format(_facts_1), 2: Format(_facts_2), 3: Format(_facts_3)}
NEWEST = max(FORMATS)

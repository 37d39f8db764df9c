"""The dossier of a version: everything that a reviewer judges, in one canonical form with one hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from assets.models import License, Provenance, Terms, Version


def facts(version: Version) -> dict[str, Any]:
    """Everything that is judged about a version, as plain JSON values. The same facts always come out the same."""
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


def digest(version: Version) -> str:
    """SHA-256 of the canonical form of the facts."""
    return digest_of(facts(version))


def digest_of(said: dict[str, Any]) -> str:
    """SHA-256 of a dossier in its canonical form: sorted keys, no spaces, UTF-8."""
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _alt_text(version: Version) -> dict[str, Any]:
    texts = {translation.language: translation.text for translation in version.translations.all()}
    return {
        "decorative": version.decorative,
        "language": version.alt_language,
        "texts": {**texts, version.alt_language: version.alt_text},
    }


def _license(license: License | None) -> dict[str, Any]:
    if license is None:
        return {}
    answers = {
        answer.question: {"answer": answer.answer, "detail": answer.detail, "source": answer.source}
        for answer in license.answers.all()
    }
    return {
        "answers": answers,
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
            "document": consent.document_sha256,
        }
        for consent in version.consents.all()
    ]
    return {
        "shows_people": version.shows_people,
        "shows_property": version.shows_property,
        "given": sorted(given, key=lambda consent: json.dumps(consent, sort_keys=True)),
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

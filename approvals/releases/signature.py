"""The signature of a delivered file: its claim comes from the dossier that was decided on, and from what was done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from approvals.channels import signing
from approvals.releases.document import Facts
from assets.imaging import credentials
from assets.imaging.credentials import Claim, NotSigned, SigningCertificate
from assets.imaging.metadata import SOURCE_TYPES
from assets.imaging.rendering import Rendered
from assets.models import DigitalSource, Origin

MODELED = (DigitalSource.GENERATED, DigitalSource.COMPOSITE)
"""Source types that say that a trained model was used."""

Signing = Callable[[Rendered], Rendered]


def signing_for(facts: Facts, original: bytes) -> Signing:
    """What signs the files of a dossier, each once; where nothing is signed, it leaves them as they are.

    What it gives back raises NotSigned: a file that was to be signed never leaves unsigned.
    """
    certificate = signing.certificate()
    if certificate is None:
        return _leave

    @cache
    def sign(file: Rendered) -> Rendered:
        return _signed(file, claim(facts, original, file), certificate)

    return sign


def claim(facts: Facts, original: bytes, file: Rendered) -> Claim:
    """What is claimed of a delivered file: how it began, and what was done to it here."""
    said, made = facts["file"], facts["provenance"]
    brought = made.get("file_says", {}).get("c2pa", {})
    travels = signing.may_travel(brought)
    is_made_here = made["origin"] == Origin.GENERATED and not travels
    is_resized = (file.width, file.height) != (said["width"], said["height"])
    source = facts["disclosure"]["digital_source"]
    return Claim(
        begins="created" if is_made_here else "opened",
        digital_source=f"{SOURCE_TYPES}{source}",
        steps=(*(("resized",) if is_resized else ()), "edited.metadata", "transcoded"),
        media_type=said["media_type"],
        original=original if travels else b"",
        model=made.get("model_reported") or made.get("model_asked", ""),
        model_was_used=source in MODELED,
    )


def check(facts: Facts) -> None:
    """Raises NotSigned where what was decided on is signed, and nothing can sign any more."""
    if facts.get("signing", {}).get("signed") and signing.certificate() is None:
        raise NotSigned("No certificate is set any more.")


def _signed(file: Rendered, claimed: Claim, certificate: SigningCertificate) -> Rendered:
    data = credentials.sign(file.data, file.media_type, claimed, certificate)
    return replace(file, data=data, sha256=hashlib.sha256(data).hexdigest())


def _leave(file: Rendered) -> Rendered:
    return file

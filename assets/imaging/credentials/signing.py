"""Signing what is delivered: the true chain of what happened to it, and what its provider had signed before.

It happens in a child behind the fence, since the provider's credentials are foreign bytes, too. The child gets the key
with its task and can reach nothing to give it to; only where time stamps are asked for may it open connections.
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from assets.imaging import fence
from assets.imaging.credentials import native, privacy
from assets.imaging.credentials.signer import SigningCertificate
from assets.imaging.refusals import TooHeavy, Unreadable

PROGRAM = "Imprimatur"
ORIGINAL = "original"
"""The label of the ingredient that the picture was made from, and its name: its file's own may tell more."""
MODEL_TYPE = "c2pa.types.model"
"""Any trained model, as implementers of 2.4 write it (read 2026-11-30); which kind of model it was is not known."""
APPROVED = "human_validated"
SIGNING = fence.Limits(cpu=10, wall=20)
STAMPED = fence.Limits(cpu=10, wall=60, connects=True)
LIBRARY_SAYS = {
    "not valid at time of signing": "The certificate has ended, or does not hold yet.",
    "http resolver": "The server for time stamps did not answer.",
    "service responded": "The server for time stamps did not give one.",
    "time stamp": "The server for time stamps did not give one.",
    "timestamp": "The server for time stamps did not give one.",
}


class NotSigned(Exception):
    """The file could not be signed. The message says why, for people."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is stated with a signature."""

    begins: str
    """`created`, for a picture that was made here, or `opened`."""
    digital_source: str
    """Address of the IPTC term."""
    steps: tuple[str, ...]
    """What was done to it for delivery, in order, as C2PA names it without `c2pa.`."""
    media_type: str
    """Of the file that it was made from."""
    original: bytes = b""
    """That file, where its own credentials travel along; without it, nothing of them does."""
    model: str = ""
    """The trained model that made or changed it, where its name is known."""
    model_was_used: bool = False


def sign(data: bytes, media_type: str, claim: Claim, certificate: SigningCertificate) -> bytes:
    """The same file, signed. It is not the same twice: sign once what is kept. Raises NotSigned."""
    if not native.is_installed():
        raise NotSigned("The library for Content Credentials, c2pa-python, is not installed.")
    limits = STAMPED if certificate.timestamp_url else SIGNING
    try:
        made = fence.run(_sign, data, media_type, asdict(claim), _as_plain(certificate), limits=limits)
    except TooHeavy as problem:
        raise NotSigned(
            "The server for time stamps did not answer." if limits is STAMPED else str(problem)
        ) from problem
    except Unreadable as problem:
        raise NotSigned(str(problem)) from problem
    if "signed" not in made:
        raise NotSigned(_in_words(str(made.get("problem", ""))))
    return bytes(made["signed"])


def warm_up() -> None:
    """Load what the task of this module needs: a child can open no file."""
    native.warm_up()


def _as_plain(certificate: SigningCertificate) -> dict[str, str]:
    return {
        "chain": certificate.chain,
        "key": certificate.key,
        "algorithm": certificate.algorithm,
        "timestamp_url": certificate.timestamp_url,
    }


def _in_words(problem: str) -> str:
    for sign, words in LIBRARY_SAYS.items():
        if sign in problem:
            return words
    return f"The library for Content Credentials says: {problem[:200] or 'nothing'}."


# In the child


def _sign(data: bytes, media_type: str, claim: dict[str, Any], certificate: dict[str, str]) -> dict[str, Any]:
    import c2pa  # here, so that only helpers carry it

    try:
        signed = _signed(data, media_type, claim, certificate)
        told, _ = native.manifests(signed, media_type)
    except c2pa.C2paError as error:
        return {"problem": str(error)}
    if told.get("validation_state") not in ("Valid", "Trusted"):
        return {"problem": f"what was signed does not hold ({told.get('validation_status')})"}
    return {"signed": signed}


def _signed(data: bytes, media_type: str, claim: dict[str, Any], certificate: dict[str, str]) -> bytes:
    import c2pa

    original, stamps = claim["original"], certificate["timestamp_url"]
    redactions = _redactions(original, claim["media_type"]) if original else ()
    info = (certificate["algorithm"], certificate["chain"], certificate["key"], stamps or None)
    encoded = (each.encode() if each else None for each in info)
    out = io.BytesIO()
    with (
        native.context(hosts=(urlsplit(stamps).hostname or "",) if stamps else ()) as quiet,
        c2pa.Signer.from_info(c2pa.C2paSignerInfo(*encoded)) as signer,
        c2pa.Builder(_manifest(claim, redactions), context=quiet) as builder,
    ):
        if original:
            builder.add_ingredient(_ingredient(claim["media_type"]), claim["media_type"], io.BytesIO(original))
        builder.sign(signer, media_type, io.BytesIO(data), out)
    return out.getvalue()


def _redactions(original: bytes, media_type: str) -> tuple[str, ...]:
    """What is taken out of the credentials that travel along."""
    import c2pa

    _, details = native.manifests(original, media_type)
    travel = privacy.travel(details.get("manifests", {}))
    if travel.how == "no":
        raise c2pa.C2paError("the file’s own credentials hold what may not travel")
    return travel.redactions


def _manifest(claim: dict[str, Any], redactions: tuple[str, ...]) -> dict[str, Any]:
    opened = claim["begins"] == "opened"
    assertions = [
        {"label": "c2pa.actions.v2", "data": {"actions": list(_actions(claim, redactions))}, "created": True},
        *_disclosure(claim),
    ]
    manifest: dict[str, Any] = {"claim_generator_info": [{"name": PROGRAM}], "assertions": assertions}
    if redactions:
        manifest["redactions"] = list(redactions)
    if opened and not claim["original"]:
        manifest["ingredients"] = [_ingredient(claim["media_type"])]
    return manifest


def _ingredient(media_type: str) -> dict[str, str]:
    return {"title": ORIGINAL, "format": media_type, "relationship": "parentOf", "label": ORIGINAL}


def _actions(claim: dict[str, Any], redactions: tuple[str, ...]) -> list[dict[str, Any]]:
    """From how it began to how it was saved, and what was taken out of earlier credentials."""
    begun: dict[str, Any] = {"action": f"c2pa.{claim['begins']}"}
    if claim["begins"] == "opened":
        begun["parameters"] = {"ingredientIds": [ORIGINAL]}
    begun["digitalSourceType"] = claim["digital_source"]
    agent = {"softwareAgent": {"name": PROGRAM}}
    done = [{"action": f"c2pa.{step}", **agent} for step in claim["steps"]]
    taken = [
        {"action": "c2pa.redacted", "reason": "c2pa.PII.present", "parameters": {"redacted": address}, **agent}
        for address in redactions
    ]
    return [begun, *done, *taken]


def _disclosure(claim: dict[str, Any]) -> list[dict[str, Any]]:
    if not claim["model_was_used"]:
        return []
    said: dict[str, Any] = {"modelType": MODEL_TYPE, "contentProfile": {"humanOversightLevel": APPROVED}}
    if claim["model"]:
        said["modelName"] = claim["model"]
    return [{"label": "c2pa.ai-disclosure", "data": said, "created": True}]

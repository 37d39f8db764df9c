"""Plain words for what Content Credentials say: actions, ingredients, and what does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST = 200
"""Characters of one sentence or name."""
ACTIONS = {
    "c2pa.created": "Created",
    "c2pa.opened": "Opened",
    "c2pa.placed": "Another picture put in",
    "c2pa.removed": "A picture taken out",
    "c2pa.edited": "Edited",
    "c2pa.edited.metadata": "Metadata changed",
    "c2pa.enhanced": "Enhanced",
    "c2pa.adjustedColor": "Colors adjusted",
    "c2pa.color_adjustments": "Colors adjusted",
    "c2pa.cropped": "Cropped",
    "c2pa.resized": "Resized",
    "c2pa.resized.proportional": "Resized",
    "c2pa.transcoded": "Saved in another encoding",
    "c2pa.converted": "Converted to another format",
    "c2pa.repackaged": "Put into another container",
    "c2pa.filtered": "Filtered",
    "c2pa.drawing": "Drawn on",
    "c2pa.addedText": "Text added",
    "c2pa.deleted": "Parts deleted",
    "c2pa.orientation": "Turned or mirrored",
    "c2pa.translated": "Translated",
    "c2pa.watermarked": "Invisible watermark added",
    "c2pa.watermarked.bound": "Invisible watermark added",
    "c2pa.watermarked.unbound": "Invisible watermark added",
    "c2pa.redacted": "Details taken out of earlier credentials",
    "c2pa.published": "Published",
    "c2pa.unknown": "Something that is not named",
}
"""Of C2PA 2.4 and before → in plain words."""
RELATIONS = {"parentOf": "Made from", "componentOf": "Contains", "inputTo": "Made with the help of"}
PROBLEMS = {
    "signingCredential.expired": "the signer’s certificate had ended, and no time stamp says when it was signed",
    "signingCredential.invalid": "the signer’s certificate is not one for signing",
    "signingCredential.revoked": "the signer’s certificate was withdrawn",
    "claimSignature.missing": "the signature is missing",
    "claim.missing": "the signed statement is missing",
    "algorithm.unsupported": "it is signed in a way that is not known here",
    "assertion.action.malformed": "its list of actions breaks the rules of C2PA",
}
"""Code of the library → why a signature cannot be taken as valid although nothing was changed."""


def cut(words: object) -> str:
    """As much of a text as is shown, on one line."""
    line = " ".join(str(words).split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def action(said: Mapping[str, Any]) -> str:
    """One action, and the program that did it."""
    name = str(said.get("action", ""))
    words = ACTIONS.get(name, f"Action “{name}”")
    agent = said.get("softwareAgent")
    agent = agent.get("name", "") if isinstance(agent, Mapping) else agent
    return cut(f"{words}, with {agent}" if agent else words)


def ingredient(said: Mapping[str, Any], *, broken: bool) -> str:
    """One picture that went into it, and whether its own credentials hold."""
    relation = RELATIONS.get(str(said.get("relationship")), "Made from")
    state = "with no Content Credentials of its own"
    if said.get("active_manifest"):
        state = "which was changed after it was signed" if broken else "whose own credentials are intact"
    title = said.get("title") or "a picture without a name"
    return cut(f"{relation} “{cut(title)}”, {state}")


def signer(told: Mapping[str, Any]) -> str:
    """The name and the organization in the certificate."""
    names = (told.get("common_name"), told.get("issuer"))
    return cut(", ".join(dict.fromkeys(str(name) for name in names if name)))


def generator(manifest: Mapping[str, Any]) -> str:
    """The programs that made the claim."""
    programs = manifest.get("claim_generator_info") or []
    names = [f"{each.get('name', '')} {each.get('version', '')}".strip() for each in programs]
    return cut(", ".join(filter(None, names)) or manifest.get("claim_generator", ""))


def problem(codes: set[str]) -> str:
    """Why a signature that nobody broke does not hold."""
    return cut("; ".join(PROBLEMS.get(code, f"it does not pass the check “{code}”") for code in sorted(codes)))

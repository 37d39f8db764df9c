"""What of a provider's credentials may travel on with a delivered file, and what must be taken out first.

Whatever is not known to be harmless is private. An assertion can be redacted; the words of a claim, of its actions and
of its ingredients cannot, so where those hold more than a program writes by itself, nothing of it travels.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Manifests = Mapping[str, Mapping[str, Any]]
"""Label of a manifest → all that it holds, as the library details it."""

HARMLESS = ("c2pa.hash.", "c2pa.soft-binding", "c2pa.ai-disclosure", "c2pa.training-mining", "cawg.training-mining")
"""Assertions that hold nothing about people and places: bindings, what a model did, and what may be learned from it."""
LOOKED_INTO = ("c2pa.actions", "c2pa.ingredient")
"""Assertions that can only be kept whole."""
KINDS = {
    "thumbnail": re.compile(r"^c2pa\.thumbnail"),
    "place": re.compile(r"gps|latitude|longitude|location|city|country|geo", re.IGNORECASE),
    "names": re.compile(r"author|creator|person|name|identity|credit|owner", re.IGNORECASE),
    "camera data": re.compile(r"exif|tiff|camera|lens", re.IGNORECASE),
}
OTHER = "further details"
_PARTS = {"claim", "assertion_store", "signature"}
_CLAIM = {
    "instanceID", "claim_generator_info", "claim_generator", "signature", "created_assertions", "gathered_assertions",
    "assertions", "redacted_assertions", "dc:title", "dc:format", "alg", "alg_soft", "claim_version",
}  # fmt: skip
_ACTION = {
    "action", "when", "reason", "digitalSourceType", "softwareAgent", "softwareAgentIndex", "parameters", "instanceID",
}  # fmt: skip
_PARAMETERS = {"ingredients", "ingredient", "ingredientIds", "redacted", "org.cai.ingredientIds"}
_INGREDIENT = {
    "dc:title", "dc:format", "title", "format", "relationship", "instanceID", "documentID", "activeManifest",
    "c2pa_manifest", "claimSignature", "thumbnail", "validationResults", "validationStatus", "hash", "data",
}  # fmt: skip
_PLAIN_NAME = {
    "chatgpt", "dalle", "image", "img", "imagen", "dsc", "dscf", "dscn", "pxl", "picture", "photo", "output", "result",
    "untitled", "generated", "original", "file", "edit", "edited", "png", "jpg", "jpeg", "webp", "avif", "heic", "gif",
    "am", "pm", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "copy", "final",
}  # fmt: skip
"""Words of file names that programs and cameras give by themselves."""
_HEX = re.compile(r"(?=[a-f]*\d)[0-9a-f]{4,}")


@dataclass(frozen=True, slots=True)
class Travel:
    """How a file's credentials may travel: `whole`, `redacted`, or `no`."""

    how: str
    private: tuple[str, ...] = ()
    """In plain words, what is taken out; or what keeps the whole from travelling."""
    redactions: tuple[str, ...] = ()
    """Addresses of the assertions to be taken out."""


def travel(manifests: Manifests) -> Travel:
    """What may travel of a file's manifests."""
    stuck = tuple(dict.fromkeys(_stuck(manifests)))
    if stuck:
        return Travel("no", stuck)
    private = [
        (f"self#jumbf=/c2pa/{label}/c2pa.assertions/{name}", _kinds(name, said))
        for label, manifest in manifests.items()
        for name, said in manifest.get("assertion_store", {}).items()
        if not name.startswith((*HARMLESS, *LOOKED_INTO))
    ]
    kinds = tuple(dict.fromkeys(kind for _, found in private for kind in found))
    return Travel("redacted" if private else "whole", kinds, tuple(address for address, _ in private))


def _kinds(name: str, said: Any) -> list[str]:
    if KINDS["thumbnail"].match(name):
        return ["thumbnail"]
    words = f"{name} {json.dumps(said)}"
    return [kind for kind, pattern in KINDS.items() if pattern.search(words)] or [OTHER]


def _stuck(manifests: Manifests) -> Iterator[str]:
    for manifest in manifests.values():
        claim = manifest.get("claim", {})
        if any(manifest[name] for name in manifest.keys() - _PARTS) or claim.keys() - _CLAIM:
            yield "details of a kind that is not known here"
        if not _is_plain(claim.get("dc:title", "")):
            yield "a file name in words"
        for name, said in manifest.get("assertion_store", {}).items():
            if name.startswith("c2pa.actions") and not _is_of_a_program(said):
                yield "words in its list of actions"
            if name.startswith("c2pa.ingredient") and not _is_bare(said):
                yield "words about its ingredients"


def _is_of_a_program(said: Any) -> bool:
    """Whether a list of actions holds no words but those of the vocabulary and the names of programs."""
    if not isinstance(said, Mapping) or said.keys() - {"actions", "allActionsIncluded", "softwareAgents"}:
        return False
    return all(
        isinstance(each, Mapping)
        and not each.keys() - _ACTION
        and not (each.get("parameters") or {}).keys() - _PARAMETERS
        and str(each.get("reason", "c2pa.")).startswith("c2pa.")
        for each in said.get("actions") or ()
    )


def _is_bare(said: Any) -> bool:
    return (
        isinstance(said, Mapping)
        and not said.keys() - _INGREDIENT
        and _is_plain(said.get("dc:title") or said.get("title") or "")
    )


def _is_plain(title: object) -> bool:
    """Whether a file name is one that programs and cameras give by themselves."""
    words = re.findall(r"[^\W_]+", str(title).lower())
    return all(word in _PLAIN_NAME or word.isdigit() or _is_counted(word) for word in words)


def _is_counted(word: str) -> bool:
    """Letters of a name with its number, or part of an id."""
    return bool(_HEX.fullmatch(word)) or word.rstrip("0123456789") in _PLAIN_NAME

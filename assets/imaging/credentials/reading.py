"""Reading Content Credentials: whether they hold, who signed, and in plain words what happened to the picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from assets.imaging.credentials import native, privacy, words

MOST_BYTES = 64 * 1024 * 1024
"""Of a file that is checked: reading takes as much memory again."""
MOST_WORDS = 20
"""Actions told of one file, and ingredients."""
MOST_MANIFESTS = 32

Told = Mapping[str, Any]


def read(data: bytes, anchors: str = "") -> dict[str, Any]:
    """What a file's Content Credentials say and whether they hold; empty where it has none, or no library is here.

    `state` is `trusted` or `valid` (whole, by a signer who is known here or is not), `tampered` (something was changed
    after it was signed), `elsewhere` (kept on a server, which is not asked), or `unreadable`. Never raises.
    """
    media_type = _media_type(data)
    if not native.is_installed() or not media_type:
        return {}
    if len(data) > MOST_BYTES:
        return {"state": "unreadable", "problem": "the file is too large to check"}
    try:
        told, details = native.manifests(data, media_type, anchors)
        return _said(told, details) if told else {}
    except Exception as error:  # the library, or a manifest of a shape that nobody expects
        return _refused(str(error))


def _media_type(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "image/avif" if data[8:12] in (b"avif", b"avis") else "image/heic"
    heads = {b"\xff\xd8": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp", b"GIF8": "image/gif"}
    return next((kind for head, kind in heads.items() if data.startswith(head)), "")


def _refused(error: str) -> dict[str, Any]:
    kind, _, rest = error.partition(":")
    if kind == "ManifestNotFound":
        return {}
    if kind in ("Remote", "RemoteManifest"):
        return {"state": "elsewhere", "elsewhere": words.cut(rest.rpartition(" ")[2])}
    return {"state": "unreadable", "problem": "what it says is damaged"}


def _said(told: Told, details: Told) -> dict[str, Any]:
    history = list(_history(told))
    newest = history[-1] if history else {}
    travel = privacy.travel(details.get("manifests", {}))
    state, codes = _state(told, history)
    may_travel = state in ("trusted", "valid")
    signature = newest.get("signature_info") or {}
    said = {
        "state": state,
        "problem": words.problem(codes) if state == "unreadable" else "",
        "signer": words.signer(signature),
        "signed": words.cut(signature.get("time", "")),
        "generator": words.generator(newest),
        "actions": _once(words.action(each) for manifest in history for each in _actions(manifest)),
        "ingredients": _once(
            words.ingredient(each, broken=_is_broken(each)) for manifest in history for each in _ingredients(manifest)
        ),
        "private": list(travel.private) if may_travel else [],
        "travels": travel.how if may_travel else "no",
    }
    return {name: value for name, value in said.items() if value}


def _once(told: Iterable[str]) -> list[str]:
    """The first of them, each once where it stands several times in a row."""
    return [said for said, _ in groupby(told)][:MOST_WORDS]


def _state(told: Told, history: list[Told]) -> tuple[str, set[str]]:
    """Whether all of it holds, and what does not. The library's own word speaks of the newest manifest alone."""
    results = told.get("validation_results") or {}
    codes = native.failures(results.get("activeManifest") or {})
    earlier = [_failures_of(each) for manifest in history for each in _ingredients(manifest)]
    earlier += [native.failures(each.get("validationDeltas") or {}) for each in results.get("ingredientDeltas") or ()]
    if any(_is_change(code) for each in (codes, *earlier) for code in each):
        return "tampered", codes
    state = str(told.get("validation_state", "")).lower()
    return (state if state in ("trusted", "valid") else "unreadable"), codes - {"signingCredential.untrusted"}


def _is_change(code: str) -> bool:
    return code.endswith(".mismatch")


def _failures_of(ingredient: Told) -> set[str]:
    """What did not hold of an ingredient when it was taken in."""
    results = ingredient.get("validation_results") or {}
    status = {str(each.get("code")) for each in ingredient.get("validation_status") or ()}
    return status | native.failures(results.get("activeManifest") or {})


def _is_broken(ingredient: Told) -> bool:
    return any(_is_change(code) for code in _failures_of(ingredient))


def _history(told: Told) -> Iterator[Told]:
    """The manifests from the oldest to the newest, each once."""
    manifests = told.get("manifests") or {}
    seen: list[str] = []
    waiting = [str(told.get("active_manifest"))]
    while waiting and len(seen) < MOST_MANIFESTS:
        label = waiting.pop(0)
        if label in manifests and label not in seen:
            seen.append(label)
            waiting += [str(each.get("active_manifest")) for each in _ingredients(manifests[label])]
    return (manifests[label] for label in reversed(seen))


def _ingredients(manifest: Told) -> list[Told]:
    return [each for each in manifest.get("ingredients") or () if isinstance(each, Mapping)]


def _actions(manifest: Told) -> Iterator[Told]:
    for assertion in manifest.get("assertions") or ():
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            yield from (each for each in assertion["data"].get("actions") or () if isinstance(each, Mapping))

"""Reading what a file says about itself: every text that a person or a rule may ask for, and where it stood.

Reading never trusts: everything found is text of limited length, kept as a claim of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assets.imaging import credentials
from assets.imaging.metadata import carriers, exif, generators, iim, text, vocabulary, xmp

MOST_CHARACTERS = 120_000
"""Characters kept of all texts of a file together."""
MOST_CREDENTIALS = 16 * 1024 * 1024
"""Bytes of Content Credentials that are checked."""
MADE = {
    "trainedAlgorithmicMedia", "trainedAlgorithmicData", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic",
    "composite", "algorithmicMedia", "dataDrivenMedia", "digitalArt", "digitalCreation", "softwareImage",
    "virtualRecording", "screenCapture",
}  # fmt: skip
"""Digital source types, of IPTC and C2PA, of pictures that no camera took as they are."""
_SAYABLE = (
    *sorted(MADE - {"composite"}),  # which is also how other words begin
    "algorithmicallyEnhanced", "digitalCapture", "computationalCapture", "humanEdits",
)  # fmt: skip
_TERMS = {term.lower(): term for term in (*MADE, *_SAYABLE)}
TEXT_CHUNKS = {
    "author": "creator", "copyright": "rights", "description": "description", "title": "title",
    "disclaimer": "disclaimer", "warning": "warning", "source": "source", "software": "software", "comment": "comment",
    "aigc": "ai_label", "parameters": "parameters", "prompt": "prompt", "artist": "artist", "credit": "credit",
    "license": "license", "usage": "usage_terms", "usage terms": "terms_of_use", "instructions": "instructions",
    "restrictions": "restrictions", "rights": "stated_rights", "copyright notice": "copyright_notice",
    "credit line": "credit_line", carriers.COMMENT: "file_comment",
}  # fmt: skip
"""Keyword of a text in a PNG, in small letters → our name, of each another, since it also says where a text stood."""
_PLACES = {
    "iptc": ("XMP", vocabulary.NAMES),
    "iim": ("IPTC", iim.NAMES),
    "exif": ("EXIF", exif.NAMES),
    "text": ("PNG", {name: keyword.title() for keyword, name in TEXT_CHUNKS.items()}),
}


def read(data: bytes, image: object = None, anchors: str = "") -> dict[str, Any]:
    """What a file says about itself, in plain values that are JSON. Never raises; unknown is left out.

    By where it stood: `iptc` (XMP: the fields of IPTC, PLUS and others), `iim`, `exif`, `text`; and what follows from
    it: `c2pa`, `generator`, `camera`. Only bytes are looked at: who has the image open needs not give it along.
    `anchors` are the certificates, PEM, that make a signer of Content Credentials known.
    """
    try:
        return said_by(data, anchors)
    except Exception:  # no picture is refused, and none that was paid for is lost, over what it says of itself
        return {}


def said_by(data: bytes, anchors: str = "") -> dict[str, Any]:
    """The same without the net below it."""
    found = carriers.carried(data)
    packet, records, directory = carriers.unfolded(found)
    said: dict[str, Any] = {
        "c2pa": _c2pa(data, found, anchors),
        "iptc": xmp.flat(packet),
        "iim": records,
        "exif": dict(directory.texts),
        "text": _texts(found.texts),
    }
    said["generator"] = _generator(said, found.texts)
    said["camera"] = camera(directory, said)
    return _bounded(_once(said))


def place_of(kind: str, name: str) -> str:
    """Where a text of `read` stood in the file, as other programs name it: `EXIF Copyright`."""
    if (kind, name) == ("text", "file_comment"):
        return "Comment"
    carrier, names = _PLACES.get(kind, ("", {}))
    return f"{carrier} {names.get(name, '')}".strip()


def source_term(value: str) -> str:
    """The term of a digital source type, whether a file gives its address or the term alone, in whatever capitals."""
    term = re.split(r"[/#:]", value.strip().rstrip("/"))[-1]
    return _TERMS.get(term.lower(), term)


def camera(directory: exif.Exif, said: Mapping[str, Any]) -> dict[str, str]:
    """Which camera took it, and when; empty unless the file plainly says that one did.

    It does if it names a maker and a model in a few plain words each, and says of the exposure at least two of time,
    aperture, sensitivity and focal length, or one and when it was taken, each in a range that a camera has. It does
    not if a generator's note or a digital source type says that the picture was made or changed otherwise.
    """
    facts = {key: value for key in ("make", "model", "software", "taken") if (value := directory.texts.get(key))}
    if not all(_is_plain_name(facts.get(key, "")) for key in ("make", "model")):
        return {}
    measured = sum(_RANGES[key][0] < value <= _RANGES[key][1] for key, value in directory.numbers.items())
    dated = bool(_MOMENT.match(facts.get("taken", "")))
    if measured + dated < 2 or not measured or said["generator"] or _is_made(said):
        return {}
    return {key: value[:200] for key, value in facts.items()}


_RANGES = {"exposure_time": (0, 86_400), "f_number": (0, 128), "iso": (0, 10_000_000), "focal_length": (0, 10_000)}
"""Seconds, stops, ISO, millimeters: above the first, up to the second."""
_MOMENT = re.compile(r"(?:18|19|20)\d\d[:/-](?:0[1-9]|1[0-2])[:/-](?:0[1-9]|[12]\d|3[01])\b")
_NAME = re.compile(r"[\w .,/&+()®™*'-]{1,64}")


def _is_plain_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and any(letter.isalpha() for letter in name)


def _is_made(said: Mapping[str, Any]) -> bool:
    types = "; ".join(said["iptc"].get(name, "") for name in ("digital_source", "digital_source_file"))
    terms = {source_term(each) for each in re.split("[;,]", types)}
    speaks_of_ai = any(name.startswith("ai_") for part in (said["iptc"], said["text"]) for name in part)
    return speaks_of_ai or not MADE.isdisjoint({*terms, *said["c2pa"].get("says", ())})


def _texts(texts: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for keyword, words in texts:
        name = TEXT_CHUNKS.get(keyword.lower())
        if name and (said := text.cleaned(words)):
            found[name] = text.cleaned(text.joined(found.get(name, ""), said))
    return found


def _generator(said: Mapping[str, Any], texts: list[tuple[str, str]]) -> dict[str, str]:
    directory, packet, records = said["exif"], said["iptc"], said["iim"]
    chunks = dict(reversed(texts))
    parts = (directory, packet, said["text"], records)
    comments = [part.get(name, "") for name in ("comment", "file_comment", "description") for part in parts]
    programs = [part.get(name, "") for name in _PROGRAMS for part in parts]
    credits = [part.get(name, "") for name in ("credit", "credit_line") for part in parts]
    return generators.note_of({**directory, **chunks}, filter(None, comments), programs, credits)


_PROGRAMS = ("software", "tool", "editing_software", "model", "make")
"""Where a program, or a camera, gives its own name."""


def _c2pa(data: bytes, found: carriers.Carried, anchors: str) -> dict[str, Any]:
    """The file's Content Credentials: what they say, and whether they hold. Who cannot check leaves that out."""
    store = b"".join(part for part in found.of("c2pa") if b"jumb" in part or b"c2pa" in part)
    present = b"c2pa" in store
    if not present and not any(b"provenance" in packet for packet in found.of("xmp")):
        return {}
    checked = {"state": "unreadable", "problem": "they are too long"} if len(store) > MOST_CREDENTIALS else None
    checked = credentials.read(data, anchors) if checked is None else checked
    if not present and checked.get("state") != "elsewhere":
        return {}
    return {"present": True, "says": [term for term in _SAYABLE if term.encode() in store], **checked}


def _once(said: dict[str, Any]) -> dict[str, Any]:
    """The same without empty parts, and without the raw form of what the note and the camera's part say whole."""
    note = said["generator"]
    whole = [words for key in ("settings", "graph") if (words := note.get(key))]
    told = {"exif": set(said["camera"])}
    order = ("c2pa", "generator", "camera", "iptc", "iim", "exif", "text")
    parts = {
        kind: {
            name: words
            for name, words in said[kind].items()
            if name not in told.get(kind, ()) and not (kind in _RAW and any(each in str(words) for each in whole))
        }
        for kind in order
    }
    return {kind: part for kind, part in parts.items() if part}


_RAW = ("exif", "text", "iptc")


def _bounded(said: dict[str, Any]) -> dict[str, Any]:
    """The same with each text cut where it is too long, and the last ones where all are together."""
    left = MOST_CHARACTERS

    def kept(value: Any) -> Any:
        nonlocal left
        if isinstance(value, dict):
            return {key: part for key, inner in value.items() if (part := kept(inner)) not in ("", {})}
        if isinstance(value, str):
            value = text.cut(value, min(text.MOST, left)) if left > 0 else ""
            left -= len(value)
        return value

    bounded: dict[str, Any] = kept(said)
    return bounded

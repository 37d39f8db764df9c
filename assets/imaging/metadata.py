"""What files say about themselves, and what our copies say: XMP with IPTC's fields, text chunks, EXIF, C2PA marks.

Reading never trusts: everything found is text of limited length, kept as a claim of the file. Writing happens only into
copies, since re-encoding a file drops the C2PA marks that the stored original keeps.

Field names are those of the IPTC Photo Metadata Standard 2025.1 (iptc.org, read 2026-11-22).
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as Plain

from defusedxml import ElementTree
from PIL import ExifTags, Image

from assets.imaging import containers

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""Digital source types are written as full addresses, http without s (IPTC NewsCodes)."""
MOST = 20_000
"""Characters kept of any one text that a file carries."""

NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
for _prefix, _address in NAMESPACES.items():
    Plain.register_namespace(_prefix, _address)

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MIDJOURNEY_JOB = re.compile(r"Job ID: ([0-9a-f-]{36})")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


# Written


@dataclass(frozen=True, slots=True)
class EmbeddedMetadata:
    """What a copy says about itself. Empty texts are left out."""

    alt_text: str = ""
    language: str = "en"
    further_alt_texts: Mapping[str, str] = field(default_factory=dict)
    """The alt text in further languages, by tag."""
    title: str = ""
    credit: str = ""
    rights: str = ""
    web_statement: str = ""
    digital_source: str = ""
    """Last part of the IPTC term, such as `trainedAlgorithmicMedia`."""
    ai_system: str = ""
    ai_system_version: str = ""
    ai_prompt: str = ""
    """A prompt may hold what is not for the public, so it is embedded only where a channel asks for it."""

    def as_xmp(self) -> bytes:
        """The XMP packet, UTF-8."""
        root = Plain.Element(_name("x", "xmpmeta"))
        about = Plain.SubElement(root, _name("rdf", "RDF"))
        body = Plain.SubElement(about, _name("rdf", "Description"), {_name("rdf", "about"): ""})
        for prefix, name, text in self._simple():
            if text:
                Plain.SubElement(body, _name(prefix, name)).text = _clean(text)
        for prefix, name, texts in self._translated():
            if texts[self.language]:
                _add_translated(body, _name(prefix, name), texts, self.language)
        packet = Plain.tostring(root, encoding="unicode")
        return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{packet}<?xpacket end="w"?>'.encode()

    def _simple(self) -> Iterator[tuple[str, str, str]]:
        source = f"{SOURCE_TYPES}{self.digital_source}" if self.digital_source else ""
        yield "Iptc4xmpExt", "DigitalSourceType", source
        yield "Iptc4xmpExt", "AISystemUsed", self.ai_system
        yield "Iptc4xmpExt", "AISystemVersionUsed", self.ai_system_version
        yield "Iptc4xmpExt", "AIPromptInformation", self.ai_prompt
        yield "photoshop", "Credit", self.credit
        yield "xmpRights", "WebStatement", self.web_statement

    def _translated(self) -> Iterator[tuple[str, str, Mapping[str, str]]]:
        alt_texts = {self.language: self.alt_text, **self.further_alt_texts}
        yield "Iptc4xmpCore", "AltTextAccessibility", alt_texts
        yield "dc", "title", {self.language: self.title}
        yield "dc", "rights", {self.language: self.rights}


def _add_translated(body: Plain.Element, name: str, texts: Mapping[str, str], first: str) -> None:
    """An XMP language alternative; readers that look for one language only ask for `x-default`."""
    choices = Plain.SubElement(Plain.SubElement(body, name), _name("rdf", "Alt"))
    for tag, text in {"x-default": texts[first], **texts}.items():
        Plain.SubElement(choices, _name("rdf", "li"), {_XML_LANG: tag}).text = _clean(text)


def _name(prefix: str, name: str) -> str:
    return f"{{{NAMESPACES[prefix]}}}{name}"


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)


# Read


def read(data: bytes, image: Image.Image | None = None) -> dict[str, Any]:
    """What a file says about itself, by kind: `c2pa`, `iptc`, `generator`, `camera`. Never raises; unknown is empty.

    Who has the image open already gives it along: a PNG is decoded once more otherwise.
    """
    found: dict[str, Any] = {}
    if c2pa := _c2pa(data):
        found["c2pa"] = c2pa
    try:
        # Only what stands beside the pixels is looked at; whether those are sound is for `inspection.inspect` to say.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with nullcontext(image) if image is not None else Image.open(io.BytesIO(data)) as opened:
                return found | _from_image(opened)
    except Exception:
        return found


def _from_image(image: Image.Image) -> dict[str, Any]:
    texts = {str(key): value[:MOST] for key, value in _texts(image)}
    parts = {"iptc": _iptc(_xmp_of(image)), "generator": _generator(texts), "camera": _camera(image)}
    parts["generator"] = parts["generator"] or _midjourney(str(parts["iptc"].get("description", "")))
    return {kind: {key: _clean(text) for key, text in part.items()} for kind, part in parts.items() if part}


def _texts(image: Image.Image) -> Iterator[tuple[str, str]]:
    """Text chunks of a PNG, and the comments where other formats keep the same."""
    yield from ((key, value) for key, value in image.info.items() if isinstance(key, str) and isinstance(value, str))
    comment = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    if isinstance(comment, bytes):
        coding = "utf-16-be" if comment.startswith(b"UNICODE") else "utf-8"
        yield "parameters", comment[8:].decode(coding, "replace").strip("\x00 ")


def _generator(texts: dict[str, str]) -> dict[str, str]:
    """The notes that AUTOMATIC1111 and Forge, ComfyUI and Midjourney leave in the files they make."""
    if "Steps: " in (parameters := texts.get("parameters", "")):
        return _automatic1111(parameters)
    if "workflow" in texts or texts.get("prompt", "").startswith("{"):
        return {"name": "ComfyUI", "graph": texts.get("prompt") or texts["workflow"]}
    return _midjourney(texts.get("Description", ""))


def _automatic1111(parameters: str) -> dict[str, str]:
    prompt, _, settings = parameters.rpartition("\n")
    prompt, _, negative = prompt.partition("\nNegative prompt: ")
    pairs = dict(part.split(": ", 1) for part in settings.split(", ") if ": " in part)
    said = {"name": "AUTOMATIC1111", "prompt": prompt, "negative": negative, "settings": settings}
    said |= {"model": pairs.get("Model", ""), "seed": pairs.get("Seed", "")}
    return {key: value for key, value in said.items() if value}


def _midjourney(description: str) -> dict[str, str]:
    job = _MIDJOURNEY_JOB.search(description)
    if not job:
        return {}
    return {"name": "Midjourney", "prompt": description[: job.start()].strip(), "job": job.group(1)}


def _camera(image: Image.Image) -> dict[str, str]:
    """Which camera or program, and when. Where it was taken is left out: a home's position is nobody's business."""
    exif = image.getexif()
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    said = {
        "make": exif.get(ExifTags.Base.Make),
        "model": exif.get(ExifTags.Base.Model),
        "software": exif.get(ExifTags.Base.Software),
        "taken": inner.get(ExifTags.Base.DateTimeOriginal),
    }
    return {key: str(value).strip("\x00 ")[:200] for key, value in said.items() if value}


_IPTC = {
    "digital_source": ("Iptc4xmpExt", "DigitalSourceType"),
    "ai_system": ("Iptc4xmpExt", "AISystemUsed"),
    "ai_system_version": ("Iptc4xmpExt", "AISystemVersionUsed"),
    "ai_prompt": ("Iptc4xmpExt", "AIPromptInformation"),
    "alt_text": ("Iptc4xmpCore", "AltTextAccessibility"),
    "description": ("dc", "description"),
    "creator": ("dc", "creator"),
    "rights": ("dc", "rights"),
    "credit": ("photoshop", "Credit"),
    "web_statement": ("xmpRights", "WebStatement"),
    "tool": ("xmp", "CreatorTool"),
}


def _iptc(xmp: bytes) -> dict[str, str]:
    if not xmp:
        return {}
    try:
        root = ElementTree.fromstring(xmp.decode("utf-8", "replace").strip("\x00\ufeff "))
    except Exception:
        return {}
    found = {key: _value(root, _name(prefix, name)) for key, (prefix, name) in _IPTC.items()}
    return {key: value for key, value in found.items() if value}


def _value(root: Plain.Element, name: str) -> str:
    """An XMP value, whether it stands as an element, as a list, or as an attribute of the description."""
    for element in root.iter(name):
        items = [item.text or "" for item in element.iter(_name("rdf", "li"))]
        return (items[0] if items else element.text or "").strip()[:MOST]
    for description in root.iter(_name("rdf", "Description")):
        if name in description.attrib:
            return description.attrib[name].strip()[:MOST]
    return ""


def _xmp_of(image: Image.Image) -> bytes:
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return packet.encode() if isinstance(packet, str) else bytes(packet)


def _c2pa(data: bytes) -> dict[str, Any]:
    """Whether the file carries Content Credentials. They are not verified here: the claim is the file's own."""
    parts = (
        [data[start:end] for marker, start, end in containers.jpeg_segments(data) if marker == 0xEB]
        + [data[start:end] for name, start, end in containers.png_chunks(data) if name == "caBX"]
        + [data[start:end] for name, start, end in containers.riff_chunks(data) if name == "C2PA"]
    )
    store = b"".join(part for part in parts if b"jumb" in part or b"c2pa" in part)
    if b"c2pa" not in store:
        return {}
    return {"present": True, "says": [term for term in _SAYABLE if term.encode() in store]}


_SAYABLE = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "digitalCapture", "algorithmicMedia")

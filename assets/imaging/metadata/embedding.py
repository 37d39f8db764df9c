"""What our copies say about themselves, in XMP with IPTC's fields and those of PLUS; `twins` says it in older forms.

Writing happens only into copies, since re-encoding a file drops the C2PA marks that the stored original keeps.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as Plain

from assets.imaging.metadata.vocabulary import NAMESPACES, PLUS_VALUES, SOURCE_TYPES

for _prefix, _address in NAMESPACES.items():
    Plain.register_namespace(_prefix, _address)

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DEFAULT = "x-default"
_FRAME = 2_000
"""Bytes of a packet beside its properties, with room to spare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedMetadata:
    """What a copy says about itself. Empty texts are left out."""

    title: str = ""
    description: str = ""
    """The caption, with what must be disclosed."""
    alt_text: str = ""
    language: str = "en"
    further_alt_texts: Mapping[str, str] = field(default_factory=dict)
    """The alt text in further languages, by tag."""
    long_description: str = ""
    """In the language of the alt text."""
    creator: str = ""
    """Several are parted by a semicolon and a space."""
    credit: str = ""
    rights: str = ""
    """The copyright notice, whole."""
    marked: bool | None = None
    """Whether it is stated to be protected by rights, or to be free of them; None where nobody says."""
    usage_terms: str = ""
    web_statement: str = ""
    """Address of the picture's own license."""
    licensor: str = ""
    licensor_url: str = ""
    data_mining: str = ""
    """A value of PLUS, such as `DMI-PROHIBITED`."""
    constraints: str = ""
    """What else limits the use, where the value of `data_mining` points to it."""
    digital_source: str = ""
    """Last part of the IPTC term, such as `trainedAlgorithmicMedia`."""
    ai_system: str = ""
    ai_system_version: str = ""
    ai_prompt: str = ""
    """A prompt may hold what is not for the public, so it is embedded only where a channel asks for it."""
    dpi: int = 0
    """Dots per inch for print; 0 says nothing of it."""

    @property
    def creators(self) -> list[str]:
        return [name for each in self.creator.split("; ") if (name := each.strip())]

    def as_xmp(self) -> bytes:
        """The XMP packet, UTF-8."""
        return _packet(self._properties())

    def as_xmp_within(self, most: int) -> tuple[bytes, bytes]:
        """A packet of at most so many bytes and, where that does not hold all, what extends it; as a JPEG needs."""
        whole = self.as_xmp()
        if len(whole) <= most:
            return whole, b""
        kept, left, room = list[Plain.Element](), list[Plain.Element](), most - _FRAME
        for each in self._properties():
            size = len(Plain.tostring(each, encoding="utf-8"))
            (kept if size <= room else left).append(each)
            room -= size if size <= room else 0
        extension = _meta(left).encode()
        has_more = Plain.Element(_name("xmpNote", "HasExtendedXMP"))
        has_more.text = digest_of(extension)
        return _packet([*kept, has_more]), extension

    def _properties(self) -> list[Plain.Element]:
        """Those that the law may ask for come first."""
        return [*self._simple(), *self._lists(), *self._texts(), *self._accessible()]

    def _simple(self) -> Iterator[Plain.Element]:
        for name, value in (
            ("Iptc4xmpExt:DigitalSourceType", _within(SOURCE_TYPES, self.digital_source)),
            ("Iptc4xmpExt:AISystemUsed", self.ai_system),
            ("Iptc4xmpExt:AISystemVersionUsed", self.ai_system_version),
            ("Iptc4xmpExt:AIPromptInformation", self.ai_prompt),
            ("photoshop:Credit", self.credit),
            ("xmpRights:Marked", "" if self.marked is None else str(self.marked)),
            ("xmpRights:WebStatement", self.web_statement),
            ("plus:DataMining", _within(PLUS_VALUES, self.data_mining)),
        ):
            if value:
                yield _element(name, value)

    def _lists(self) -> Iterator[Plain.Element]:
        if self.creators:
            yield _listed("dc:creator", [_element("rdf:li", name) for name in self.creators])
        licensor = [_element(f"plus:{name}", value) for name, value in self._licensor() if value]
        if licensor:
            item = Plain.Element(_name("rdf", "li"), {_name("rdf", "parseType"): "Resource"})
            item.extend(licensor)
            yield _listed("plus:Licensor", [item])

    def _licensor(self) -> tuple[tuple[str, str], ...]:
        return ("LicensorName", self.licensor), ("LicensorURL", self.licensor_url)

    def _texts(self) -> Iterator[Plain.Element]:
        """Texts whose language nobody states."""
        for name, value in (
            ("dc:rights", self.rights),
            ("xmpRights:UsageTerms", self.usage_terms),
            ("plus:OtherConstraints", self.constraints),
            ("dc:title", self.title),
            ("dc:description", self.description),
        ):
            if value:
                yield _translated(name, {_DEFAULT: value})

    def _accessible(self) -> Iterator[Plain.Element]:
        alt_texts = {self.language: self.alt_text, **self.further_alt_texts}
        for name, texts in (
            ("Iptc4xmpCore:AltTextAccessibility", alt_texts),
            ("Iptc4xmpCore:ExtDescrAccessibility", {self.language: self.long_description}),
        ):
            if main := texts[self.language]:  # readers that look for one language only ask for `x-default`
                yield _translated(name, {_DEFAULT: main, **texts})


def digest_of(extension: bytes) -> str:
    """By which a packet names what extends it."""
    return hashlib.md5(extension, usedforsecurity=False).hexdigest().upper()


def _packet(properties: list[Plain.Element]) -> bytes:
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{_meta(properties)}<?xpacket end="w"?>'.encode()


def _meta(properties: list[Plain.Element]) -> str:
    root = Plain.Element(_name("x", "xmpmeta"))
    about = Plain.SubElement(root, _name("rdf", "RDF"))
    body = Plain.SubElement(about, _name("rdf", "Description"), {_name("rdf", "about"): ""})
    body.extend(properties)
    return Plain.tostring(root, encoding="unicode")


def _translated(name: str, texts: Mapping[str, str]) -> Plain.Element:
    """An XMP language alternative."""
    items = [_element("rdf:li", said, {_XML_LANG: tag}) for tag, said in texts.items() if said]
    return _listed(name, items, "Alt")


def _listed(name: str, items: list[Plain.Element], kind: str = "Seq") -> Plain.Element:
    element = Plain.Element(_name(*name.split(":")))
    Plain.SubElement(element, _name("rdf", kind)).extend(items)
    return element


def _element(name: str, said: str, attributes: Mapping[str, str] | None = None) -> Plain.Element:
    element = Plain.Element(_name(*name.split(":")), dict(attributes or {}))
    element.text = _NOT_XML.sub("", said)
    return element


def _within(vocabulary: str, term: str) -> str:
    return f"{vocabulary}{term}" if term else ""


def _name(prefix: str, name: str) -> str:
    return f"{{{NAMESPACES[prefix]}}}{name}"

"""What our copies say about themselves, in XMP with IPTC's fields.

Writing happens only into copies, since re-encoding a file drops the C2PA marks that the stored original keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as Plain

from assets.imaging.metadata.vocabulary import NAMESPACES, SOURCE_TYPES

for _prefix, _address in NAMESPACES.items():
    Plain.register_namespace(_prefix, _address)

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


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

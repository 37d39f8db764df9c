"""XMP: properties out of an RDF packet in every shape that the standard allows, and out of many that it does not.

The parser never sees a document type or an entity, and no more than so many bytes, elements and levels. What comes
before a fault in the XML is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from xml.etree import ElementTree as Plain

from defusedxml import ElementTree

from assets.imaging.metadata import text, vocabulary

MOST_BYTES = 4 * 1024 * 1024
"""Of all packets of a file together; what lies behind is not read."""
MOST_MENDED = 256 * 1024
MOST_EXTENSION = 40 * 1024 * 1024
MOST_ELEMENTS = 50_000
MOST_LEVELS = 60
MOST_PREFIXES = 200
MOST_VALUES = 2_000
MOST_LANGUAGES = 40
_RDF = f"{{{vocabulary.NAMESPACES['rdf']}}}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DESCRIPTION = f"{_RDF}Description"
_LISTS = {f"{_RDF}{name}" for name in ("Alt", "Bag", "Seq")}
_START = re.compile(r"<(?:[\w.-]+:)?(?:xmpmeta|xapmeta|RDF)[\s>]")
_PREFIX = re.compile(r"[<\s]/?([A-Za-z_][\w.-]*):[A-Za-z_]")
_NOT_ESCAPED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_NO_TAG = re.compile(r"<(?![?!]|/?[\w.-]+:[\w.-])")
_TAG = re.compile(r"<(?P<name>[\w.:-]++)(?P<rest>[^<>]*+)>")
_ATTRIBUTE = re.compile(r"""(?<![\w.:-])([\w.:-]++)\s*+=\s*+("[^"]*+"|'[^']*+')""")
_LONG_ADDRESS = re.compile(r"""\sxmlns[^\s=]*+\s*+=\s*+(?:"[^"]{500,}+"|'[^']{500,}+')""")
"""Of a vocabulary that is none: the parser writes it out before each name."""
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|&#x?0+;")


@dataclass(frozen=True, slots=True)
class Xmp:
    """Texts by our name for the property; further languages by name and tag; and the extension that it speaks of."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    languages: dict[str, dict[str, str]] = field(default_factory=dict)
    extensions: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Value:
    path: tuple[str, ...]
    words: str
    language: str


Chunk = tuple[str, int, int, bytes]
"""A piece of extended XMP: the digest and the size of the whole, where the piece begins in it, and its bytes."""


def parse(packets: list[bytes], chunks: Sequence[Chunk] = ()) -> Xmp:
    """What all packets of one file say together. Never raises; what cannot be read is left out."""
    found, left = Xmp(), MOST_BYTES
    for packet in packets:
        left = _read(packet, left, found)
    for digest in dict.fromkeys(found.extensions):
        left = _read(_assembled(digest, chunks), left, found)
    return found


def _read(packet: bytes, left: int, found: Xmp) -> int:
    """How many bytes may still be read behind this packet."""
    for value in islice(_values(packet[:left]), MOST_VALUES):
        _note(found, value)
    return max(left - len(packet), 0)


def flat(found: Xmp) -> dict[str, str | dict[str, dict[str, str]]]:
    """One text for each name, and the further languages of those that have any."""
    texts = {name: next(iter(said.values())) for name, said in found.languages.items()}
    texts |= {name: text.cleaned(text.joined(*values)) for name, values in found.texts.items()}
    return {**texts, **({"languages": found.languages} if found.languages else {})}


def _note(found: Xmp, value: _Value) -> None:
    name, words = vocabulary.key_of(value.path), text.cleaned(value.words)
    if name is None or not words:
        return
    if not name:
        found.extensions.append(words)
    elif value.language.lower() in {"", "x-default"}:
        found.texts.setdefault(name, []).append(words)
    elif len(said := found.languages.setdefault(name, {})) < MOST_LANGUAGES:
        tag = text.cleaned(value.language)[:40]
        said[tag] = text.joined(said.get(tag, ""), words)


def _assembled(digest: str, chunks: Sequence[Chunk]) -> bytes:
    """Extended XMP, if it is whole and is what its digest says."""
    parts = {at: (size, body) for name, size, at, body in chunks if name.lower() == digest.lower()}
    size, whole = parts.get(0, (0, b""))
    while len(whole) < min(size, MOST_EXTENSION) and len(whole) in parts:
        whole += parts[len(whole)][1] or b"\0"
    is_it = hashlib.md5(whole, usedforsecurity=False).hexdigest() == digest.lower()
    return whole if is_it and len(whole) == size else b""


# From bytes to a tree


def _root(packet: bytes) -> Plain.Element:
    """The packet's elements below one of our own, which says what undeclared prefixes mean."""
    words = _NOT_XML.sub("", _in_unicode(packet))
    start = _START.search(words)
    body = _LONG_ADDRESS.sub("", words[start.start() :]) if start else ""
    body = body if "<![CDATA[" in body else _NOT_ESCAPED.sub("&amp;", body)
    root, is_sound = _tree(body)
    return root if is_sound or len(body) > MOST_MENDED else _tree(_mended(body))[0]


def _tree(body: str) -> tuple[Plain.Element, bool]:
    """The elements as far as they can be read, and whether that is to the end of the packet's description."""
    names = list(dict.fromkeys(_PREFIX.findall(body)))[:MOST_PREFIXES]
    meant = {name: vocabulary.UNDECLARED.get(name) or f"undeclared:{name}" for name in names}
    declared = " ".join(f'xmlns:{name}="{meant[name]}"' for name in names if not name.lower().startswith("xml"))
    builder = _Builder()
    parser = ElementTree.DefusedXMLParser(target=builder, forbid_dtd=True)
    try:
        parser.feed(f"<packet {declared}>")
        parser.feed(body[:MOST_BYTES])
        parser.close()
    except (Plain.ParseError, _Enough, ValueError):
        pass  # what came before is there
    return builder.close(), builder.is_complete or builder.has_enough


def _mended(body: str) -> str:
    """The same as XML where a program wrote what only looks like it: comments, brackets in texts, attributes twice."""
    parts, at = [], 0
    while (start := body.find("<!--", at)) >= 0:
        parts.append(body[at:start])
        at = body.find("-->", start) + 3
        if at < start + 3:
            at = len(body)
    parts.append(body[at:])
    return _TAG.sub(_mended_tag, _NO_TAG.sub("&lt;", "".join(parts)))


def _mended_tag(tag: re.Match[str]) -> str:
    attributes: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(tag["rest"]):
        if len(value) > 2 or not name.startswith("xmlns"):
            attributes.setdefault(name, value)
    said = "".join(f" {name}={value}" for name, value in attributes.items())
    return f"<{tag['name']}{said}{'/' if tag['rest'].endswith('/') else ''}>"


def _in_unicode(packet: bytes) -> str:
    """By the mark at the start, or by where the zeros stand around its first bracket."""
    for mark, coding in (
        (b"\xff\xfe\x00\x00", "utf-32-le"), (b"\x00\x00\xfe\xff", "utf-32-be"), (b"<\x00\x00\x00", "utf-32-le"),
        (b"\x00\x00\x00<", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
        (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"),
    ):  # fmt: skip
        if packet.startswith(mark):
            return packet.decode(coding, "replace")
    return text.decoded(packet)


class _Enough(Exception):
    """More elements or levels than any picture needs."""


class _Builder:
    """Builds the tree, which stays as far as it came when the parser stumbles."""

    def __init__(self) -> None:
        self._root = Plain.Element("packet")
        self.is_complete = False
        self.has_enough = False
        self._open: list[Plain.Element] = []
        self._words: list[str] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) >= MOST_LEVELS:
            self.has_enough = True
            raise _Enough
        self._flush()
        if self._open:
            self._open.append(Plain.SubElement(self._open[-1], tag, attributes))
        else:
            self._open.append(self._root)

    def end(self, tag: str) -> None:
        self._flush()
        self._open.pop()
        self.is_complete |= tag == f"{_RDF}RDF"

    def data(self, words: str) -> None:
        self._words.append(words)

    def close(self) -> Plain.Element:
        self._flush()
        return self._root

    def _flush(self) -> None:
        """A text comes in pieces, and each stands before the first part of its element or behind the last."""
        if self._words and self._open:
            last, words = self._open[-1], "".join(self._words)
            if len(last):
                last[-1].tail = words
            else:
                last.text = words
        self._words.clear()


# From the tree to values

Blank = dict[str, Plain.Element]
"""Descriptions that stand elsewhere, by the name under which properties speak of them."""


def _values(packet: bytes) -> Iterator[_Value]:
    root = _root(packet)
    blank = {name: node for node in root.iter(_DESCRIPTION) if (name := node.get(f"{_RDF}nodeID"))}
    for rdf in root.iter(f"{_RDF}RDF"):
        for node in rdf:
            if vocabulary.holds_more((vocabulary.short(node.tag),)):
                yield from _of_property(node, (), "", blank)
            elif not node.get(f"{_RDF}nodeID"):
                yield from _of_node(node, (), "", blank)


def _of_node(node: Plain.Element, path: tuple[str, ...], language: str, blank: Blank) -> Iterator[_Value]:
    """The properties of a description: its attributes and its elements."""
    language = node.get(_LANG, language)
    yield from _of_attributes(node, path, language)
    for child in node:
        yield from _of_property(child, path, language, blank)


def _of_attributes(node: Plain.Element, path: tuple[str, ...], language: str) -> Iterator[_Value]:
    for name, words in node.attrib.items():
        if name == f"{_RDF}value" or (path and name == f"{_RDF}about"):
            yield _Value(path, words, language)
        elif vocabulary.holds_more(inner := (*path, vocabulary.short(name))):
            yield _Value(inner, words, language)


def _of_property(node: Plain.Element, path: tuple[str, ...], language: str, blank: Blank) -> Iterator[_Value]:
    inner = path if node.tag == f"{_RDF}value" else (*path, vocabulary.short(node.tag))
    if vocabulary.holds_more(inner):
        yield from _of_value(node, inner, language, blank)


def _of_value(node: Plain.Element, path: tuple[str, ...], language: str, blank: Blank) -> Iterator[_Value]:
    """What stands in a property or in one item of a list: an address, a text, a list, a description, or parts."""
    language = node.get(_LANG, language)
    if (address := node.get(f"{_RDF}resource")) is not None:
        yield _Value(path, address, language)
    described = blank.pop(node.get(f"{_RDF}nodeID", ""), None)  # each once, so that none can hold itself
    if described is not None:
        yield from _of_node(described, path, language, blank)
    yield from _of_attributes(node, path, language)
    if not len(node) or node.get(f"{_RDF}parseType") == "Literal":
        yield _Value(path, "".join(node.itertext()), language)
        return
    for child in node:
        if child.tag in _LISTS:
            for item in child:
                yield from _of_value(item, path, child.get(_LANG, language), blank)
        elif child.tag == f"{_RDF}li":
            yield from _of_value(child, path, language, blank)
        elif child.tag == _DESCRIPTION:
            yield from _of_node(child, path, language, blank)
        else:
            yield from _of_property(child, path, language, blank)

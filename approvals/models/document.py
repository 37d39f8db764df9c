"""The release document: all that may leave with a picture, as one frozen type.

Every field is a fact of the dossier that was decided on (`approvals.releases.document` says which), or of the file that
was made from it. What is served around it, such as addresses, is not part of it. It is stored as the text that leaves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

FORMAT = 2


def says(words: str) -> dict[str, Any]:
    """What a field's readers should know; the API's schema says it."""
    return {"serializer_kwargs": {"help_text": words}}


class UnreadableDocument(ValueError):
    """What is stored of a release cannot be read: `manage.py verify` names it."""

    silent_variable_failure = True
    """A page shows nothing in its place, and stays."""


class Kind(StrEnum):
    """What a picture is to the people who look at it."""

    PHOTOGRAPH = "photograph"
    ALTERED = "altered"
    GENERATED = "generated"
    DRAWN = "drawn"


class Order(StrEnum):
    """Where the original is shown beside an altered picture."""

    ANY = ""
    ORIGINAL_AFTER = "original_after"


@dataclass(frozen=True, slots=True)
class PublicVersion:
    number: int
    label: str = field(metadata=says("Number, date and maker: `v2 · Nov 22, 2026 · OpenAI`."))
    sha256: str = field(metadata=says("Of the version in the library, not of the delivered file."))


@dataclass(frozen=True, slots=True)
class PublicAltText:
    decorative: bool = field(metadata=says('True: use `alt=""`.'))
    language: str = field(metadata=says("Of the main text, as a language tag."))
    texts: Mapping[str, str] = field(metadata=says("Language tag → text."))

    @property
    def main(self) -> str:
        """The text in the main language; empty for a decorative picture."""
        return self.texts.get(self.language, "")


@dataclass(frozen=True, slots=True)
class PublicLicense:
    holder: str
    attribution: str = field(metadata=says("Show it word for word, if there is one."))
    url: str
    valid_until: date | None = field(
        metadata=says("The last day of use. It ends when that day ends in the time zone of the channel.")
    )


@dataclass(frozen=True, slots=True)
class PublicDisclosure:
    kind: Kind
    alterations: list[str] = field(metadata=says("RESO `MediaAlteration` values."))
    digital_source_type: str = field(metadata=says("IPTC digital source type."))
    caption: str = field(metadata=says("At most 50 characters."))
    remark_prefix: str = field(metadata=says("How the listing's public remarks must begin."))
    label: str = field(metadata=says("Show it beside the image, not on it."))
    statement: str = field(
        metadata=says("Show it beside the image; replace `{original}` with the address of the original.")
    )
    order: Order


@dataclass(frozen=True, slots=True)
class PublicOriginal:
    sha256: str


@dataclass(frozen=True, slots=True)
class PublicFile:
    media_type: str = field(metadata=says("`image/jpeg`, `image/png` or `image/webp`."))
    width: int = field(metadata=says("Pixels."))
    height: int = field(metadata=says("Pixels."))
    size: int = field(metadata=says("Bytes."))
    sha256: str


@dataclass(frozen=True, slots=True)
class ReleaseDocument:
    """An approved image as it may be used in one channel."""

    format: int = field(metadata=says("Of this document. It grows when a field changes its meaning."))
    title: str
    asset: UUID = field(metadata=says("Stays the same when a newer version is released."))
    version: PublicVersion
    listing: str | None = field(metadata=says("Reference of the listing."))
    alt_text: PublicAltText
    license: PublicLicense
    disclosure: PublicDisclosure
    original: PublicOriginal | None
    file: PublicFile

    def as_text(self) -> str:
        """The document as it is stored and leaves: JSON in the order of the fields, the same every time."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), default=str)

    @classmethod
    def parse(cls, text: str) -> ReleaseDocument:
        """Read what `as_text` wrote, in this format or in the first, which had no number.

        Raises UnreadableDocument for anything else.
        """
        try:
            return cls._of(json.loads(text))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise UnreadableDocument("What is stored is no release document.") from error

    @classmethod
    def _of(cls, said: Mapping[str, Any]) -> ReleaseDocument:
        return cls(
            format=said.get("format", 1),
            title=said["title"],
            asset=UUID(said["asset"]),
            version=PublicVersion(**_known(PublicVersion, said["version"])),
            listing=said["listing"],
            alt_text=PublicAltText(**_known(PublicAltText, said["alt_text"])),
            license=_license(said["license"]),
            disclosure=_disclosure(said["disclosure"]),
            original=PublicOriginal(said["original"]["sha256"]) if said["original"] else None,
            file=PublicFile(**_known(PublicFile, said["file"])),
        )


def sha256_of(text: str) -> str:
    """Of a document's stored text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _known(part: type[Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What a part of the document has fields for; a later format may have said more."""
    return {each.name: said[each.name] for each in fields(part)}


def _license(said: Mapping[str, Any]) -> PublicLicense:
    until = said["valid_until"]
    known = _known(PublicLicense, said)
    return PublicLicense(**known | {"valid_until": date.fromisoformat(until) if until else None})


def _disclosure(said: Mapping[str, Any]) -> PublicDisclosure:
    known = _known(PublicDisclosure, said)
    return PublicDisclosure(**known | {"kind": Kind(said["kind"]), "order": Order(said["order"])})

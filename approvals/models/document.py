"""The release document: all that may leave with a picture, as one frozen type.

Every field is a fact of the dossier that was decided on (`approvals.releases.document` says which), or of the file that
was made from it. What is served around it, such as addresses, is not part of it. It is stored as the text that leaves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

FORMAT = 3


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
    ORIGINAL_BEFORE = "original_before"
    ADJACENT = "adjacent"


class BurnIn(StrEnum):
    """Whether a channel takes words on the picture itself."""

    NOT_STATED = ""
    FORBIDDEN = "forbidden"
    ALLOWED = "allowed"
    REQUIRED = "required"


class Mark(StrEnum):
    """Which icon stands beside the label."""

    NONE = ""
    AI = "ai"
    AI_GENERATED = "ai_generated"
    AI_MODIFIED = "ai_modified"


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
class PublicLimits:
    """What a license leaves to whoever receives the picture. What is empty limits nothing; unknown is not yes."""

    territories: list[str] = field(
        default_factory=list, metadata=says("Only there: countries (`US`), parts of them (`US-CA`), or `EU`.")
    )
    listing_only: str = field(default="", metadata=says("Only for the listing of this reference."))
    may_alter: str = field(default="unknown", metadata=says("`yes`, `no` or `unknown`."))
    may_sublicense: str = field(
        default="unknown", metadata=says("Whether others may have it from you: `yes`, `no` or `unknown`.")
    )


@dataclass(frozen=True, slots=True)
class PublicLicense:
    holder: str
    attribution: str = field(metadata=says("Show it word for word, if there is one."))
    url: str
    valid_until: date | None = field(
        metadata=says("The last day of use. It ends when that day ends in the time zone of the channel.")
    )
    creator: str = field(default="", metadata=says("Several are parted by a semicolon."))
    notice: str = field(default="", metadata=says("The copyright notice, whole; it stands in the file too."))
    usage_terms: str = ""
    licensor: str = ""
    licensor_url: str = ""
    data_mining: str = field(default="", metadata=says("A PLUS value, such as `DMI-PROHIBITED`; empty where none is."))
    limits: PublicLimits = field(default_factory=PublicLimits)


@dataclass(frozen=True, slots=True)
class PublicWords:
    """What is shown with an image in one further language."""

    caption: str = ""
    label: str = ""
    statement: str = field(default="", metadata=says("As `statement` of the disclosure."))
    print_address: str = ""
    people: str = ""


@dataclass(frozen=True, slots=True)
class PublicDisclosure:
    kind: Kind
    alterations: list[str] = field(metadata=says("RESO `MediaAlteration` values."))
    digital_source_type: str = field(metadata=says("IPTC digital source type."))
    caption: str = field(metadata=says("At most 50 characters."))
    remark_prefix: str = field(metadata=says("How the listing's public remarks must begin."))
    label: str = field(metadata=says("Show it beside the image, not on it."))
    statement: str = field(
        metadata=says(
            "Show it beside the image. `{original}` stands for the address of the original, which is "
            "`originals_page.url`; `originals_page.statement` has it filled in."
        )
    )
    order: Order = field(metadata=says("Where the original is shown beside it."))
    language: str = field(default="", metadata=says("Of the words above, as a language tag."))
    icon: Mark = field(default=Mark.NONE, metadata=says("Show this icon before the label."))
    people: str = field(default="", metadata=says("Show it beside the image: people in it were made or changed by AI."))
    print_address: str = field(
        default="", metadata=says("Print it beside the image; replace `{original}` with the address of the original.")
    )
    checkboxes: list[str] = field(default_factory=list, metadata=says("Boxes to tick in the listing system."))
    burn_in: BurnIn = field(default=BurnIn.NOT_STATED, metadata=says("Whether words may be written on the image."))
    refused_slots: list[int] = field(
        default_factory=list, metadata=says("Places of a listing it may not take; the first is 1.")
    )
    translations: Mapping[str, PublicWords] = field(
        default_factory=dict, metadata=says("Language tag → the same words in that language.")
    )
    note: str = field(default="", metadata=says("What was altered, in its author's words. Since format 3."))


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
    name: str = field(default="", metadata=says("Of the file, in any script; empty in documents before format 3."))


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
        """Read what `as_text` wrote, in this format or an earlier one; the first had no number.

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
    """What a part of the document has fields for; a later format may have said more, and an earlier one less."""
    had = [each.name for each in fields(part) if each.name in said or not _has_default(each)]
    return {name: said[name] for name in had}


def _has_default(each: Field[Any]) -> bool:
    return each.default is not MISSING or each.default_factory is not MISSING


def _license(said: Mapping[str, Any]) -> PublicLicense:
    until = said["valid_until"]
    known = _known(PublicLicense, said)
    limits = PublicLimits(**_known(PublicLimits, said.get("limits", {})))
    return PublicLicense(**known | {"valid_until": date.fromisoformat(until) if until else None, "limits": limits})


def _disclosure(said: Mapping[str, Any]) -> PublicDisclosure:
    """Words that came later are empty in what was written before them."""
    names = {each.name for each in fields(PublicDisclosure)}
    known = {name: value for name, value in said.items() if name in names}
    terms = {"kind": Kind, "order": Order, "icon": Mark, "burn_in": BurnIn}
    known |= {name: term(said[name]) for name, term in terms.items() if name in said}
    known["translations"] = {tag: PublicWords(**words) for tag, words in said.get("translations", {}).items()}
    return PublicDisclosure(**known)

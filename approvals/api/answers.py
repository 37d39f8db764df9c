"""What the API says of a release: its document as the bytes that were stored, with what is served around it.

Nothing is built up and written out anew: the text of a document is looked through once, to be sure that it is whole,
and gets its addresses where they belong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import structlog
from django.http import HttpRequest

from approvals.channels.disclosure import ORIGINAL as ORIGINAL_HERE
from approvals.models.document import (
    FORMAT,
    PublicAltText,
    PublicDisclosure,
    PublicFile,
    PublicLicense,
    PublicLimits,
    PublicOriginal,
    PublicVersion,
    ReleaseDocument,
    UnreadableDocument,
)
from approvals.releases import originals
from approvals.releases.pages import Served

NAMES = tuple(field.name for field in fields(ReleaseDocument))
PARTS = {
    name: tuple(field.name for field in fields(kind))
    for name, kind in {
        "version": PublicVersion,
        "alt_text": PublicAltText,
        "license": PublicLicense,
        "disclosure": PublicDisclosure,
        "file": PublicFile,
    }.items()
}
LIMITS = tuple(field.name for field in fields(PublicLimits))
ORIGINAL = tuple(field.name for field in fields(PublicOriginal))
IMAGES = "/images/"
ORIGINAL_AT, FILE_AT = ',"original":', ',"file":{'

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to one request, which all begin with the same address."""

    base: str
    """Of the list of images, at the host that was asked."""

    @classmethod
    def to(cls, request: HttpRequest) -> Answers:
        """Answers at the host that was asked; every address here begins with that of the list."""
        path, _, _ = request.path.partition(IMAGES)
        return cls(f"{request.scheme}://{request.get_host()}{path}{IMAGES}")

    def image(self, release: Served) -> str | None:
        """A release as JSON; None for one whose document was damaged, which costs no other its place."""
        try:
            parts = _parts(release.document_text)
        except UnreadableDocument:
            logger.exception("document_unreadable", release=str(release.id))
            return None
        address = f"{self.base}{release.id}/"
        return (
            f'{{"id":"{release.id}","url":"{address}","channel":"{release.channel}",'
            f'"released_at":"{release.released_at.isoformat()}",{parts.head},'
            f'"originals_page":{_page(release, parts)},"original":{_paired(release, parts.original)},'
            f'"file":{{"url":"{address}file",{parts.file}}}}}'
        )

    def images(self, releases: Iterable[Served]) -> str:
        """Those of the releases that can be read, as a list in JSON."""
        return f"[{','.join(said for release in releases if (said := self.image(release)))}]"


def _paired(release: Served, original: str) -> str:
    """The original under the id that it has now: released again, it has a new one."""
    if not original:
        return "null"
    image = f'"{release.original_image}"' if release.original_image else "null"
    return f'{{"image":{image},{original}}}'


def _page(release: Served, parts: Parts) -> str:
    """The public originals page, as long as the original is live beside the picture; no statement names it otherwise.

    It is served around the document: an address is no fact that was decided. The statement stays in the document with
    its placeholder, byte for byte, and is said here once more with the address in it.
    """
    if not parts.original or not release.original_image:
        return "null"
    url = originals.address(parts.asset, parts.number)
    said = {"url": url, "qr_svg": f"{url}qr.svg", "qr_png": f"{url}qr.png"}
    return json.dumps(said | {"statement": parts.statement.replace(ORIGINAL_HERE, url)}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """The inside of a document before its original, of its original (empty without one), and of its file."""

    head: str
    original: str
    file: str
    asset: str
    number: int
    statement: str


@lru_cache(maxsize=2_000)
def _parts(text: str) -> Parts:
    """A document in its parts.

    Raises UnreadableDocument. The two come last in a document as it is written; one that is not is written anew.
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument("What is stored of a release is no JSON.") from error
    if not _is_in_order(said) or text[-1] != "}" or not text.startswith('{"format":'):
        text = ReleaseDocument.parse(text).as_text()
        said = json.loads(text)
    # No text in a document can hold these: a quotation mark within one is escaped. The last of each is the document's.
    original, file = text.rfind(ORIGINAL_AT), text.rfind(FILE_AT)
    between = text[original + len(ORIGINAL_AT) : file]
    return Parts(
        head=text[1:original],
        original="" if between == "null" else between[1:-1],
        file=text[file + len(FILE_AT) : -2],
        asset=said["asset"],
        number=said["version"]["number"],
        statement=str(said["disclosure"]["statement"]),
    )


def _is_in_order(said: Any) -> bool:
    """Whether a document of today's format has all of its fields, in their order."""
    if not isinstance(said, dict) or tuple(said) != NAMES or said["format"] != FORMAT:
        return False
    parts = all(isinstance(said[name], dict) and tuple(said[name]) == names for name, names in PARTS.items())
    parts = parts and isinstance(said["license"]["limits"], dict) and tuple(said["license"]["limits"]) == LIMITS
    return parts and (said["original"] is None or tuple(said["original"]) == ORIGINAL)

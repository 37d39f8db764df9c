"""The public page that shows an altered picture beside its unaltered original: its address, and what may be on it.

Business and Professions Code §10140.8 (California, AB 723) asks for it: a statement beside an altered picture, and an
address or QR code at which anybody reaches a page that clearly identifies the original.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings

from approvals.models import Release
from approvals.models.document import UnreadableDocument
from approvals.models.release import ReleaseQuerySet

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pair:
    """An altered picture and its original, both live in one channel."""

    altered: Release
    original: Release


def address_of(facts: Mapping[str, Any]) -> str:
    """Where the page of a picture is, by the facts of its dossier."""
    return address(facts["asset"], facts["file"]["number"])


def address(asset: UUID | str, number: int) -> str:
    """Where the page of a version is; whether anything is there is another question."""
    return f"{settings.SITE_URL}/originals/{asset}/{number}/"


def pairs(asset: UUID, number: int) -> list[Pair]:
    """The altered picture beside its original in each channel in which both are live today; the largest file first."""
    beside = _releases(asset, number).live().with_its_original().select_related("channel")
    keys = {each: each.original_image for each in beside.order_by("-file_size", "released_at")}  # type: ignore[attr-defined] # annotated
    originals = Release.objects.live().photographs().in_bulk(filter(None, keys.values()))
    found = [Pair(each, originals[key]) for each, key in keys.items() if key in originals]
    return [pair for pair in found if _fits(pair)]


def is_offered(release: Release) -> bool:
    """Whether the page shows what this release shows: it is live, and so is its original beside it."""
    version = release.version
    return any(pair.altered.pk == release.pk for pair in pairs(version.asset_id, version.number))


def was_offered(asset: UUID, number: int) -> bool:
    """Whether the picture and its original were ever released in one channel, so that the page may be known."""
    said = {(release.channel_id, sha256) for release in _releases(asset, number) if (sha256 := _original_of(release))}
    originals = Release.objects.filter(version__sha256__in={sha256 for _, sha256 in said})
    return not said.isdisjoint(originals.values_list("channel", "version__sha256"))


def _releases(asset: UUID, number: int) -> ReleaseQuerySet:
    return Release.objects.filter(version__asset=asset, version__number=number)


def _fits(pair: Pair) -> bool:
    """Whether the documents themselves say that one is the original of the other."""
    try:
        return _original_of(pair.altered) == pair.original.document.version.sha256
    except UnreadableDocument:
        logger.exception("document_unreadable", release=str(pair.original.pk))
        return False


def _original_of(release: Release) -> str:
    """The hash of the original that a release names; empty without one, and for a document that was damaged."""
    try:
        original = release.document.original
    except UnreadableDocument:
        logger.exception("document_unreadable", release=str(release.pk))
        return ""
    return original.sha256 if original else ""

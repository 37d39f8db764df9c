"""The file that a channel gets, made and stored before any transaction begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from approvals.channels import verdict
from approvals.channels.rules import Rules
from approvals.models import Channel
from assets.imaging import rendering
from assets.imaging.metadata import EmbeddedMetadata
from assets.imaging.rendering import Rendered
from assets.library.renditions import metadata_of
from assets.models import Version
from core import storage

LOWEST_QUALITY = 50
"""Below this an encoder's artifacts show at a glance."""


class TooLarge(Exception):
    """The file does not fit into the channel's limit at any quality worth showing."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is stored and ready to be released in a channel, and the words that were put into it."""

    channel: int
    version_hash: str
    file: Rendered


def prepare(version: Version, channels: Iterable[Channel]) -> dict[int, Prepared]:
    """Make and store the file for each channel. Reads and writes files: never call it in a transaction.

    Raises `TooLarge`, `inspection.Unreadable` or `storage.CorruptFile`.
    """
    original = storage.read(version.sha256)
    card = replace(metadata_of(version), title=version.asset.title)
    made = {}
    for channel in channels:
        file = fit(original, Rules.parse(channel.rules), card)
        storage.put(file.data)
        made[channel.pk] = Prepared(channel.pk, version.dossier_hash, file)
    return made


def fit(original: bytes, rules: Rules, card: EmbeddedMetadata) -> Rendered:
    """The copy that a channel gets: as good as its limit of bytes allows."""
    spec = verdict.spec_of(rules)
    for quality in range(spec.quality, LOWEST_QUALITY - 1, -10):
        file = rendering.render(original, replace(spec, quality=quality), card)
        if not rules.max_bytes or len(file.data) <= rules.max_bytes:
            return file
    raise TooLarge(f"The file cannot be made smaller than {rules.max_bytes / 1_000_000:g} MB without visible damage.")

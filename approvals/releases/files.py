"""The file that a channel gets, made and stored before any transaction begins."""

from __future__ import annotations

from dataclasses import replace

from approvals.channels import verdict
from approvals.channels.rules import Rules
from approvals.releases.document import Facts, embedded, rules_of
from assets.imaging import rendering
from assets.imaging.metadata import EmbeddedMetadata
from assets.imaging.rendering import Rendered
from core import storage

LOWEST_QUALITY = 50
"""Below this an encoder's artifacts show at a glance."""


class TooLarge(Exception):
    """The file does not fit into the channel's limit at any quality worth showing."""


def prepare(facts: Facts) -> dict[str, Rendered]:
    """Make and store the file for each channel of a dossier, by its slug. Never call it in a transaction.

    Raises `TooLarge`, `BadRules`, `inspection.Unreadable` or `storage.CorruptFile`.
    """
    original, said, made = storage.read(facts["file"]["sha256"]), embedded(facts), {}
    for channel in facts["channels"]:
        file = fit(original, rules_of(facts, channel), said)
        storage.put(file.data)
        made[channel] = file
    return made


def fit(original: bytes, rules: Rules, said: EmbeddedMetadata) -> Rendered:
    """The copy that a channel gets: as good as its limit of bytes allows."""
    spec = verdict.spec_of(rules)
    for quality in range(spec.quality, LOWEST_QUALITY - 1, -10):
        file = rendering.render(original, replace(spec, quality=quality), said)
        if not rules.max_bytes or len(file.data) <= rules.max_bytes:
            return file
    raise TooLarge(f"The file cannot be made smaller than {rules.max_bytes / 1_000_000:g} MB without visible damage.")

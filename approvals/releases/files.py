"""The file that a channel gets, made and stored before any transaction begins."""

from __future__ import annotations

from approvals.channels import verdict
from approvals.channels.rules import Rules
from approvals.releases.document import Facts, embedded, rules_of
from assets.imaging import rendering
from assets.imaging.metadata import EmbeddedMetadata
from assets.imaging.rendering import Order, Rendered
from core import storage

LOWEST_QUALITY = 50
"""Below this an encoder's artifacts show at a glance."""


class TooLarge(Exception):
    """The file does not fit into the channel's limit at any quality worth showing."""


def prepare(facts: Facts) -> dict[str, Rendered]:
    """Make and store the file for each channel of a dossier, by its slug. Never call it in a transaction.

    Raises `TooLarge`, `BadRules`, `inspection.Unreadable` or `storage.CorruptFile`.
    """
    orders = {channel: order(rules_of(facts, channel), embedded(facts, channel)) for channel in facts["channels"]}
    files = rendering.render_all(storage.read(facts["file"]["sha256"]), list(orders.values()))
    made = dict(zip(orders, files, strict=True))
    for channel, file in made.items():
        check_size(file, orders[channel])
        storage.put(file.data)
    return made


def order(rules: Rules, said: EmbeddedMetadata) -> Order:
    """The copy that a channel gets: as good as its limit of bytes allows."""
    return Order(verdict.spec_of(rules), said, max_bytes=rules.max_bytes or 0, lowest_quality=LOWEST_QUALITY)


def check_size(file: Rendered, wanted: Order) -> None:
    """Raises TooLarge for a copy that is over its limit at the lowest quality."""
    if wanted.max_bytes and len(file.data) > wanted.max_bytes:
        limit = wanted.max_bytes / 1_000_000
        raise TooLarge(f"The file cannot be made smaller than {limit:g} MB without visible damage.")

"""The file that a channel gets, made and stored before any transaction begins."""

from __future__ import annotations

from dataclasses import replace

from approvals.channels import verdict
from approvals.channels.rules import Rules
from approvals.releases import signature
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

    Raises `TooLarge`, `BadRules`, `NotSigned`, `inspection.Unreadable` or `storage.CorruptFile`.
    """
    signature.check(facts)
    orders = {channel: order(rules_of(facts, channel), embedded(facts, channel)) for channel in facts["channels"]}
    original = storage.read(facts["file"]["sha256"])
    files = rendering.render_all(original, list(orders.values()))
    sign = signature.signing_for(facts, original)
    made = {
        channel: _signed(file, orders[channel], original, sign) for channel, file in zip(orders, files, strict=True)
    }
    for file in made.values():
        storage.put(file.data)
    return made


def _signed(file: Rendered, wanted: Order, original: bytes, sign: signature.Signing) -> Rendered:
    """The file with its signature, which is the last thing written into it, within the limit all the same."""
    check_size(file, wanted)
    signed = sign(file)
    if wanted.max_bytes and len(signed.data) > wanted.max_bytes:
        room = wanted.max_bytes - (len(signed.data) - len(file.data))
        signed = sign(rendering.render_all(original, [replace(wanted, max_bytes=max(1, room))])[0])
    check_size(signed, wanted)
    return signed


def order(rules: Rules, said: EmbeddedMetadata) -> Order:
    """The copy that a channel gets: as good as its limit of bytes allows."""
    return Order(verdict.spec_of(rules), said, max_bytes=rules.max_bytes or 0, lowest_quality=LOWEST_QUALITY)


def check_size(file: Rendered, wanted: Order) -> None:
    """Raises TooLarge for a copy that is over its limit at the lowest quality."""
    if wanted.max_bytes and len(file.data) > wanted.max_bytes:
        limit = wanted.max_bytes / 1_000_000
        raise TooLarge(f"The file cannot be made smaller than {limit:g} MB without visible damage.")

"""Whether listing sites, their keys and the channels are what the log says: who may read what, and by which rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from approvals.channels.traces import of_change, of_channel
from approvals.models import Channel, ChannelChange, ListingSite, SiteKey
from approvals.sites.traces import of_key, of_site
from core import audit

Older = Counter[str]


def walk(older: Older) -> Iterator[str]:
    """All that does not fit, in sentences; old rows are counted."""
    old: dict[str, set[object]] = {"sites": set(), "keys": set(), "channels": set()}

    def sites(batch: Sequence[ListingSite]) -> list[str]:
        return audit.unlogged(batch, old["sites"]) + audit.differences(batch, of_site)

    def keys(batch: Sequence[SiteKey]) -> list[str]:
        return audit.unlogged(batch, old["keys"]) + audit.differences(batch, of_key)

    def channels(batch: Sequence[Channel]) -> list[str]:
        return audit.unlogged(batch, old["channels"]) + audit.differences(batch, of_channel)

    def changes(batch: Sequence[ChannelChange]) -> list[str]:
        return audit.unlogged(batch, set()) + audit.differences(batch, of_change)

    for model in (ListingSite, SiteKey, Channel, ChannelChange):
        yield from audit.gone(model)
    yield from audit.walk(ListingSite.objects.prefetch_related("channels"), sites)
    yield from audit.walk(SiteKey.objects.all(), keys)
    yield from audit.walk(Channel.objects.all(), channels)
    yield from audit.walk(ChannelChange.objects.all(), changes)
    older.update({name: len(found) for name, found in old.items()})

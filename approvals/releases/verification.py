"""Whether releases and events are what was decided and what the log says, with the files that were delivered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from approvals.channels.rules import BadRules
from approvals.models import Channel, Event, Release, ReleaseState
from approvals.models.document import FORMAT, ReleaseDocument
from approvals.releases import traces
from approvals.releases.document import document, needs_its_original, of_version
from assets.imaging.rendering import Rendered
from assets.library.verification import files_of
from assets.models import Decided, Version
from assets.models.version import label_of
from assets.rights import validity
from assets.versions import dossier, renewal
from core import audit
from core.audit import Told, name_of
from core.sets import batches

Older = Counter[str]
WITH = ("decision__review", "version", "original", "channel")


def walk(older: Older) -> Iterator[str]:
    """All that does not fit, in sentences; old rows are counted."""
    old: set[object] = set()
    yield from audit.gone(Release)
    yield from audit.walk(Release.objects.select_related(*WITH), lambda batch: _releases(batch, old))
    older["releases"] += len(old)
    yield from audit.gone(Event)
    for channel in Channel.objects.only("slug", "last_sequence").order_by("pk"):
        yield from _events(channel, older)


def files() -> Iterator[str]:
    """Delivered files that are missing where they are kept, or that have changed there."""
    yield from files_of(Release.objects.all(), "file_sha256")


# Releases


def _releases(batch: Sequence[Release], old: set[object]) -> list[str]:
    told = audit.told(Release, [release.pk for release in batch])
    unlogged = [release for release in batch if "document_sha256" not in told[str(release.pk)].fields]
    older = _older(unlogged)
    old |= {release.pk for release in older}
    found = [f"{name_of(release)} is not in the log." for release in unlogged if release not in older]
    for release in batch:
        found += [f"{name_of(release)}: {problem}" for problem in _release(release, told[str(release.pk)])]
    return found + [
        f"{name_of(Release, key)}: it is live, but its flag hides it from every list." for key in _hidden(batch)
    ]


def _hidden(batch: Sequence[Release]) -> list[UUID]:
    """Those that are live, though the flag that lists find them by is not set. One that is set too often hides none."""
    unflagged = Release.objects.filter(pk__in=[release.pk for release in batch if not release.served])
    return list(unflagged.live().values_list("pk", flat=True))


def _older(unlogged: list[Release]) -> list[Release]:
    """Those whose approval took effect by an entry from before releases were logged as rows."""
    told = audit.told(Version, [release.version_id for release in unlogged])
    return [release for release in unlogged if _is_older(release, told[str(release.version_id)])]


def _is_older(release: Release, told: Told) -> bool:
    approvals = told.by_action(
        "review.approved", review=release.decision.review_id, dossier=release.decision.dossier_hash
    )
    return bool(audit.without_rows(Release, approvals))


def _release(release: Release, told: Told) -> Iterator[str]:
    slug = told.fields.get("slug", release.channel.slug)
    for field in told.differences(traces.of_release(release, slug)):
        yield f"its {field} is not what the log says."
    if (release.state == ReleaseState.LIVE) != (release.ended_at is None):
        yield "its state and its end contradict each other."
    yield from _decided(release)
    try:
        yield from _as_decided(release, slug)
    except (BadRules, *audit.UNREADABLE):
        yield "its document or its dossier cannot be read."


def _decided(release: Release) -> Iterator[str]:
    decision = release.decision
    if decision.choice != "approve" or not decision.settled_at or decision.undone_at:
        yield f"{name_of(decision)} does not approve it."
    if decision.review.version_id != release.version_id:
        yield f"{name_of(decision)} is about another version."
    if decision.dossier_hash != release.dossier_hash:
        yield f"its dossier hash is not that of {name_of(decision)}."


def _as_decided(release: Release, slug: str) -> Iterator[str]:
    """The columns that are made from the dossier of the decision, in the format of today."""
    facts = release.decision.dossier
    own = of_version(facts)
    if dossier.digest_of(own) != release.version_hash or facts.get("format", 1) != release.version_format:
        yield "its version hash is not that of what was decided."
    kept = Decided.objects.filter(version=release.version_id, digest=release.version_hash).first()
    if kept and (kept.rest, kept.license) != renewal.parted(own):
        yield "what is kept of the decision is not what was decided."
    stored = ReleaseDocument.parse(release.document_text)
    if stored.format == FORMAT == facts.get("format"):
        yield from _made_from(facts, slug, release, stored)


def _made_from(facts: dict[str, Any], slug: str, release: Release, stored: ReleaseDocument) -> Iterator[str]:
    if _expected(facts, slug, stored).as_text() != release.document_text:
        yield "its document is not what was decided."
    if release.valid_until != validity.last_day(facts):
        yield "its last day is not what was decided."
    needed = facts["disclosure"]["original"] if needs_its_original(facts, slug) else ""
    if (release.original.sha256 if release.original else "") != needed:
        yield "its original is not what was decided."
    file = (stored.file.sha256, stored.file.media_type, stored.file.size)
    if file != (release.file_sha256, release.file_media_type, release.file_size):
        yield "its file is not that of its document."


def _expected(facts: dict[str, Any], slug: str, stored: ReleaseDocument) -> ReleaseDocument:
    """The document that the dossier makes, of the file that the stored one names."""
    file = stored.file
    made = document(facts, slug, Rendered(b"", file.sha256, file.media_type, file.width, file.height))
    label = _label(facts, stored.version.label, made.version.label)
    return replace(made, file=replace(file, name=made.file.name), version=replace(made.version, label=label))


def _label(facts: dict[str, Any], stored: str, made: str) -> str:
    """The day in a label is the team's, whose time zone may have changed since: the days beside it fit too."""
    added, maker = datetime.fromisoformat(facts["file"]["added"]), facts["provenance"]["maker"]
    beside = {label_of(facts["file"]["number"], added + timedelta(days=days), maker) for days in (-1, 0, 1)}
    return stored if stored in beside else made


# Events


def _events(channel: Channel, older: Older) -> Iterator[str]:
    """A channel's events without a gap, each of a release of the channel, as the log holds them."""
    last, begun = 0, False
    for batch in batches(Event.objects.filter(channel=channel).order_by("sequence").iterator()):
        told, releases = audit.told(Event, [event.pk for event in batch]), _channels_of(batch)
        for event in batch:
            said, name = told[str(event.pk)], f"{name_of(event)} ({channel.slug} {event.sequence})"
            begun = begun or bool(said.lines)
            older["events"] += not begun
            if begun and not said.lines:
                yield f"{name} is not in the log."
            yield from (f"{name}: {problem}" for problem in _event(event, said, last, releases))
            last = event.sequence
    if not channel.last_sequence <= last <= Channel.objects.only("last_sequence").get(pk=channel.pk).last_sequence:
        yield f"{name_of(channel)}: its last event is {last}, but it counts {channel.last_sequence}."


def _event(event: Event, told: Told, last: int, releases: Mapping[UUID, int]) -> Iterator[str]:
    if event.sequence != last + 1:
        yield "it does not follow the one before it."
    if releases.get(event.release_id) != event.channel_id:
        yield "its release is none of this channel."
    for field in told.differences(traces.of_event(event)):
        yield f"its {field} is not what the log says."


def _channels_of(events: Sequence[Event]) -> dict[UUID, int]:
    """The channels of the releases that the events are about."""
    return dict(Release.objects.filter(pk__in={event.release_id for event in events}).values_list("pk", "channel"))

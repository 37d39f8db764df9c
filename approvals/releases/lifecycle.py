"""How releases begin, pause, go on and end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from approvals.events.log import announce
from approvals.models import Channel, Decision, EventKind, Release, ReleaseState, ReviewState
from approvals.releases import traces
from approvals.releases.document import document, needs_its_original, of_version
from approvals.releases.transitions import move
from assets.imaging.rendering import Rendered
from assets.models import Version
from assets.models.version import Status
from assets.rights import validity, withdrawals
from assets.versions import renewal, transitions
from core import audit, clock
from core.audit import Change
from core.errors import Blocked, Finding
from core.models import User
from core.people.rights import check_right
from core.sets import batches

WITHDRAW = "approvals.withdraw_release"
LOOKED_AT = 5_000
"""Touched releases that one sweep looks through, so that it ends before the next begins."""

logger = structlog.get_logger(__name__)


def publish(decision: Decision, channel: Channel, file: Rendered, at: datetime) -> Release:
    """Put a version into a channel and tell it. The caller holds the locks of the version and of the channel.

    All that leaves is made from the dossier of the decision, which the caller has found to be still as it was.
    """
    version, facts = decision.review.version, decision.dossier
    made = Release.objects.create(
        version=version,
        channel=channel,
        decision=decision,
        dossier_hash=decision.dossier_hash,
        version_hash=version.dossier_hash,
        version_format=version.dossier_format,
        original=version.original if needs_its_original(facts, channel.slug) else None,
        document_text=document(facts, channel.slug, file).as_text(),
        file_sha256=file.sha256,
        file_media_type=file.media_type,
        file_size=len(file.data),
        released_at=at,
        valid_until=validity.last_day(facts),
    )
    renewal.keep(version, of_version(facts))
    announce(made, EventKind.RELEASED, at)
    return made


def withdraw(release: Release, reason: str, *, for_rights: bool = False, by: User) -> Release:
    """End a release for good. From now on it answers 410, and the channel's events say so.

    Withdrawn for rights, the same bytes are gone from every channel, whichever picture shows them.
    """
    check_right(by, WITHDRAW, "You need the right to withdraw releases.")
    if not reason.strip():
        raise Blocked(
            [Finding("reason_missing", "Say why it is withdrawn. The reason is kept in the log.", field="reason")]
        )
    with transaction.atomic():
        if for_rights:
            withdrawals.hold_bytes([release.version])
        locked = _locked_release(release)
        end(locked, ReleaseState.WITHDRAWN, reason.strip()[:300], by=by)
        moved = _follow(locked.version) or [Change(locked.version)]
        rights = withdrawals.note([locked.version], reason.strip(), by=by) if for_rights else []
        words = f"Withdrawn from {locked.channel}{' for rights' if for_rights else ''}. {reason.strip()}"
        audit.record(by, "release.withdrawn", [*moved, *traces.ended(locked), *rights], words, release=locked.pk)
    if for_rights:
        end_without_rights()
    return locked


def end_without_rights(limit: int = 100) -> int:
    """End releases whose bytes were withdrawn for rights, wherever. Nothing of them is served already."""
    going_on = Release.objects.filter(state=ReleaseState.LIVE)
    return _bring_up_to_date(list(going_on.without_rights().order_by("?")[:limit]))


def expire_due(limit: int = 100) -> int:
    """End releases past their last day, and tell channels of those that are not served for now. Returns how many.

    The API does not wait for this: it looks at the day and at the version by itself. At most `limit` of each kind, in
    no order: those that fail each time hold up no other for good. Only what was touched is looked at (`touches`).
    """
    ended = _bring_up_to_date(list(Release.objects.past_their_last_day().order_by("?")[:limit]))
    if not (touched := _touched()):
        return ended
    _let_go_of_those_as_told(touched)
    left = _touched()
    chosen = random.sample(left, min(limit, len(left)))
    return ended + _bring_up_to_date(list(Release.objects.filter(pk__in=chosen)))


def _touched() -> list[UUID]:
    """Keys of releases to look at, by their index alone: most of the time there are none."""
    return list(Release.objects.touched().order_by("pk").values_list("pk", flat=True)[:LOOKED_AT])


def _let_go_of_those_as_told(touched: list[UUID]) -> None:
    """Of what was touched, those that stand as their channel was told; of the others somebody must be told."""
    for keys in batches(touched):
        with transaction.atomic():
            # Locked first and looked at afterwards: what touches one of them meanwhile waits, and then marks it again.
            rows = Release.objects.filter(pk__in=keys).order_by("pk")
            held = list(rows.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True))
            here = Release.objects.filter(pk__in=held, state=ReleaseState.LIVE)
            standing = set(here.standing().values_list("pk", flat=True))
            here.filter(paused_at=None, pk__in=standing).update(served=True, touched=False)
            paused = here.filter(paused_at__isnull=False).exclude(version__status=Status.ARCHIVED)
            ended = list(here.without_rights().values_list("pk", flat=True))
            paused.exclude(pk__in=[*standing, *ended]).update(served=False, touched=False)


def _bring_up_to_date(due: list[Release]) -> int:
    return sum(_try_to_bring_up_to_date(release) for release in due)


def _try_to_bring_up_to_date(release: Release) -> bool:
    try:
        return _bring_one_up_to_date(release)
    except Exception:
        logger.exception("release.not_brought_up_to_date", release=str(release.pk))
        return False


def _bring_one_up_to_date(release: Release) -> bool:
    with transaction.atomic():
        locked = _locked_release(release)
        stands = Release.objects.standing().filter(pk=release.pk).exists()
        if locked.state != ReleaseState.LIVE:
            return False
        if locked.valid_until and locked.valid_until < locked.channel.today:
            end(locked, ReleaseState.EXPIRED, "License or consent has ended.", by=None)
            return _told(locked, "expired", f"Expired in {locked.channel}: license or consent has ended.")
        if why := _without_rights(locked):
            end(locked, ReleaseState.WITHDRAWN, why[:300], by=None)
            moved = _follow(locked.version)
            return _told(locked, "withdrawn", f"Withdrawn from {locked.channel} for rights. {why}", moved)
        if locked.version.status == Status.ARCHIVED:
            end(locked, ReleaseState.WITHDRAWN, "The version was archived.", by=None)
            return _told(locked, "withdrawn", f"Withdrawn from {locked.channel}: the version was archived.")
        if stands == (locked.paused_at is None):
            return False
        return _resume(locked) if stands else _pause(locked)


def _pause(release: Release) -> bool:
    release.paused_at, release.served, release.touched = clock.instant(), False, False
    release.save(update_fields=["paused_at", "served", "touched"])
    announce(release, EventKind.PAUSED, release.paused_at)
    gone = f"its original, “{release.original}”, is not live there as a photograph"
    why = "what was approved has changed" if has_changed(release) else gone
    return _told(release, "paused", f"Paused in {release.channel}: {why}.")


def has_changed(release: Release) -> bool:
    """Whether the version is not approved any more, or says something else than when it was."""
    return not Release.objects.still_approved().filter(pk=release.pk).exists()


def _resume(release: Release) -> bool:
    release.paused_at, release.served, release.touched = None, True, False
    release.save(update_fields=["paused_at", "served", "touched"])
    announce(release, EventKind.RESUMED, clock.instant())
    beside = ", and its original is live there" if release.original_id else ""
    return _told(release, "resumed", f"Resumed in {release.channel}: it matches what was approved{beside}.")


def _told(release: Release, what: str, words: str, moved: Sequence[Change[Version]] = ()) -> bool:
    trace = {"paused": traces.paused, "resumed": traces.resumed}.get(what, traces.ended)
    about = [*(moved or [Change(release.version)]), *trace(release)]
    audit.record(None, f"release.{what}", about, words, release=release.pk)
    return True


def _without_rights(release: Release) -> str:
    """Why the rights to its bytes have ended since it was released, and where that was said; empty when they stand."""
    ended = [each for each in withdrawals.of_bytes(release.version.sha256) if each.at >= release.released_at]
    if not ended:
        return ""
    first = ended[-1]
    same = "" if first.version_id == release.version_id else f" It is the same picture as “{first.version}”."
    return f"{first.reason}{same}"


def end(release: Release, state: ReleaseState, reason: str, *, by: User | None) -> None:
    """End a release whose locks the caller holds, and tell its channel."""
    ended = move(release, state, reason, by=by)
    kind = EventKind.EXPIRED if state == ReleaseState.EXPIRED else EventKind.WITHDRAWN
    announce(release, kind, ended.after["ended_at"])


def _follow(version: Version) -> list[Change[Version]]:
    """A version that is withdrawn from its last channel is not approved any more."""
    if version.status != Status.APPROVED or version.releases.filter(state=ReleaseState.LIVE).exists():
        return []
    in_review = version.reviews.filter(state__in=(ReviewState.OPEN, ReviewState.SETTLING)).exists()
    return transitions.move([version], Status.IN_REVIEW if in_review else Status.WITHDRAWN)


def lock_version(version: Version) -> Version:
    Version.objects.select_for_update(no_key=True).only("pk").get(pk=version.pk)
    return Version.objects.with_dossier().get(pk=version.pk)


def _locked_release(release: Release) -> Release:
    """Held until the transaction ends, in the order of `reviews.services`: its channel before it."""
    version = lock_version(release.version)
    Channel.objects.select_for_update(no_key=True).get(pk=release.channel_id)
    releases = Release.objects.select_for_update(of=("self",), no_key=True).select_related("channel")
    locked: Release = releases.get(pk=release.pk)
    locked.version = version
    return locked

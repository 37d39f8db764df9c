"""Decisions taking effect, once their time to undo is over and everything was checked once more."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from approvals.channels import rules
from approvals.models import Channel, Choice, Decision, Release, ReleaseState, ReviewState
from approvals.policies import deciding
from approvals.releases import files, lifecycle
from approvals.releases import traces as release_traces
from approvals.releases.lifecycle import end
from approvals.reviews import changes, dossier, notifications, traces
from approvals.reviews.services import standing_in_the_way
from approvals.reviews.transitions import lock_review, move, quoted
from assets.imaging import inspection
from assets.imaging.credentials import NotSigned
from assets.imaging.rendering import Rendered
from assets.models.version import Status
from assets.versions import contributors, transitions
from assets.versions import dossier as library_dossier
from core import audit, clock, storage
from core.audit import Change

OUTCOMES = {
    Choice.APPROVE: (ReviewState.APPROVED, Status.APPROVED),
    Choice.CHANGES: (ReviewState.CHANGES, Status.CHANGES_REQUESTED),
    Choice.REJECT: (ReviewState.REJECTED, Status.REJECTED),
}


def settle(decision: Decision) -> Decision:
    """Let a decision take effect once its time to undo is over. Safe to call again, and to be killed in.

    When something has changed since, the review opens again and says why.
    """
    decision = Decision.objects.select_related("review__version").get(pk=decision.pk)
    if not decision.is_due:
        return decision
    prepared, reason = _files_for(decision)
    with transaction.atomic():
        review = lock_review(decision.review)
        # What is compared now must not move before it takes effect.
        channels = list(review.channels.select_for_update(no_key=True).order_by("pk"))
        locked = Decision.objects.select_for_update(of=("self",), no_key=True).select_related("by").get(pk=decision.pk)
        if not locked.is_due:
            return locked
        locked.review = review
        if reason := reason or _no_longer_holds(locked):
            _lapse(locked, reason)
        else:
            _take_effect(locked, channels, prepared)
    return locked


def _files_for(decision: Decision) -> tuple[dict[str, Rendered], str]:
    """The files to be released, and why they cannot be made, if so. Outside of any transaction."""
    if decision.choice != Choice.APPROVE or not _is_of_this_portal(decision):
        return {}, ""
    try:
        return files.prepare(decision.dossier), ""
    except (files.TooLarge, inspection.Unreadable, storage.CorruptFile, rules.BadRules) as error:
        return {}, f"The file for delivery could not be made. {error}"
    except NotSigned as error:
        return {}, f"The file for delivery could not be signed. {error}"
    except FileNotFoundError:
        return {}, "The file is missing where it is kept. Restore it from the backup."


def _is_of_this_portal(decision: Decision) -> bool:
    """Whether the decision was made on a dossier in the format of today."""
    return bool(decision.dossier.get("format") == library_dossier.NEWEST)


def _no_longer_holds(decision: Decision) -> str:
    """Why a decision cannot take effect any more; empty when it can."""
    review = decision.review
    if not _is_of_this_portal(decision):
        return "The portal was updated after the decision, and more is judged now. Review it again."
    now = dossier.of_review(review)
    if now.hash != decision.dossier_hash:
        changed = " ".join(changes.differences(decision.dossier, now.facts))
        return f"Something about the picture or its channels changed after the decision. {changed}"
    hands = contributors.parts_of(review.version)
    may_review = decision.by.is_active and decision.by.has_perm(deciding.DECIDE)
    if deciding.why_not_decide(decision.by_id, may_review=may_review, involved=hands):
        return f"{decision.by} may no longer decide on it."
    if review.version.status not in (Status.IN_REVIEW, Status.APPROVED):
        return f"The version is “{review.version.get_status_display().lower()}” by now."
    if decision.choice == Choice.APPROVE:
        blocking = standing_in_the_way(review.version, review.channels.all())
        return " ".join(finding.words for finding in blocking)
    return ""


def _take_effect(decision: Decision, channels: list[Channel], prepared: dict[str, Rendered]) -> None:
    review = decision.review
    state, status = OUTCOMES[Choice(decision.choice)]
    is_waiting = review.version.status == Status.IN_REVIEW
    moved = (
        transitions.move([review.version], status, approved_by=decision.by) if is_waiting else [Change(review.version)]
    )
    made = _release(decision, channels, prepared) if decision.choice == Choice.APPROVE else []
    decision.settled_at = clock.instant()
    decision.save(update_fields=["settled_at"])
    move(review, state)
    if decision.choice != Choice.APPROVE:
        notifications.tell_author(decision)
    released = f" Released to {', '.join(channel.name for channel in channels)}." if made else ""
    words = f"{ReviewState(state).label}.{released}{quoted(decision.note)}"
    about = [*moved, traces.settled(decision), traces.moved(review, ReviewState.SETTLING), *made]
    audit.record(decision.by, f"review.{state}", about, words, review=review.pk, dossier=decision.dossier_hash)


def _release(decision: Decision, channels: list[Channel], prepared: dict[str, Rendered]) -> list[Change[Any]]:
    """One release for each channel. The time is read under the channels' locks, so it only goes forward in each."""
    now, told = clock.instant(), list[Change[Any]]()
    for channel in channels:
        held = Release.objects.filter(version=decision.review.version, channel=channel, state=ReleaseState.LIVE).first()
        if held:
            end(held, ReleaseState.WITHDRAWN, "Replaced by a newer approval.", by=decision.by)
            told += release_traces.ended(held)
        told += release_traces.begun(lifecycle.publish(decision, channel, prepared[channel.slug], now))
    return told


def _lapse(decision: Decision, reason: str) -> None:
    review = decision.review
    decision.undone_at, decision.lapsed_because = clock.instant(), reason[:500]
    decision.save(update_fields=["undone_at", "lapsed_because"])
    move(review, ReviewState.OPEN)
    notifications.tell_again(decision)
    words = f"The decision did not take effect, and the review is open again. {reason}"
    about = [Change(review.version), traces.settled(decision), traces.moved(review, ReviewState.SETTLING)]
    audit.record(None, "review.reopened", about, words, review=review.pk)

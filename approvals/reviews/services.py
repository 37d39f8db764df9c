"""Submitting a version for review, and deciding on it.

A decision is about what was seen: it carries the hash of the dossier and is refused when that has changed. It takes
effect after a while in which it can be undone (`settling`). Locks are taken in one order everywhere: review,
version, channels, decision, releases, end of the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from approvals.channels import rules, verdict
from approvals.models import Channel, Choice, Decision, Release, Review, ReviewState
from approvals.models.review import claimed_lately
from approvals.policies import deciding
from approvals.releases.lifecycle import lock_version
from approvals.reviews import dossier, notifications, traces
from approvals.reviews.transitions import how_it_stands, lock_review, move, quoted
from assets.models import Part, Version
from assets.models.version import Status
from assets.versions import contributors, transitions
from assets.versions.transitions import check_move
from core import audit, clock, dispatch
from core.audit import Change
from core.errors import Blocked, Finding, InvalidTransition
from core.models import User
from core.people.rights import check_right


class Changed(InvalidTransition):
    """What was decided on is no longer what is there. Nothing was recorded."""


# Submitting


def submit(version: Version, channels: Iterable[Channel], note: str, *, by: User) -> Review:
    """Submit a version to channels. Raises `Blocked` with what is missing.

    A version that is live elsewhere stays so while the further channels are decided.
    """
    check_right(by, deciding.SUBMIT, "You need the right to submit for review.")
    chosen = sorted(channels, key=lambda channel: channel.slug)
    with transaction.atomic():
        locked = lock_version(version)
        _check_can_be_submitted(locked)
        _check_facts([*_channel_choice(locked, chosen), *standing_in_the_way(locked, chosen)])
        review = Review.objects.create(version=locked, note=note.strip(), submitted_by=by)
        review.channels.set(chosen)
        contributors.contribute([locked], Part.SUBMITTED, by=by)
        is_live = Release.objects.live().filter(version=locked).exists()
        moved = [] if is_live else transitions.move([locked], Status.IN_REVIEW)
        notifications.tell_reviewers(review)
        names = ", ".join(channel.name for channel in chosen)
        about, words = [*(moved or [Change(locked)]), traces.opened(review)], f"Submitted for {names}."
        audit.record(by, "review.submitted", about, words, review=review.pk, part=Part.SUBMITTED)
    return review


def retract_review(review: Review, *, by: User) -> Review:
    """The author retracts a version before anybody has decided."""
    with transaction.atomic():
        locked = lock_review(review)
        if locked.submitted_by_id != by.pk:
            raise PermissionDenied("Only the person who submitted a version can retract it.")
        move(locked, ReviewState.RETRACTED)
        is_free = locked.version.status == Status.IN_REVIEW
        moved = transitions.move([locked.version], Status.DRAFT) if is_free else [Change(locked.version)]
        about = [*moved, traces.moved(locked, ReviewState.OPEN)]
        audit.record(by, "review.retracted", about, "Retracted before a decision.", review=locked.pk)
    return locked


def standing_in_the_way(version: Version, channels: Iterable[Channel]) -> list[Finding]:
    """What blocks the version in any of the channels today, as its day is there; each thing once."""
    found = (finding for channel in channels for finding in verdict.findings(version, channel, channel.today))
    return list(dict.fromkeys(rules.blocking(found)))


def _channel_choice(version: Version, channels: list[Channel]) -> list[Finding]:
    if not channels:
        return [Finding("channels_missing", "Choose at least one channel.", field="channels")]
    live = Release.objects.live().filter(version=version, channel__in=channels).select_related("channel")
    renewed = set(live.renewed().values_list("pk", flat=True))
    return [
        Finding("already_live", f"It is live in {release.channel} already.", field="channels")
        for release in live
        if release.pk not in renewed
    ]


def _check_can_be_submitted(version: Version) -> None:
    if version.reviews.filter(state__in=(ReviewState.OPEN, ReviewState.SETTLING)).exists():
        raise InvalidTransition("This version is in review already. Decide on that review or retract it first.")
    check_move(version.status, Status.IN_REVIEW)


# Deciding


def claim(review: Review, *, by: User) -> Review:
    """Claim a review, so that two people do not read the same dossier."""
    with transaction.atomic():
        locked = lock_review(review)
        _check_may_decide(locked, by)
        _check_open(locked, by)
        change = audit.write(locked, claimed_by=by, claimed_at=clock.instant())
        audit.record(by, "review.claimed", [locked.version, change], "Claimed the review.", review=locked.pk)
    return locked


def decide(
    review: Review, choice: Choice, note: str, seen_hash: str, *, by: User, words_approved: bool = False
) -> Decision:
    """Record a decision on exactly the dossier with this hash. It takes effect after `UNDO_SECONDS`.

    Where a channel has its words approved apart, whoever approves says with `words_approved` that they are right.

    Raises `Changed` when the dossier is another one by now, `Blocked` when facts or words are missing.
    """
    with transaction.atomic():
        locked = lock_review(review)
        _check_may_decide(locked, by)
        _check_open(locked, by)
        current = dossier.of_review(locked)
        if current.hash != seen_hash:
            raise Changed("This changed after you opened it, so nothing was decided. Review it again.")
        _check_facts(_missing_for(locked, choice, note, words_approved=words_approved))
        now = clock.instant()
        decision = Decision.objects.create(
            review=locked,
            by=by,
            choice=choice,
            note=note.strip(),
            words_approved=words_approved and choice == Choice.APPROVE,
            dossier_hash=current.hash,
            dossier=current.facts,
            decided_at=now,
            effective_at=now + timedelta(seconds=settings.UNDO_SECONDS),
        )
        move(locked, ReviewState.SETTLING)
        wait = timedelta(seconds=settings.UNDO_SECONDS)
        dispatch.enqueue("approvals.tasks.settle", str(decision.pk), wait=wait)
        said_of_words = " The words are right." if decision.words_approved else ""
        words = f"Decided: {Choice(choice).label.lower()}.{said_of_words}{quoted(note)}"
        about = [Change(locked.version), traces.decided(decision), traces.moved(locked, ReviewState.OPEN)]
        audit.record(by, "review.decided", about, words, review=locked.pk, dossier=current.hash)
    return decision


def undo(decision: Decision, *, by: User) -> Review:
    """Undo a decision before it takes effect. The review is open again."""
    with transaction.atomic():
        review = lock_review(decision.review)
        standing = Decision.objects.select_for_update(no_key=True).get(pk=decision.pk)
        if standing.by_id != by.pk:
            raise PermissionDenied("Only the person who decided can undo the decision.")
        if standing.undone_at or standing.settled_at or standing.effective_at <= clock.instant():
            raise InvalidTransition(
                "The time to undo is over: the decision has taken effect. Withdraw the release instead."
            )
        standing.undone_at = clock.instant()
        standing.save(update_fields=["undone_at"])
        move(review, ReviewState.OPEN)
        about = [Change(review.version), traces.settled(standing), traces.moved(review, ReviewState.SETTLING)]
        audit.record(by, "review.undone", about, "Undid the decision.", review=review.pk)
    return review


def _missing_for(review: Review, choice: Choice, note: str, *, words_approved: bool) -> list[Finding]:
    if choice != Choice.APPROVE:
        return deciding.note_missing(choice, note)
    channels = list(review.channels.all())
    unconfirmed = deciding.words_unconfirmed(apart=verdict.words_apart(channels), confirmed=words_approved)
    return [*standing_in_the_way(review.version, channels), *unconfirmed]


def _check_may_decide(review: Review, by: User) -> None:
    hands = contributors.parts_of(review.version)
    if why_not := deciding.why_not_decide(by.pk, may_review=by.has_perm(deciding.DECIDE), involved=hands):
        raise PermissionDenied(why_not)


def _check_open(review: Review, by: User) -> None:
    if review.state != ReviewState.OPEN:
        raise InvalidTransition(f"{how_it_stands(review)} Nothing was recorded.")
    if review.version.status not in (Status.IN_REVIEW, Status.APPROVED):
        raise InvalidTransition(
            f"This version is “{review.version.get_status_display().lower()}” by now. Nothing was recorded."
        )
    if held_by_other(review, by):
        raise InvalidTransition(f"{review.claimed_by} has claimed this review. Nothing was recorded.")


def held_by_other(review: Review, user: User) -> bool:
    """Whether somebody else claimed the review a short while ago."""
    if review.claimed_by_id in (None, user.pk) or review.claimed_at is None:
        return False
    first, last = claimed_lately()
    return first <= review.claimed_at <= last


def _check_facts(findings: list[Finding]) -> None:
    if findings:
        raise Blocked(findings)

"""The writer of approvals: the only place that opens, decides and closes reviews, and that starts or ends releases.

A decision is about what was seen: it carries the hash of the dossier and is refused when that has changed. It takes
effect after a while in which it can be taken back; `settle` then checks everything once more, since time has passed.

Locks are taken in one order everywhere: review, version, releases and channels, end of the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from approvals import delivery, dossier, notifications, policy, verdict
from approvals.models import Channel, Choice, Decision, EventKind, Release, ReleaseState, Review, ReviewState
from assets.imaging import inspection
from assets.models import Version
from assets.models.version import Status
from assets.versions import transitions
from assets.versions.transitions import check_move
from core import audit, dispatch, storage
from core.errors import Blocked, Finding, InvalidTransition
from core.models import User

OUTCOMES = {
    Choice.APPROVE: (ReviewState.APPROVED, Status.APPROVED),
    Choice.CHANGES: (ReviewState.CHANGES, Status.CHANGES_REQUESTED),
    Choice.REJECT: (ReviewState.REJECTED, Status.REJECTED),
}


class Changed(InvalidTransition):
    """What was decided on is no longer what is there. Nothing was recorded."""


# Submitting


def submit(version: Version, channels: Iterable[Channel], note: str, by: User) -> Review:
    """Put a version forward for channels. Raises `Blocked` with what is missing.

    A version that is live elsewhere stays so while the further channels are decided.
    """
    _check_right(by, policy.SUBMIT, "Submitting for review needs the right to submit.")
    chosen = sorted(channels, key=lambda channel: channel.slug)
    with transaction.atomic():
        locked = _locked_version(version)
        _check_can_be_submitted(locked)
        _check_facts([*_channel_choice(locked, chosen), *standing_in_the_way(locked, chosen)])
        review = Review.objects.create(version=locked, note=note.strip(), submitted_by=by)
        review.channels.set(chosen)
        if not Release.objects.live().filter(version=locked).exists():
            transitions.set_status(locked, Status.IN_REVIEW)
        notifications.tell_reviewers(review)
        names = ", ".join(channel.name for channel in chosen)
        audit.record(by, "review.submitted", locked, f"Submitted for {names}.", review=review.pk)
    return review


def recall_review(review: Review, by: User) -> Review:
    """The author takes a version back before anybody has decided."""
    with transaction.atomic():
        locked = _locked_review(review)
        if locked.submitted_by_id != by.pk:
            raise PermissionDenied("Only who submitted a version can take it back.")
        if locked.state != ReviewState.OPEN:
            raise InvalidTransition(
                f"This review is “{locked.get_state_display().lower()}”, so it cannot be taken back."
            )
        _close(locked, ReviewState.RECALLED)
        if locked.version.status == Status.IN_REVIEW:
            transitions.set_status(locked.version, Status.DRAFT)
        audit.record(by, "review.recalled", locked.version, "Taken back before a decision.", review=locked.pk)
    return locked


def standing_in_the_way(version: Version, channels: Iterable[Channel]) -> list[Finding]:
    """What blocks the version in any of the channels today, each thing once."""
    today = timezone.now().date()
    found = (finding for channel in channels for finding in verdict.findings(version, channel, today))
    return list(dict.fromkeys(policy.blocking(found)))


def _channel_choice(version: Version, channels: list[Channel]) -> list[Finding]:
    if not channels:
        return [Finding("channels_missing", "Choose at least one channel.", field="channels")]
    live = Release.objects.live().filter(version=version, channel__in=channels).select_related("channel")
    return [Finding("already_live", f"It is live in {release.channel} already.", field="channels") for release in live]


def _check_can_be_submitted(version: Version) -> None:
    if version.reviews.filter(state__in=(ReviewState.OPEN, ReviewState.SETTLING)).exists():
        raise InvalidTransition("This version is in review already. Decide or take back that review first.")
    check_move(version.status, Status.IN_REVIEW)


# Deciding


def claim(review: Review, by: User) -> Review:
    """Take a review in hand, so that two people do not read the same dossier."""
    with transaction.atomic():
        locked = _locked_review(review)
        _check_may_decide(locked, by)
        _check_open(locked, by)
        locked.claimed_by, locked.claimed_at = by, timezone.now()
        locked.save(update_fields=["claimed_by", "claimed_at"])
        audit.record(by, "review.claimed", locked.version, "Took the review in hand.", review=locked.pk)
    return locked


def decide(review: Review, choice: Choice, note: str, seen_hash: str, by: User) -> Decision:
    """Record a judgement on exactly the dossier with this hash. It takes effect after `UNDO_SECONDS`.

    Raises `Changed` when the dossier is another one by now, `Blocked` when facts or words are missing.
    """
    with transaction.atomic():
        locked = _locked_review(review)
        _check_may_decide(locked, by)
        _check_open(locked, by)
        current = dossier.of_review(locked)
        if current.hash != seen_hash:
            raise Changed("This changed after you opened it, so nothing was decided. Look again.")
        _check_facts(_missing_for(locked, choice, note))
        now = timezone.now()
        decision = Decision.objects.create(
            review=locked,
            by=by,
            choice=choice,
            note=note.strip(),
            dossier_hash=current.hash,
            dossier=current.facts,
            decided_at=now,
            effective_at=now + timedelta(seconds=settings.UNDO_SECONDS),
        )
        _move(locked, ReviewState.SETTLING)
        wait = timedelta(seconds=settings.UNDO_SECONDS)
        dispatch.enqueue("approvals.tasks.settle", str(decision.pk), wait=wait)
        words = f"Decided: {Choice(choice).label.lower()}.{_quoted(note)}"
        audit.record(by, "review.decided", locked.version, words, review=locked.pk, dossier=current.hash)
    return decision


def undo(decision: Decision, by: User) -> Review:
    """Take a decision back before it takes effect. The review is open again."""
    with transaction.atomic():
        review = _locked_review(decision.review)
        standing = Decision.objects.select_for_update().get(pk=decision.pk)
        if standing.by_id != by.pk:
            raise PermissionDenied("Only who decided can take the decision back.")
        if standing.undone_at or standing.settled_at or standing.effective_at <= timezone.now():
            raise InvalidTransition(
                "The time to undo is over: the decision has taken effect. Withdraw the release instead."
            )
        standing.undone_at = timezone.now()
        standing.save(update_fields=["undone_at"])
        _move(review, ReviewState.OPEN)
        audit.record(by, "review.undone", review.version, "Took the decision back.", review=review.pk)
    return review


def _missing_for(review: Review, choice: Choice, note: str) -> list[Finding]:
    if choice != Choice.APPROVE:
        return policy.note_missing(choice, note)
    return standing_in_the_way(review.version, review.channels.all())


def _check_may_decide(review: Review, by: User) -> None:
    hands = dossier.hands_in(review.version, review.submitted_by_id)
    if why_not := policy.why_not_decide(by.pk, may_review=by.has_perm(policy.DECIDE), involved=hands):
        raise PermissionDenied(why_not)


def _check_open(review: Review, by: User) -> None:
    if review.state != ReviewState.OPEN:
        raise InvalidTransition(f"This review is “{review.get_state_display().lower()}”. Nothing was recorded.")
    if review.version.status not in (Status.IN_REVIEW, Status.APPROVED):
        raise InvalidTransition(
            f"This version is “{review.version.get_status_display().lower()}” by now. Nothing was recorded."
        )
    if held_by_other(review, by):
        raise InvalidTransition(f"{review.claimed_by} has this review in hand. Nothing was recorded.")


def held_by_other(review: Review, by: User) -> bool:
    """Whether somebody else took the review in hand a short while ago."""
    if review.claimed_by_id in (None, by.pk) or review.claimed_at is None:
        return False
    return timezone.now() - review.claimed_at < timedelta(minutes=policy.CLAIM_MINUTES)


# Taking effect


def settle(decision: Decision) -> Decision:
    """Let a decision take effect once its time to undo is over. Safe to call again, and to be killed in.

    When something has changed since, the review opens again and says why.
    """
    decision = Decision.objects.select_related("review__version").get(pk=decision.pk)
    if not _is_due(decision):
        return decision
    prepared, reason = _files_for(decision)
    with transaction.atomic():
        review = _locked_review(decision.review)
        locked = Decision.objects.select_for_update(of=("self",)).select_related("by").get(pk=decision.pk)
        if not _is_due(locked):
            return locked
        locked.review = review
        if reason := reason or _no_longer_holds(locked, prepared):
            _lapse(locked, reason)
        else:
            _take_effect(locked, prepared)
    return locked


def _is_due(decision: Decision) -> bool:
    return not decision.undone_at and not decision.settled_at and decision.effective_at <= timezone.now()


def _files_for(decision: Decision) -> tuple[dict[int, delivery.Prepared], str]:
    """The files to be released, and why they cannot be made, if so. Outside of any transaction."""
    if decision.choice != Choice.APPROVE:
        return {}, ""
    version = Version.objects.with_story().get(pk=decision.review.version_id)
    try:
        return delivery.prepare(version, decision.review.channels.all()), ""
    except (delivery.TooLarge, inspection.Unreadable, storage.CorruptFile, policy.BadRules) as error:
        return {}, f"The file for delivery could not be made. {error}"
    except FileNotFoundError:
        return {}, "The file is missing where it is kept. Restore it from the backup."


def _no_longer_holds(decision: Decision, prepared: dict[int, delivery.Prepared]) -> str:
    """Why a decision cannot take effect any more; empty when it can."""
    review = decision.review
    if dossier.of_review(review).hash != decision.dossier_hash:
        return "Something about the picture changed after the decision."
    hands = dossier.hands_in(review.version, review.submitted_by_id)
    may_review = decision.by.is_active and decision.by.has_perm(policy.DECIDE)
    if policy.why_not_decide(decision.by_id, may_review=may_review, involved=hands):
        return f"{decision.by} may no longer decide on it."
    if review.version.status not in (Status.IN_REVIEW, Status.APPROVED):
        return f"The version is “{review.version.get_status_display().lower()}” by now."
    if decision.choice == Choice.APPROVE:
        blocking = standing_in_the_way(review.version, review.channels.all())
        if any(file.words_hash != review.version.words_hash for file in prepared.values()):
            return "Something about the picture changed while its files were made."
        return " ".join(finding.words for finding in blocking)
    return ""


def _take_effect(decision: Decision, prepared: dict[int, delivery.Prepared]) -> None:
    review = decision.review
    state, status = OUTCOMES[Choice(decision.choice)]
    if review.version.status == Status.IN_REVIEW:
        transitions.set_status(review.version, status, approved_by=decision.by)
    names = _release(decision, prepared) if decision.choice == Choice.APPROVE else []
    decision.settled_at = timezone.now()
    decision.save(update_fields=["settled_at"])
    _close(review, state)
    if decision.choice != Choice.APPROVE:
        notifications.tell_author(decision)
    released = f" Released to {', '.join(names)}." if names else ""
    words = f"{ReviewState(state).label}.{released}{_quoted(decision.note)}"
    audit.record(decision.by, f"review.{state}", review.version, words, review=review.pk, dossier=decision.dossier_hash)


def _release(decision: Decision, prepared: dict[int, delivery.Prepared]) -> list[str]:
    """One release for each channel. The time is read under the channels' locks, so it only goes forward in each."""
    channels = list(decision.review.channels.select_for_update().order_by("pk"))
    now = timezone.now()
    for channel in channels:
        held = Release.objects.filter(version=decision.review.version, channel=channel, state=ReleaseState.LIVE).first()
        if held:
            _end(held, ReleaseState.WITHDRAWN, "Replaced by a newer approval.", decision.by)
        delivery.release(decision, channel, prepared[channel.pk], now)
    return [channel.name for channel in channels]


def _lapse(decision: Decision, reason: str) -> None:
    review = decision.review
    decision.undone_at, decision.lapsed_because = timezone.now(), reason[:500]
    decision.save(update_fields=["undone_at", "lapsed_because"])
    _move(review, ReviewState.OPEN)
    words = f"The decision did not take effect, and the review is open again. {reason}"
    audit.record(None, "review.reopened", review.version, words, review=review.pk)


# Ending releases


def withdraw(release: Release, reason: str, by: User) -> Release:
    """End a release for good. From now on it answers 410, and the channel's events say so."""
    _check_right(by, policy.WITHDRAW, "Withdrawing needs the right to withdraw releases.")
    if not reason.strip():
        raise Blocked([Finding("reason_missing", "Say why it is withdrawn; it goes into the log.", field="reason")])
    with transaction.atomic():
        locked = _locked_release(release)
        if locked.state != ReleaseState.LIVE:
            raise InvalidTransition(f"This release is “{locked.get_state_display().lower()}” already.")
        _end(locked, ReleaseState.WITHDRAWN, reason.strip()[:300], by)
        _follow(locked.version)
        words = f"Withdrawn from {locked.channel}. {reason.strip()}"
        audit.record(by, "release.withdrawn", locked.version, words, release=locked.pk)
    return locked


def expire_due(limit: int = 100) -> int:
    """End releases past their last day, and tell channels of those that are not served for now. Returns how many.

    The API does not wait for this: it looks at the day and at the version by itself.
    """
    stale = Release.objects.not_served()
    due = [
        *Release.objects.past_their_last_day()[:limit],
        *stale.filter(paused_at=None)[:limit],
        *stale.filter(version__status=Status.RETIRED)[:limit],
        *Release.objects.served().filter(paused_at__isnull=False)[:limit],
    ]
    return sum(_bring_up_to_date(release) for release in due[:limit])


def _bring_up_to_date(release: Release) -> bool:
    with transaction.atomic():
        locked = _locked_release(release)
        today, is_served = timezone.now().date(), Release.objects.served().filter(pk=release.pk).exists()
        if locked.state != ReleaseState.LIVE:
            return False
        if locked.valid_until and locked.valid_until < today:
            _end(locked, ReleaseState.EXPIRED, "Licence or consent has ended.", None)
            return _told(locked, "expired", f"Expired in {locked.channel}: licence or consent has ended.")
        if locked.version.status == Status.RETIRED:
            _end(locked, ReleaseState.WITHDRAWN, "The version was retired.", None)
            return _told(locked, "withdrawn", f"Withdrawn from {locked.channel}: the version was retired.")
        if is_served == (locked.paused_at is None):
            return False
        return _resume(locked) if is_served else _pause(locked)


def _pause(release: Release) -> bool:
    release.paused_at = timezone.now()
    release.save(update_fields=["paused_at"])
    delivery.announce(release, EventKind.PAUSED, release.paused_at)
    gone = f"its original, “{release.original}”, is not live there"
    why = "what was approved has changed" if has_changed(release) else gone
    return _told(release, "paused", f"Not served to {release.channel} for now: {why}.")


def has_changed(release: Release) -> bool:
    """Whether the version is not approved any more, or says something else than when it was."""
    return not Release.objects.still_approved().filter(pk=release.pk).exists()


def _resume(release: Release) -> bool:
    release.paused_at = None
    release.save(update_fields=["paused_at"])
    delivery.announce(release, EventKind.RESUMED, timezone.now())
    beside = ", and its original is live there" if release.original_id else ""
    return _told(release, "resumed", f"Served to {release.channel} again: it is what was approved{beside}.")


def _told(release: Release, what: str, words: str) -> bool:
    audit.record(None, f"release.{what}", release.version, words, release=release.pk)
    return True


def _end(release: Release, state: ReleaseState, reason: str, by: User | None) -> None:
    release.state, release.end_reason, release.ended_by = state, reason, by
    release.ended_at = timezone.now()
    release.save(update_fields=["state", "end_reason", "ended_by", "ended_at"])
    kind = EventKind.EXPIRED if state == ReleaseState.EXPIRED else EventKind.WITHDRAWN
    delivery.announce(release, kind, release.ended_at)


def _follow(version: Version) -> None:
    """A version that is withdrawn from its last channel is not approved any more."""
    if version.status != Status.APPROVED or version.releases.filter(state=ReleaseState.LIVE).exists():
        return
    in_review = version.reviews.filter(state__in=(ReviewState.OPEN, ReviewState.SETTLING)).exists()
    transitions.set_status(version, Status.IN_REVIEW if in_review else Status.WITHDRAWN)


# Shared steps


def _check_right(by: User, right: str, words: str) -> None:
    if not by.has_perm(right):
        raise PermissionDenied(words)


def _check_facts(findings: list[Finding]) -> None:
    if findings:
        raise Blocked(findings)


def _locked_version(version: Version) -> Version:
    Version.objects.select_for_update().only("pk").get(pk=version.pk)
    return Version.objects.with_story().get(pk=version.pk)


def _locked_review(review: Review) -> Review:
    locked: Review = (
        Review.objects.select_for_update(of=("self",)).select_related("claimed_by", "submitted_by").get(pk=review.pk)
    )
    locked.version = _locked_version(locked.version)
    return locked


def _locked_release(release: Release) -> Release:
    version = _locked_version(release.version)
    locked: Release = Release.objects.select_for_update(of=("self",)).select_related("channel").get(pk=release.pk)
    locked.version = version
    return locked


def _move(review: Review, state: ReviewState) -> None:
    review.state = state
    review.save(update_fields=["state"])


def _close(review: Review, state: ReviewState) -> None:
    review.state, review.closed_at = state, timezone.now()
    review.save(update_fields=["state", "closed_at"])


def _quoted(note: str) -> str:
    return f" “{note.strip()}”" if note.strip() else ""

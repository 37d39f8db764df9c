"""Submitting, deciding, undoing, settling, withdrawing: what happens, who may, and that a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any, TypeVar

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from approvals.models import Channel, Choice, Decision, Event, Release, Review, ReviewState
from approvals.models.review import CLAIM_MINUTES
from approvals.releases import lifecycle
from approvals.reviews import dossier, services, settling
from assets.models import Answer, Part, Shown, Version
from assets.models.version import Status
from assets.rights import licenses
from assets.versions import contributors
from core import audit
from core.errors import Blocked, InvalidTransition
from core.models import LogEntry, User
from tests.approvals import factories
from tests.assets import factories as library_factories
from tests.assets import verbs

pytestmark = pytest.mark.django_db

Refusal = TypeVar("Refusal", bound=Exception)


@pytest.fixture
def ready(ready_once: Version) -> Version:
    return Version.objects.with_dossier().get(pk=ready_once.pk)


def state_of_everything() -> dict[str, Any]:
    """Every row that a verb of the workflow could change."""
    return {
        model.__name__: sorted(map(repr, model.objects.order_by("pk").values_list()))
        for model in (Review, Decision, Release, Event, Version, LogEntry, Channel)
    }


@contextmanager
def refuses(kind: type[Refusal], match: str | None = None) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """The verb is refused, and nothing at all has changed."""
    before = state_of_everything()
    with pytest.raises(kind, match=match) as refusal:
        yield refusal
    assert state_of_everything() == before


def now_hash(review: Review) -> str:
    return dossier.of_review(Review.objects.get(pk=review.pk)).hash


# Submitting


def test_submitting_puts_the_version_in_review(ready: Version, channel: Channel, ada: User) -> None:
    review = services.submit(ready, [channel], "Please look at the lamp.", by=ada)
    ready.refresh_from_db()
    assert (ready.status, review.state, list(review.channels.all())) == ("in_review", "open", [channel])


def test_submitting_is_told_in_the_log(ready: Version, channel: Channel, ada: User) -> None:
    services.submit(ready, [channel], "", by=ada)
    entry = audit.history(ready).first()
    assert entry is not None
    assert (entry.action, entry.actor) == ("review.submitted", ada)


def test_submitting_needs_the_right(ready: Version, channel: Channel, rita: User) -> None:
    with refuses(PermissionDenied):
        services.submit(ready, [channel], "", by=rita)


def test_submitting_needs_a_channel(ready: Version, ada: User) -> None:
    with refuses(Blocked, "at least one channel"):
        services.submit(ready, [], "", by=ada)


def test_submitting_twice_is_refused(review: Review, channel: Channel, ada: User) -> None:
    with refuses(InvalidTransition, "in review already"):
        services.submit(review.version, [channel], "", by=ada)


def test_an_archived_version_cannot_be_submitted(ready: Version, channel: Channel, ada: User) -> None:
    verbs.archive(ready, by=ada)
    with refuses(InvalidTransition, "archived"):
        services.submit(ready, [channel], "", by=ada)


def _without_alt_text(version: Version, ada: User) -> None:
    verbs.describe(version, text="", decorative=False, language="en", by=ada)


def _without_an_answer(version: Version, ada: User) -> None:
    unknown = {question: licenses.GivenAnswer() for question in library_factories.YES}
    verbs.answer_license(version, unknown, holder="x", attribution="x", by=ada)


def _showing_somebody(version: Version, ada: User) -> None:
    verbs.say_who_is_shown(version, people=Shown.REAL, property=Answer.NO, by=ada)


def _of_unknown_source(version: Version, ada: User) -> None:
    verbs.mark(version, digital_source="", alterations=[], original=None, disclosure_note="", by=ada)


def _altered_without_original(version: Version, ada: User) -> None:
    verbs.mark(
        version, digital_source="digitalCapture", alterations=["ModelHome"], original=None, disclosure_note="x", by=ada
    )


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_without_alt_text, "alt_text_missing"),
        (_without_an_answer, "license_commercial_unknown"),
        (_showing_somebody, "consent_people_missing"),
        (_of_unknown_source, "source_unknown"),
        (_altered_without_original, "original_missing"),
    ],
)
def test_what_is_missing_blocks_submitting(
    ready: Version, ada: User, spoil: Callable[[Version, User], None], code: str
) -> None:
    strict = factories.channel("strict", rules={"needs_original": True})
    spoil(ready, ada)
    with refuses(Blocked) as blocked:
        services.submit(ready, [strict], "", by=ada)
    assert code in [finding.code for finding in blocked.value.findings]


def test_a_rejected_version_is_not_submitted_again(review: Review, channel: Channel, ada: User) -> None:
    settling.settle(factories.decide(review, Choice.REJECT, "Not our house."))
    with refuses(InvalidTransition, "is “rejected”"):
        services.submit(Version.objects.get(pk=review.version_id), [channel], "", by=ada)


def test_a_further_channel_leaves_the_first_live(ready: Version, ada: User) -> None:
    release = factories.released(ready, factories.channel("website"))
    services.submit(release.version, [factories.channel("brochure")], "", by=ada)
    assert list(Release.objects.live()) == [release]


def test_a_channel_where_it_is_live_is_not_asked_again(ready: Version, ada: User) -> None:
    release = factories.released(ready)
    with refuses(Blocked, "live in Website already"):
        services.submit(release.version, [release.channel], "", by=ada)


def test_the_author_takes_a_review_back(review: Review, ada: User) -> None:
    services.retract_review(review, by=ada)
    review.refresh_from_db()
    assert (review.state, Version.objects.get(pk=review.version_id).status) == ("retracted", "draft")


def test_somebody_else_cannot_take_a_review_back(review: Review, max_: User) -> None:
    with refuses(PermissionDenied):
        services.retract_review(review, by=max_)


def test_a_decided_review_cannot_be_retracted(review: Review, ada: User) -> None:
    factories.decide(review)
    with refuses(InvalidTransition):
        services.retract_review(review, by=ada)


# Deciding


def test_a_decision_records_what_was_seen(review: Review, rita: User) -> None:
    decision = services.decide(review, Choice.APPROVE, "", now_hash(review), by=rita)
    assert (decision.dossier_hash, decision.dossier["file"]["sha256"]) == (now_hash(review), review.version.sha256)


def test_a_decision_does_not_take_effect_at_once(review: Review, undo_window: None) -> None:
    decision = factories.decide(review)
    settling.settle(decision)
    assert not Release.objects.exists()


def test_deciding_needs_the_right(review: Review, nils: User) -> None:
    with refuses(PermissionDenied, "right to review"):
        services.decide(review, Choice.APPROVE, "", now_hash(review), by=nils)


def test_the_author_cannot_decide(review: Review, ada: User) -> None:
    with refuses(PermissionDenied, "You brought the file and gave it its title"):
        services.decide(review, Choice.APPROVE, "", now_hash(review), by=ada)


@pytest.mark.parametrize("part", Part)
def test_nobody_decides_on_their_own_work_not_even_a_superuser(
    part: Part, ready: Version, ada: User, max_: User, rita: User, channel: Channel
) -> None:
    """Max, who may do everything, contributed one part only. Pages, verb and database are each asked."""
    if part != Part.SUBMITTED:
        contributors.contribute([ready], part, by=max_)
    by_max = services.submit(ready, [channel], "", by=max_ if part == Part.SUBMITTED else ada)
    assert (list(Review.objects.waiting_for(max_)), list(Review.objects.waiting_for(rita))) == ([], [by_max])
    with refuses(PermissionDenied, "somebody else has to decide"):
        services.decide(by_max, Choice.APPROVE, "", now_hash(by_max), by=max_)
    now = timezone.now()
    with pytest.raises(DatabaseError, match="own work"), transaction.atomic():
        Decision.objects.create(
            review=by_max, by=max_, choice="approve", dossier_hash="x", dossier={}, decided_at=now, effective_at=now
        )


@pytest.mark.parametrize("given", ["at upload", "afterwards"])
def test_whoever_brought_the_original_cannot_decide_on_what_was_made_from_it(
    given: str, ready: Version, ada: User, max_: User, channel: Channel
) -> None:
    photograph = library_factories.VersionFactory.create(by=max_, digital_source="digitalCapture")
    if given == "at upload":
        version = factories.ready(ada, original=photograph)
    else:
        version = ready
        verbs.mark(version, digital_source="humanEdits", alterations=["ModelHome"], original=photograph, by=ada)
    assert (max_.pk, "brought") in version.contributors.values_list("person", "part")
    call_command("verify", stdout=StringIO())
    verbs.mark(version, digital_source="humanEdits", alterations=["ModelHome"], original=photograph, by=ada)
    verbs.describe(version, text="Kitchen of a model home, a digital rendering", by=ada)
    review = factories.review(Version.objects.get(pk=version.pk), channel)
    with refuses(PermissionDenied, "somebody else has to decide"):
        services.decide(review, Choice.APPROVE, "", now_hash(review), by=max_)


def test_the_database_keeps_a_decision_as_it_was_made(review: Review) -> None:
    decision = factories.decide(review)
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(choice="reject")


def test_a_decision_on_another_dossier_is_refused(review: Review, rita: User, ada: User) -> None:
    seen = now_hash(review)
    verbs.describe(review.version, text="Another text altogether", decorative=False, language="en", by=ada)
    with refuses(services.Changed):
        services.decide(review, Choice.APPROVE, "", seen, by=rita)


def test_a_second_decision_is_refused(review: Review, rita: User) -> None:
    seen = now_hash(review)
    services.decide(review, Choice.APPROVE, "", seen, by=rita)
    with refuses(InvalidTransition):
        services.decide(review, Choice.REJECT, "no", seen, by=rita)


def test_a_claimed_review_is_not_decided_by_another(review: Review, rita: User, max_: User) -> None:
    services.claim(review, by=max_)
    with refuses(InvalidTransition, "has claimed this review"):
        services.decide(review, Choice.APPROVE, "", now_hash(review), by=rita)


def test_a_claim_left_alone_is_free_again_after_a_while(review: Review, rita: User, max_: User) -> None:
    services.claim(review, by=max_)
    with time_machine.travel(timezone.now() + timedelta(minutes=CLAIM_MINUTES + 1)):
        assert services.claim(review, by=rita).claimed_by == rita


def test_the_author_cannot_claim_a_review(review: Review, ada: User) -> None:
    with refuses(PermissionDenied):
        services.claim(review, by=ada)


@pytest.mark.parametrize("choice", [Choice.CHANGES, Choice.REJECT])
def test_sending_back_needs_words(review: Review, rita: User, choice: Choice) -> None:
    with refuses(Blocked, "what should change"):
        services.decide(review, choice, "  ", now_hash(review), by=rita)


def test_approving_is_blocked_by_what_has_ended_meanwhile(review: Review, rita: User, ada: User) -> None:
    yesterday = timezone.now().date() - timedelta(days=1)
    library_factories.complete_license(review.version, ada, valid_until=yesterday)
    with refuses(Blocked, "license ended"):
        services.decide(review, Choice.APPROVE, "", now_hash(review), by=rita)


# Undoing


def test_a_decision_can_be_undone(review: Review, undo_window: None, rita: User) -> None:
    services.undo(factories.decide(review), by=rita)
    review.refresh_from_db()
    assert review.state == ReviewState.OPEN


def test_an_undone_decision_never_takes_effect(review: Review, undo_window: None, rita: User) -> None:
    decision = factories.decide(review)
    services.undo(decision, by=rita)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        settling.settle(decision)
    assert not Release.objects.exists()


def test_only_who_decided_can_undo(review: Review, undo_window: None, max_: User) -> None:
    decision = factories.decide(review)
    with refuses(PermissionDenied):
        services.undo(decision, by=max_)


def test_undoing_too_late_is_refused(review: Review, undo_window: None, rita: User) -> None:
    decision = factories.decide(review)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)), refuses(InvalidTransition, "time to undo is over"):
        services.undo(decision, by=rita)


# Taking effect


def test_an_approval_releases_to_every_channel(ready: Version) -> None:
    factories.released(ready, factories.channel("brochure"), factories.channel("website"))
    assert sorted(Release.objects.live().values_list("channel__slug", flat=True)) == ["brochure", "website"]


def test_an_approval_names_the_approver(ready: Version, rita: User) -> None:
    release = factories.released(ready)
    version = Version.objects.get(pk=release.version_id)
    assert (version.status, version.approved_by) == (Status.APPROVED, rita)


def test_settling_twice_releases_once(review: Review) -> None:
    decision = factories.decide(review)
    settling.settle(decision)
    before = state_of_everything()
    settling.settle(decision)
    assert state_of_everything() == before


@pytest.mark.parametrize(
    ("choice", "state", "status"),
    [(Choice.CHANGES, "changes", "changes_requested"), (Choice.REJECT, "rejected", "rejected")],
)
def test_sending_back_tells_the_version(review: Review, choice: Choice, state: str, status: str) -> None:
    settling.settle(factories.decide(review, choice, "The lamp floats."))
    review.refresh_from_db()
    assert (review.state, Version.objects.get(pk=review.version_id).status) == (state, status)


def test_a_change_after_the_decision_opens_the_review_again_and_says_why(review: Review, ada: User) -> None:
    decision = factories.decide(review)
    verbs.describe(review.version, text="Changed after the decision", decorative=False, language="en", by=ada)
    assert "changed after the decision" in settling.settle(decision).lapsed_because
    review.refresh_from_db()
    assert (review.state, Release.objects.count()) == ("open", 0)


def test_an_approver_who_lost_the_right_does_not_approve(review: Review, rita: User) -> None:
    decision = factories.decide(review)
    rita.groups.clear()
    assert "no longer decide" in settling.settle(decision).lapsed_because


def test_a_channel_that_closed_meanwhile_stops_the_approval(review: Review, channel: Channel) -> None:
    decision = factories.decide(review)
    Channel.objects.filter(pk=channel.pk).update(active=False)
    assert "switched off" in settling.settle(decision).lapsed_because


def test_a_file_that_cannot_be_made_stops_the_approval(ready: Version) -> None:
    tiny = factories.channel("tiny", rules={"max_bytes": 10})
    decision = factories.decide(factories.review(ready, tiny))
    assert "could not be made" in settling.settle(decision).lapsed_because


# Ending


def test_a_withdrawn_release_is_not_live(ready: Version, rita: User) -> None:
    release = factories.released(ready)
    lifecycle.withdraw(release, "The owner sold it.", by=rita)
    assert not Release.objects.live().exists()


def test_withdrawing_from_the_last_channel_withdraws_the_version(ready: Version, rita: User) -> None:
    release = factories.released(ready)
    lifecycle.withdraw(release, "The owner sold it.", by=rita)
    assert Version.objects.get(pk=release.version_id).status == Status.WITHDRAWN


def test_withdrawing_from_one_channel_leaves_the_other(ready: Version, rita: User) -> None:
    release = factories.released(ready, factories.channel("brochure"), factories.channel("website"))
    lifecycle.withdraw(release, "Sold.", by=rita)
    assert [live.channel.slug for live in Release.objects.live()] == ["website"]


def test_withdrawing_needs_the_right(ready: Version, ada: User) -> None:
    release = factories.released(ready)
    with refuses(PermissionDenied):
        lifecycle.withdraw(release, "Sold.", by=ada)


def test_withdrawing_needs_a_reason(ready: Version, rita: User) -> None:
    release = factories.released(ready)
    with refuses(Blocked, "Say why"):
        lifecycle.withdraw(release, " ", by=rita)


def test_withdrawing_twice_is_refused(ready: Version, rita: User) -> None:
    release = factories.released(ready)
    lifecycle.withdraw(release, "Sold.", by=rita)
    with refuses(InvalidTransition):
        lifecycle.withdraw(release, "Sold.", by=rita)


def test_a_withdrawn_version_can_be_reviewed_and_released_again(ready: Version, rita: User) -> None:
    first = factories.released(ready)
    lifecycle.withdraw(first, "A mistake.", by=rita)
    second = factories.released(first.version, first.channel)
    assert list(Release.objects.live()) == [second]


def test_words_that_change_stop_the_release_at_once(ready: Version, ada: User) -> None:
    release = factories.released(ready)
    verbs.describe(release.version, text="A kitchen, now with a dog", decorative=False, language="en", by=ada)
    assert not Release.objects.live().exists()


def test_a_text_in_a_further_language_stops_the_release_at_once(ready: Version, ada: User) -> None:
    version = factories.released(ready).version
    verbs.describe(version, text=version.alt_text, decorative=False, language="en", further={"fr": "Cuisine"}, by=ada)
    assert not Release.objects.live().exists()


def test_approving_changed_words_replaces_the_release(ready: Version, ada: User) -> None:
    first = factories.released(ready)
    verbs.describe(first.version, text="A kitchen, now with a dog", decorative=False, language="en", by=ada)
    second = factories.released(first.version, first.channel)
    first.refresh_from_db()
    assert (first.state, list(Release.objects.live())) == ("withdrawn", [second])


def _kinds() -> list[str]:
    return list(Event.objects.order_by("sequence").values_list("kind", flat=True))


def test_the_sweep_tells_of_a_pause_once(ready: Version, ada: User) -> None:
    release = factories.released(ready)
    verbs.describe(release.version, text="A kitchen, now with a dog", decorative=False, language="en", by=ada)
    lifecycle.expire_due()
    lifecycle.expire_due()
    assert _kinds() == ["released", "paused"]


def test_a_change_taken_back_resumes_the_release(ready: Version, ada: User) -> None:
    release = factories.released(ready)
    before = release.version.alt_text
    verbs.describe(release.version, text="A kitchen, now with a dog", decorative=False, language="en", by=ada)
    lifecycle.expire_due()
    verbs.describe(release.version, text=before, decorative=False, language="en", by=ada)
    lifecycle.expire_due()
    assert _kinds() == ["released", "paused", "resumed"]


def test_a_license_that_ends_ends_the_release_by_itself(ready: Version, ada: User) -> None:
    library_factories.complete_license(ready, ada, valid_until=timezone.now().date() + timedelta(days=3))
    factories.released(ready)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert not Release.objects.live().exists()
        lifecycle.expire_due()
    assert _kinds() == ["released", "expired"]


def test_an_archived_version_is_withdrawn(ready: Version, ada: User) -> None:
    release = factories.released(ready)
    verbs.archive(release.version, by=ada)
    lifecycle.expire_due()
    release.refresh_from_db()
    assert release.state == "withdrawn"


def test_events_of_a_channel_have_no_gaps(ready: Version, rita: User) -> None:
    for _ in range(2):
        lifecycle.withdraw(factories.released(Version.objects.get(pk=ready.pk)), "Sold.", by=rita)
    assert list(Event.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4]


def test_the_log_stays_whole(ready: Version, rita: User) -> None:
    lifecycle.withdraw(factories.released(ready), "Sold.", by=rita)
    assert audit.verify().ok

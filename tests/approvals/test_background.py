"""What the worker does for approvals: it settles what is due, whether enqueued or not, and who gets mail about it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import celery
import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from approvals import tasks
from approvals.events import log
from approvals.models import Channel, Choice, Decision, Event, Release, Review
from approvals.releases import files, lifecycle
from approvals.releases.document import Facts
from approvals.reviews import services, settling
from assets.imaging.rendering import Rendered
from assets.models import Part, Version
from assets.versions import contributors
from config import roles
from core import storage
from core.models import OutgoingMessage, User
from core.tasks import send_outbox
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs

pytestmark = pytest.mark.django_db

AHEAD = timezone.now() + timedelta(days=1500)


def test_the_sweep_settles_what_is_due_without_any_message(review: Review) -> None:
    factories.decide(review)
    tasks.sweep()
    assert Release.objects.live().count() == 1


def test_the_sweep_leaves_what_can_still_be_undone(review: Review, undo_window: None) -> None:
    factories.decide(review)
    tasks.sweep()
    assert not Release.objects.exists()


def test_the_sweep_settles_once_the_time_is_over(review: Review, undo_window: None) -> None:
    factories.decide(review)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        tasks.sweep()
    assert Release.objects.live().count() == 1


def test_what_a_clock_wrote_that_ran_ahead_is_settled_and_mailed_once_it_is_right(
    review: Review, undo_window: None
) -> None:
    garden = factories.review(factories.ready(title="Garden"))
    with time_machine.travel(AHEAD, tick=False):
        settling.settle(factories.decide(review, Choice.CHANGES, "Mend it."))
        factories.decide(garden)
    OutgoingMessage.objects.update(due_at=AHEAD)
    tasks.sweep()
    send_outbox()
    assert Release.objects.live().count() == 1
    assert not OutgoingMessage.objects.waiting().exists()


def test_a_claim_of_a_clock_that_ran_ahead_keeps_nobody_out(review: Review, rita: User) -> None:
    other = library.UserFactory.create(username="otto", role=roles.REVIEWERS)
    with time_machine.travel(AHEAD, tick=False):
        services.claim(review, by=other)
    review.refresh_from_db()
    assert not services.held_by_other(review, rita)
    assert Review.objects.waiting_for(rita).get() == review


def test_a_decision_that_cannot_be_settled_holds_up_no_other(
    review: Review, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stuck = factories.decide(review)
    factories.decide(factories.review(factories.ready(title="Garden")))
    prepare = files.prepare

    def out_of_space(facts: Facts) -> dict[str, Rendered]:
        if facts["asset"] == str(review.version.asset_id):
            raise OSError("no space left on device")
        return prepare(facts)

    monkeypatch.setattr(files, "prepare", out_of_space)
    tasks.sweep()
    assert [release.version.asset.title for release in Release.objects.live()] == ["Garden"]
    assert Decision.objects.get(pk=stuck.pk).settled_at is None
    assert "decision.not_settled" in caplog.text


def test_a_decision_whose_file_is_gone_opens_the_review_again(review: Review, settings: Settings) -> None:
    decision = factories.decide(review)
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    kept = folder / storage.path_of(review.version.sha256)
    data = kept.read_bytes()
    kept.unlink()
    tasks.sweep()
    kept.write_bytes(data)
    decision.refresh_from_db()
    review.refresh_from_db()
    assert (review.state, Release.objects.count()) == ("open", 0)
    assert "missing where it is kept" in decision.lapsed_because


def test_a_decision_whose_channel_has_unreadable_rules_opens_the_review_again(review: Review, channel: Channel) -> None:
    decision = factories.decide(review)
    Channel.objects.filter(pk=channel.pk).update(rules={"min_widht": 100})
    tasks.sweep()
    decision.refresh_from_db()
    assert "min widht" in decision.lapsed_because


def test_a_worker_killed_before_the_end_leaves_nothing_half_done(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = factories.decide(review)
    with monkeypatch.context() as broken:
        broken.setattr("core.audit.record", _killed)
        with pytest.raises(KeyboardInterrupt):
            settling.settle(decision)
    assert (Release.objects.count(), Event.objects.count(), Decision.objects.get().settled_at) == (0, 0, None)
    tasks.sweep()
    assert Release.objects.live().count() == 1


def _killed(*args: object, **kwargs: object) -> None:
    raise KeyboardInterrupt


def test_the_delivered_file_is_stored_before_the_release(ada: User) -> None:
    assert storage.exists(factories.released(factories.ready(ada)).file_sha256)


def test_a_decision_calls_the_worker_for_when_the_time_is_over(
    review: Review,
    undo_window: None,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[tuple[str, object]] = []
    monkeypatch.setattr(celery.current_app, "send_task", lambda task, **how: sent.append((task, how["countdown"])))
    with django_capture_on_commit_callbacks(execute=True):
        factories.decide(review)
    assert sent == [("approvals.tasks.settle", 60)]


def test_a_broker_that_is_gone_does_not_undo_the_decision(
    review: Review, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    def gone(*args: object, **kwargs: object) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(celery.current_app, "send_task", gone)
    with django_capture_on_commit_callbacks(execute=True):
        factories.decide(review)
    assert Decision.objects.count() == 1


# Mail


@pytest.fixture
def only_rita(rita: User, max_: User) -> User:
    """Nobody else could decide."""
    User.objects.filter(pk=max_.pk).update(is_active=False)
    return rita


def test_reviewers_are_mailed_and_authors_are_not(rita: User, max_: User, nils: User, review: Review) -> None:
    send_outbox()
    assert sorted(message.to[0] for message in mail.outbox) == ["max@example.com", "rita@example.com"]


def test_the_mail_links_to_the_review_and_decides_nothing(rita: User, review: Review) -> None:
    send_outbox()
    assert f"/review/{review.pk}/" in mail.outbox[0].body


def test_the_author_is_mailed_the_words(review: Review) -> None:
    settling.settle(factories.decide(review, Choice.CHANGES, "The lamp floats."))
    send_outbox()
    assert (mail.outbox[0].to, "The lamp floats." in mail.outbox[0].body) == (["ada@example.com"], True)


def test_an_author_who_wants_no_answers_is_not_mailed(ada: User, review: Review) -> None:
    User.objects.filter(pk=ada.pk).update(mail_answers=False)
    settling.settle(factories.decide(Review.objects.get(pk=review.pk), Choice.CHANGES, "The lamp floats."))
    send_outbox()
    assert [message for message in mail.outbox if message.to == [ada.email]] == []


def test_a_title_cannot_add_a_header_to_the_mail(ada: User, rita: User) -> None:
    factories.review(factories.ready(ada, title="Kitchen\nBcc: everybody@example.com"))
    send_outbox()
    assert mail.outbox[0].recipients() == ["rita@example.com"]


def test_mail_about_what_was_retracted_is_not_sent(only_rita: User, review: Review, ada: User) -> None:
    services.retract_review(review, by=ada)
    send_outbox()
    assert (mail.outbox, OutgoingMessage.objects.get().state) == ([], "needless")


@pytest.mark.parametrize("change", [{"mail_reviews": False}, {"is_active": False}, {"email": ""}])
def test_a_reviewer_who_wants_or_gets_no_mail_by_now_is_sent_none(
    only_rita: User, review: Review, change: dict[str, object]
) -> None:
    User.objects.filter(pk=only_rita.pk).update(**change)
    send_outbox()
    assert (mail.outbox, OutgoingMessage.objects.get().state) == ([], "needless")


def test_who_may_not_decide_any_more_is_sent_no_mail(only_rita: User, review: Review) -> None:
    only_rita.groups.clear()
    send_outbox()
    assert (mail.outbox, OutgoingMessage.objects.get().state) == ([], "needless")


def test_who_worked_on_it_meanwhile_is_sent_no_mail(only_rita: User, review: Review) -> None:
    contributors.contribute([review.version], Part.WORDS, by=only_rita)
    send_outbox()
    assert (mail.outbox, OutgoingMessage.objects.get().state) == ([], "needless")


@pytest.mark.parametrize("limit", [1, 100])
def test_one_release_that_fails_keeps_no_other_from_its_end(
    ada: User, channel: Channel, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    first, second = (factories.released(factories.ready(ada), channel) for _ in range(2))
    for release in (first, second):
        verbs.describe(release.version, text="A kitchen, now with a dog", by=ada)

    def announce(release: Release, *told: Any) -> None:
        if release == first:
            raise RuntimeError("It cannot be told")
        log.announce(release, *told)

    monkeypatch.setattr(lifecycle, "announce", announce)
    assert any(lifecycle.expire_due(limit) for _ in range(40))  # whose turn it is is drawn each time
    paused = Release.objects.exclude(paused_at=None)
    assert [*paused] == [second]


def test_reviewers_are_told_of_a_decision_without_effect(review: Review, ada: User, max_: User) -> None:
    decision = factories.decide(review)
    verbs.describe(review.version, text="A kitchen, now with a dog", by=ada)
    tasks.sweep()
    send_outbox()
    told = [message for message in mail.outbox if message.subject.startswith("To review again: ")]
    assert sorted(message.to[0] for message in told) == [max_.email, decision.by.email]
    decision.refresh_from_db()
    for words in (f"The decision by {decision.by} on", decision.lapsed_because, f"/review/{review.pk}/"):
        assert words in told[0].body


def test_nobody_is_told_once_it_was_decided_again(review: Review, ada: User) -> None:
    factories.decide(review)
    verbs.describe(review.version, text="A kitchen, now with a dog", by=ada)
    tasks.sweep()
    factories.decide(review)
    send_outbox()
    assert {each.state for each in OutgoingMessage.objects.filter(topic="review.without_effect")} == {"needless"}


def test_an_author_who_wants_no_answers_by_now_is_sent_none(ada: User, review: Review) -> None:
    settling.settle(factories.decide(review, Choice.CHANGES, "The lamp floats."))
    User.objects.filter(pk=ada.pk).update(mail_answers=False)
    send_outbox()
    assert [message.state for message in OutgoingMessage.objects.filter(topic="review.returned")] == ["needless"]


def test_a_submission_that_fails_owes_no_mail(rita: User, ready: Version, channel: Channel, ada: User) -> None:
    with pytest.raises(KeyboardInterrupt), mock.patch("core.audit.record", _killed):
        services.submit(ready, [channel], "", by=ada)
    assert not OutgoingMessage.objects.exists()


def test_mail_names_what_it_is_about_on_the_settings_page(only_rita: User, review: Review) -> None:
    (message,) = OutgoingMessage.objects.all()
    assert (message.to, message.subject_id) == (only_rita, str(review.pk))
    assert message.words.startswith(f"{review.version.asset.title} (")


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Release, {"document_text": "{}"}),
        (Release, {"file_sha256": "x"}),
        (Release, {"version_hash": "x"}),
        (Event, {"sequence": 9}),
    ],
)
def test_the_database_keeps_what_was_released(
    ada: User, model: type[Release] | type[Event], change: dict[str, object]
) -> None:
    factories.released(factories.ready(ada))
    with pytest.raises(DatabaseError), transaction.atomic():
        model._default_manager.update(**change)


@pytest.mark.parametrize("model", [Decision, Release, Event])
def test_the_database_deletes_nothing_that_was_decided(ada: User, model: type[Release]) -> None:
    factories.released(factories.ready(ada))
    with pytest.raises(DatabaseError), transaction.atomic():
        model._default_manager.all()._raw_delete("default")  # what plain SQL would do

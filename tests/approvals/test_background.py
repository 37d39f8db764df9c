"""What the worker does for approvals: it settles what is due, whether nudged or not, and writes mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused

import celery
import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from approvals import delivery, tasks, workflow
from approvals.models import Channel, Choice, Decision, Event, Release, Review
from assets import storage
from assets.models import Version
from tests.approvals import factories

pytestmark = pytest.mark.django_db


def test_the_sweep_settles_what_is_due_without_any_nudge(review: Review) -> None:
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


def test_a_decision_that_cannot_be_settled_holds_up_no_other(
    review: Review, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stuck = factories.decide(review)
    factories.decide(factories.review(factories.ready(title="Garden")))
    prepare = delivery.prepare

    def out_of_space(version: Version, channels: Iterable[Channel]) -> dict[int, delivery.Prepared]:
        if version == review.version:
            raise OSError("no space left on device")
        return prepare(version, channels)

    monkeypatch.setattr(delivery, "prepare", out_of_space)
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
    assert "min_widht" in decision.lapsed_because


def test_a_worker_killed_before_the_end_leaves_nothing_half_done(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = factories.decide(review)
    with monkeypatch.context() as broken:
        broken.setattr("assets.audit.record", _killed)
        with pytest.raises(KeyboardInterrupt):
            workflow.settle(decision)
    assert (Release.objects.count(), Event.objects.count(), Decision.objects.get().settled_at) == (0, 0, None)
    tasks.sweep()
    assert Release.objects.live().count() == 1


def _killed(*args: object, **kwargs: object) -> None:
    raise KeyboardInterrupt


def test_the_delivered_file_is_stored_before_the_release(ada: User) -> None:
    assert storage.exists(factories.released(factories.ready(ada)).file_sha256)


def test_a_decision_nudges_the_worker_for_when_the_time_is_over(
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


def test_reviewers_are_mailed_and_authors_are_not(review: Review, rita: User, max_: User, nils: User) -> None:
    tasks.tell_reviewers(str(review.pk))
    assert sorted(message.to[0] for message in mail.outbox) == ["max@example.com", "rita@example.com"]


def test_a_mail_that_cannot_be_sent_keeps_none_from_the_others(
    review: Review, rita: User, max_: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = EmailMessage.send

    def refuse_max(message: EmailMessage, fail_silently: bool = False) -> int:
        if message.to == [max_.email]:
            raise SMTPRecipientsRefused({})
        return send(message, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", refuse_max)
    tasks.tell_reviewers(str(review.pk))
    assert [message.to for message in mail.outbox] == [[rita.email]]


def test_the_mail_links_to_the_review_and_decides_nothing(review: Review, rita: User) -> None:
    tasks.tell_reviewers(str(review.pk))
    assert f"/review/{review.pk}/" in mail.outbox[0].body


def test_the_author_is_mailed_the_words(review: Review) -> None:
    decision = factories.decide(review, Choice.CHANGES, "The lamp floats.")
    workflow.settle(decision)
    tasks.tell_author(str(decision.pk))
    assert (mail.outbox[0].to, "The lamp floats." in mail.outbox[0].body) == (["ada@example.com"], True)


def test_a_title_cannot_add_a_header_to_the_mail(ada: User, rita: User) -> None:
    version = factories.ready(ada, title="Kitchen\nBcc: everybody@example.com")
    tasks.tell_reviewers(str(factories.review(version).pk))
    assert mail.outbox[0].recipients() == ["rita@example.com"]


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Release, {"document": {}}),
        (Release, {"file_sha256": "x"}),
        (Release, {"words_hash": "x"}),
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

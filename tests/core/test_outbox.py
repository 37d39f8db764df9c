"""The outbox: a message is written with what it tells of, sent once, tried again, given up, and tried again by hand."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from threading import Barrier
from typing import ClassVar

import celery
import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from assets.models import Listing
from config.celery import BEAT_SCHEDULE
from core import audit
from core.errors import InvalidTransition
from core.models import LogEntry, MessageState, OutgoingMessage, User
from core.outbox import sending, services, topics
from core.tasks import send_outbox
from tests.assets import factories

pytestmark = pytest.mark.django_db
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


def told(message: OutgoingMessage) -> EmailMessage | None:
    """The test's own topic: news for as long as the listing is there."""
    if not Listing.objects.filter(pk=message.subject_id).exists():
        return None
    return EmailMessage("Sold", message.data.get("price", ""), to=[message.to.email])


@pytest.fixture(autouse=True)
def _topic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(topics.TOPICS, "listing.sold", topics.Topic("listing.sold", "Listing sold", told))


@pytest.fixture
def listing(db: None) -> Listing:
    return factories.ListingFactory.create()


@pytest.fixture
def broken_server(settings: Settings) -> list[str]:
    """A mail server that takes nothing; what was tried, by address."""
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    Refusing.tried.clear()
    return Refusing.tried


class Refusing(BaseEmailBackend):
    tried: ClassVar[list[str]] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        Refusing.tried.extend(message.to[0] for message in email_messages)
        raise SMTPServerDisconnected("gone")


def write(listing: Listing, *people: User, price: str = "1.2 million") -> None:
    with transaction.atomic():
        services.write("listing.sold", listing, people, "7 Harbor Street", price=price)


def addresses() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


def minutes_later(minutes: int = 2) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


def refuse(monkeypatch: pytest.MonkeyPatch, person: User, error: Exception) -> None:
    send = EmailMessage.send

    def send_to_others(message: EmailMessage, fail_silently: bool = False) -> int:
        if message.to == [person.email]:
            raise error
        return send(message, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", send_to_others)


def given_up(listing: Listing, person: User) -> OutgoingMessage:
    write(listing, person)
    values = {"state": MessageState.FAILED, "attempts": sending.MOST_ATTEMPTS, "problem": "gone"}
    OutgoingMessage.objects.update(**values, closed_at=timezone.now())
    return OutgoingMessage.objects.get()


# Written


@pytest.mark.django_db(transaction=True)
def test_it_cannot_be_written_outside_a_transaction() -> None:
    listing, ada = factories.ListingFactory.create(), factories.ada()
    with pytest.raises(RuntimeError):
        services.write("listing.sold", listing, [ada], "7 Harbor Street")
    assert not OutgoingMessage.objects.exists()


def test_a_topic_that_nobody_registered_cannot_be_written(listing: Listing, ada: User) -> None:
    with pytest.raises(LookupError, match=r"listing\.lost"), transaction.atomic():
        services.write("listing.lost", listing, [ada], "7 Harbor Street")
    assert not OutgoingMessage.objects.exists()


def test_everybody_is_told_once_however_often_it_is_written(listing: Listing, ada: User, rita: User) -> None:
    write(listing, ada)
    write(listing, ada, rita)
    send_outbox()
    write(listing, ada, rita)
    send_outbox()
    assert addresses() == [ada.email, rita.email]


def test_another_object_is_other_news(listing: Listing, ada: User) -> None:
    write(listing, ada)
    write(factories.ListingFactory.create(), ada)
    send_outbox()
    assert addresses() == [ada.email, ada.email]


def test_the_worker_is_called_after_the_commit_and_not_for_nobody(
    listing: Listing,
    ada: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(celery.current_app, "send_task", lambda task, **how: sent.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        write(listing)
        write(listing, ada)
        assert sent == []
    assert sent == [send_outbox.name]


def test_the_clock_sends_what_no_task_reached() -> None:
    assert BEAT_SCHEDULE[send_outbox.name]["task"] == services.SEND


# Sent


def test_it_is_sent_once_with_what_its_topic_needs(listing: Listing, ada: User) -> None:
    write(listing, ada, price="2 million")
    send_outbox()
    send_outbox()
    (sent,) = mail.outbox
    assert (sent.to, sent.body) == ([ada.email], "2 million")
    message = OutgoingMessage.objects.get()
    assert (message.state, message.attempts, message.closed_at is None) == ("sent", 1, False)


def test_what_is_no_longer_news_is_not_sent(ada: User) -> None:
    listing = factories.ListingFactory.create()
    write(listing, ada)
    listing.delete()
    send_outbox()
    assert (mail.outbox, OutgoingMessage.objects.get().state) == ([], "needless")


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_who_cannot_be_reached_is_sent_nothing(listing: Listing, ada: User, change: dict[str, object]) -> None:
    write(listing, ada)
    User.objects.filter(pk=ada.pk).update(**change)
    send_outbox()
    assert (mail.outbox, OutgoingMessage.objects.get().state) == ([], "needless")


def test_one_run_sends_no_more_than_it_may(listing: Listing, ada: User, rita: User) -> None:
    write(listing, ada, rita)
    assert (sending.send_due(limit=1), sending.send_due(limit=1), sending.send_due()) == (1, 1, 0)


def test_an_address_that_is_refused_keeps_no_mail_from_the_others(
    listing: Listing, ada: User, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, ada, SMTPRecipientsRefused({ada.email: (550, b"User unknown")}))
    write(listing, ada, rita)
    send_outbox()
    assert addresses() == [rita.email]
    left = OutgoingMessage.objects.waiting().get()
    assert (left.to, left.problem) == (ada, "The address was refused: 550 User unknown")


def test_a_message_that_is_refused_keeps_no_mail_from_the_others(
    listing: Listing, ada: User, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, ada, SMTPDataError(550, b"Looks like spam"))
    write(listing, ada, rita)
    send_outbox()
    assert addresses() == [rita.email]
    left = OutgoingMessage.objects.waiting().get()
    assert (left.to, left.problem) == (ada, "The message was refused: 550 Looks like spam")


def test_a_message_that_cannot_be_written_keeps_none_from_the_others(
    listing: Listing, ada: User, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, ada, ValueError("a letter\x00\ntoo many."))
    write(listing, ada, rita)
    send_outbox()
    assert addresses() == [rita.email]
    assert OutgoingMessage.objects.waiting().get().problem == "It could not be written: a letter too many"


def test_a_topic_whose_app_is_gone_says_so(listing: Listing, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    write(listing, ada)
    monkeypatch.delitem(topics.TOPICS, "listing.sold")
    send_outbox()
    assert OutgoingMessage.objects.waiting().get().problem.endswith("No app has registered the topic listing.sold")
    assert topics.label_of("listing.sold") == "listing.sold"


def test_a_mail_server_that_is_back_gets_what_waits(
    listing: Listing, ada: User, rita: User, broken_server: list[str], settings: Settings
) -> None:
    write(listing, ada, rita)
    send_outbox()
    assert (len(broken_server), mail.outbox) == (1, [])
    settings.EMAIL_BACKEND = LOCMEM
    with minutes_later():
        send_outbox()
        send_outbox()
    assert addresses() == [ada.email, rita.email]
    assert set(OutgoingMessage.objects.values_list("state", "problem")) == {("sent", "")}


def test_a_message_that_failed_waits_before_it_is_tried_again(
    listing: Listing, ada: User, broken_server: list[str]
) -> None:
    write(listing, ada)
    send_outbox()
    send_outbox()
    assert broken_server == [ada.email]
    assert OutgoingMessage.objects.get().problem == "The mail server did not take it: gone"


def test_a_message_waits_longer_each_time(listing: Listing, ada: User, broken_server: list[str]) -> None:
    write(listing, ada)
    with time_machine.travel(timezone.now(), tick=False) as now:
        for wait in sending.WAITS:
            send_outbox()
            message = OutgoingMessage.objects.get()
            assert message.due_at - timezone.now() == wait
            now.move_to(message.due_at)


def test_a_message_that_always_fails_is_given_up(listing: Listing, ada: User, broken_server: list[str]) -> None:
    write(listing, ada)
    for day in range(12):
        with minutes_later(day * 24 * 60):
            send_outbox()
    message = OutgoingMessage.objects.get()
    assert (len(broken_server), message.attempts, message.state) == (5, 5, "failed")
    assert message.problem == "The mail server did not take it: gone"


def _killed(*args: object, **kwargs: object) -> None:
    raise KeyboardInterrupt


def test_a_worker_killed_while_it_sends_leaves_the_message_to_be_sent(
    listing: Listing, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(listing, ada)
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", _killed)
        with pytest.raises(KeyboardInterrupt):
            send_outbox()
    send_outbox()
    assert not mail.outbox
    with minutes_later():
        send_outbox()
    assert len(mail.outbox) == 1


def test_a_message_of_which_workers_die_is_given_up(
    listing: Listing, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(listing, ada)
    OutgoingMessage.objects.update(attempts=sending.MOST_ATTEMPTS)
    send_outbox()
    message = OutgoingMessage.objects.get()
    assert (mail.outbox, message.state, message.problem) == ([], "failed", "The worker stopped while sending it")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once() -> None:
    people = [factories.ada(), factories.rita(), factories.max_(), factories.nils()]
    for _ in range(5):
        write(factories.ListingFactory.create(), *people)
    gate = Barrier(4)

    def work(number: int) -> int:
        gate.wait(timeout=10)
        try:
            return sending.send_due(100)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 20
    assert len(mail.outbox) == 20


@pytest.mark.postgres
def test_a_message_is_held_while_it_is_claimed(listing: Listing, ada: User) -> None:
    write(listing, ada)
    with CaptureQueriesContext(connection) as asked:
        send_outbox()
    assert [query for query in asked if "core_outgoingmessage" in query["sql"] and "FOR UPDATE" in query["sql"]]


# Tried again


def test_a_message_that_was_given_up_is_sent_again(listing: Listing, ada: User, max_: User) -> None:
    [message] = services.retry([given_up(listing, ada)], by=max_)
    assert (message.state, message.attempts, message.closed_at) == ("waiting", 0, None)
    send_outbox()
    assert addresses() == [ada.email]
    entry = audit.history(message).get()
    assert (entry.action, entry.actor) == ("message.retried", max_)
    assert entry.words == "“Listing sold” is to be sent to Ada again: 7 Harbor Street."
    told = entry.subjects.get()
    assert (told.before["state"], told.before["attempts"], told.after["state"]) == ("failed", 5, "waiting")


def test_all_that_was_given_up_is_sent_again_at_once_and_nothing_else(
    listing: Listing, ada: User, rita: User, max_: User
) -> None:
    write(listing, ada, rita, max_)
    OutgoingMessage.objects.exclude(to=max_).update(state="failed", attempts=5, closed_at=timezone.now())
    OutgoingMessage.objects.filter(to=max_).update(state="sent")
    services.retry(OutgoingMessage.objects.all(), by=max_)
    stand = {(each.to, each.state) for each in OutgoingMessage.objects.all()}
    assert stand == {(ada, "waiting"), (rita, "waiting"), (max_, "sent")}
    entry = LogEntry.objects.get(action="message.retried")
    assert entry.words == "2 messages that could not be sent are to be sent again."
    assert [each.after["state"] for each in entry.subjects.all()] == ["waiting", "waiting"]


def test_a_message_that_is_sent_again_calls_the_worker(
    listing: Listing,
    ada: User,
    max_: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    message = given_up(listing, ada)
    sent: list[str] = []
    monkeypatch.setattr(celery.current_app, "send_task", lambda task, **how: sent.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        services.retry([message], by=max_)
    assert sent == [services.SEND]


def test_only_administrators_send_it_again(listing: Listing, ada: User, rita: User) -> None:
    message = given_up(listing, ada)
    with pytest.raises(PermissionDenied):
        services.retry([message], by=rita)
    assert OutgoingMessage.objects.get().state == "failed"
    assert not LogEntry.objects.filter(action="message.retried").exists()


@pytest.mark.parametrize("state", [MessageState.WAITING, MessageState.SENT, MessageState.NEEDLESS])
def test_only_what_was_given_up_is_sent_again(listing: Listing, ada: User, max_: User, state: MessageState) -> None:
    message = given_up(listing, ada)
    OutgoingMessage.objects.update(state=state)
    with pytest.raises(InvalidTransition):
        services.retry([message], by=max_)
    assert OutgoingMessage.objects.get().state == state

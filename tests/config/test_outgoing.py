"""Outgoing mail on the Settings page: how much waits, what could not be sent, and sending it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.dashboard import outbox
from core.models import LogEntry, OutgoingMessage, User
from core.tasks import send_outbox
from tests.approvals import factories as reviews
from tests.assets import factories
from tests.boundaries.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client, max_: User) -> Client:
    client.force_login(max_)
    return client


def words(browser: Client) -> str:
    return " ".join(Page(browser.get(reverse("settings")).content.decode()).words.split())


def unsent(count: int = 1, **values: Any) -> None:
    """Messages about as many reviews that were given up."""
    rita = factories.rita()
    rows = [
        OutgoingMessage(
            topic="review.waiting", to=rita, subject_type="approvals.review", subject_id=str(n), words=f"Kitchen {n}",
            state="failed", attempts=5, problem="The address was refused: 550 User unknown", closed_at=timezone.now(),
        )
        for n in range(count)
    ]  # fmt: skip
    OutgoingMessage.objects.bulk_create(rows)
    OutgoingMessage.objects.filter(state="failed").update(**values)


def test_nothing_that_waits_is_said_in_a_sentence(browser: Client) -> None:
    page = words(browser)
    assert "Nothing waits to be sent." in page
    assert "could not be sent" not in page


def test_what_waits_is_counted(browser: Client, rita: User) -> None:
    reviews.review()
    assert "2 messages wait to be sent." in words(browser)


def test_what_was_put_off_says_why(browser: Client, rita: User, max_: User) -> None:
    User.objects.filter(pk=max_.pk).update(mail_reviews=False)
    reviews.review()
    later = timezone.now() + timedelta(minutes=5)
    OutgoingMessage.objects.update(attempts=1, due_at=later, problem="The mail server did not take it: gone")
    page = words(browser)
    assert "1 message waits to be sent. The mail server did not take it: gone. Next attempt" in page


def test_what_failed_says_to_whom_about_what_since_when_and_why(browser: Client) -> None:
    unsent(written_at=timezone.now() - timedelta(days=3))
    page = words(browser)
    for said in (
        "1 message could not be sent",
        "Kitchen 0",
        "Review to decide",
        "rita@example.com",
        "3 days ago",
        "550",
    ):
        assert said in page, said


def test_a_message_is_sent_again_from_the_page(browser: Client, rita: User, max_: User) -> None:
    User.objects.filter(pk=max_.pk).update(mail_reviews=False)
    reviews.review()
    OutgoingMessage.objects.update(state="failed", attempts=5, problem="gone")
    message = OutgoingMessage.objects.get()
    answer = browser.post(reverse("retry_message", args=[message.pk]))
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('settings')}#outgoing-mail")
    assert LogEntry.objects.get(action="message.retried").actor == max_
    send_outbox()
    assert [sent.to for sent in mail.outbox] == [[rita.email]]
    assert browser.post(reverse("retry_message", args=[message.pk])).status_code == 409


def test_all_messages_are_sent_again_with_one_button(browser: Client) -> None:
    unsent(1)
    assert "Try all" not in words(browser)
    OutgoingMessage.objects.all().delete()
    unsent(outbox.SHOWN + 3)
    assert f"Try all {outbox.SHOWN + 3} again" in words(browser)
    assert browser.post(reverse("retry_all_messages")).status_code == 302
    assert f"{outbox.SHOWN + 3} messages are sent again now." in words(browser)
    assert OutgoingMessage.objects.waiting().count() == outbox.SHOWN + 3
    assert browser.post(reverse("retry_all_messages")).status_code == 409


def test_more_than_fit_are_counted_and_cost_no_more(browser: Client, django_assert_max_num_queries: Any) -> None:
    unsent(2)
    with django_assert_max_num_queries(60) as few:
        words(browser)
    OutgoingMessage.objects.all().delete()
    unsent(outbox.SHOWN + 3)
    with django_assert_max_num_queries(len(few)):
        page = words(browser)
    assert f"{outbox.SHOWN + 3} messages could not be sent" in page
    assert "3 more could not be sent" in page

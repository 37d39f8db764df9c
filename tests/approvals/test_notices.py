"""Whoever answered for a right, and whoever manages, is told 30 and 7 days before it ends: once, of all at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from approvals.models import EndNotice
from approvals.releases import lifecycle, notices
from config.dashboard import overview
from core.models import OutgoingMessage, User
from core.tasks import send_outbox
from tests.approvals import factories
from tests.approvals.test_consent_situations import GIVEN, shown

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LAST_DAY = date(2027, 3, 31)


def later(days_before: int) -> time_machine.travel:
    """So many days before the last one, at noon."""
    return time_machine.travel(datetime(2027, 3, 31, 12, tzinfo=UTC) - timedelta(days=days_before), tick=False)


def told() -> list[str]:
    return sorted(OutgoingMessage.objects.filter(topic="rights.end").values_list("to__username", flat=True))


@pytest.fixture
def two(ada: User, max_: User, rita: User) -> None:
    """Two pictures of Ada's that end with the same day."""
    with time_machine.travel(NOON):
        for _ in range(2):
            factories.released(shown(ada, replace(GIVEN, valid_until=LAST_DAY))[0])


def test_one_mail_for_all_of_a_day_at_each_distance_and_none_twice(two: None) -> None:
    for days, count in ((31, 0), (30, 1), (30, 1), (20, 1), (7, 2), (6, 2), (0, 2)):
        with later(days):
            notices.tell_of_ends()
            assert told() == sorted(["ada", "max"] * count), days
    assert EndNotice.objects.count() == 2


def test_a_mail_names_the_pictures_and_where_they_are(two: None) -> None:
    with later(30):
        notices.tell_of_ends()
        send_outbox()
    [to_ada] = [message for message in mail.outbox if message.to == ["ada@example.com"] and "end" in message.subject]
    assert to_ada.subject == "Rights end on Mar 31, 2027"
    assert to_ada.body.count("in Website") == 2


def test_what_is_near_already_is_told_of_once(two: None) -> None:
    with later(5):
        notices.tell_of_ends()
        notices.tell_of_ends()
    assert told() == ["ada", "max"]


def test_what_ended_before_is_no_news(two: None, rita: User) -> None:
    with later(30):
        notices.tell_of_ends()
        for release in notices.ending_on(LAST_DAY, rita.__class__.objects.get(username="max")):
            lifecycle.withdraw(release, "Sold.", by=rita)
        send_outbox()
    assert [message for message in mail.outbox if "end" in message.subject] == []


def test_the_overview_lists_what_ends_soon(two: None, ada: User, rita: User) -> None:
    with later(20):
        words = [[task.words for task in overview.for_person(person).tasks] for person in (ada, rita)]
    assert [sum("leaves Website" in each for each in lines) for lines in words] == [2, 0]

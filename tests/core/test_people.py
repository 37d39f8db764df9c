"""People's own settings, and the times that they see."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core import mail
from django.template import Context, Template
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from core import clock
from core.models import LogEntry, OutgoingMessage, User
from tests.approvals import factories as approvals
from tests.assets import factories

pytestmark = pytest.mark.django_db
PAGE = "/accounts/profile/"
CHOSEN = {"letter_keys": "on", "display_name": "Ada L.", "time_zone": "America/Los_Angeles", "mail_answers": "on"}
NOON = datetime(2026, 11, 28, 17, 14, tzinfo=UTC)


@pytest.fixture
def ada(client: Client) -> User:
    ada = factories.ada()
    client.force_login(ada)
    return ada


def test_it_is_saved_and_the_log_tells_before_and_after(client: Client, ada: User) -> None:
    was = ada.display_name
    assert client.post(PAGE, CHOSEN).status_code == 302
    ada.refresh_from_db()
    assert (ada.display_name, ada.time_zone) == ("Ada L.", "America/Los_Angeles")
    assert (ada.mail_reviews, ada.mail_answers, ada.mail_budgets) == (False, True, False)
    told = LogEntry.objects.get(action="person.profile").subjects.get()
    assert told.before == {
        "display_name": was, "time_zone": "", "mail_reviews": True, "mail_budgets": True,
    }  # fmt: skip
    assert told.after["time_zone"] == "America/Los_Angeles"
    client.post(PAGE, CHOSEN)
    assert LogEntry.objects.filter(action="person.profile").count() == 1


def test_a_zone_that_is_none_is_refused_and_nothing_is_lost(client: Client, ada: User) -> None:
    response = client.post(PAGE, CHOSEN | {"time_zone": "Mars/Olympus"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "“Mars/Olympus” is not a time zone. Choose one from the list" in page
    assert "Ada L." in page
    ada.refresh_from_db()
    assert ada.time_zone == ""
    assert not LogEntry.objects.filter(action="person.profile").exists()


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/Los_Angeles", "Nov 28, 2026, 9:14 AM PST"),
        ("America/New_York", "Nov 28, 2026, 12:14 PM EST"),
        ("Pacific/Auckland", "Nov 29, 2026, 6:14 AM NZDT"),
        ("Asia/Dubai", "Nov 28, 2026, 9:14 PM UTC+04"),
        ("", "Nov 28, 2026, 11:14 AM CST"),
    ],
)
def test_a_time_is_shown_where_its_reader_is(
    client: Client, ada: User, settings: Settings, zone: str, words: str
) -> None:
    settings.TEAM_TIME_ZONE = "America/Chicago"
    get_user_model().objects.filter(pk=ada.pk).update(time_zone=zone)
    with time_machine.travel(NOON):
        version = factories.VersionFactory.create(by=ada)
    assert words in client.get(version.get_absolute_url()).content.decode()
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_day_alone_has_no_hour() -> None:
    assert clock.written(NOON.date()) == "Nov 28, 2026"
    assert "Nov 28, 2026<" in Template("{% load ui %}{% when day %}").render(Context({"day": NOON.date()}))


def test_who_wants_no_mail_gets_none() -> None:
    rita = factories.rita()
    User.objects.filter(pk=rita.pk).update(mail_reviews=False)
    approvals.review()
    assert not OutgoingMessage.objects.filter(to=rita).exists()
    assert mail.outbox == []

"""Beside a decision stand the age and the maker of the account that took it, wherever the decision is shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from approvals.models import Channel, Choice, Decision, Release, Review
from approvals.pages.reviewers import reviewers_of
from approvals.reviews import dossier, settling
from assets.models import Version
from config import roles
from core import audit, clock
from core.models import User
from core.people import account_log
from core.people.standing import standing_of
from tests.approvals import factories
from tests.assets import factories as library

pytestmark = pytest.mark.django_db

PASSWORD = "another-1042-seaview"
SECOND = {"username": "max2", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def second_account(max_: User) -> User:
    """The administrator makes it in the admin, and puts it into Reviewers."""
    browser = signed_in(max_)
    browser.post(reverse("admin:core_user_add"), SECOND)
    made = User.objects.get(username="max2")
    group = Group.objects.get(name=roles.REVIEWERS)
    said = {"username": "max2", "display_name": "Second", "is_active": "on", "groups": [group.pk]}
    assert browser.post(reverse("admin:core_user_change", args=[made.pk]), said).status_code == 302
    return made


def approve(review: Review, password: str = PASSWORD) -> Decision:
    """In a browser, by whoever signs in as the second account."""
    browser, seen = Client(), dossier.of_review(review)
    assert browser.post("/accounts/login/", {"login": "max2", "password": password}).status_code == 302
    said = {"seen_hash": seen.hash, "seen": seen.sealed(), "note": "", "choice": "approve"}
    assert browser.post(reverse("approvals:decide", args=[review.pk]), said).status_code == 302
    return Decision.objects.get(review=review)


def text(user: User, url: str) -> str:
    return " ".join(signed_in(user).get(url).content.decode().split())


def made_before(decision: Decision, days: float, *, maker: User | None = None) -> str:
    """What is said of an account made as long before the decision, by this person."""
    moment = decision.decided_at - timedelta(days=days)
    with time_machine.travel(moment, tick=False), pytest.MonkeyPatch.context() as patched:
        patched.setattr("core.people.actors.current", lambda: maker)
        person = User.objects.create_user(f"person{days}")
    decision.by = person
    (reviewer,) = reviewers_of(decision.review.version, [decision]).values()
    return f"{reviewer.warning}: {reviewer.remark}"


def test_an_administrators_second_account_is_seen_beside_his_own_work(max_: User, rita: User, channel: Channel) -> None:
    review = factories.review(factories.ready(max_), channel)
    with time_machine.travel(clock.instant() - timedelta(days=3, hours=1)):
        second = second_account(max_)
    decision = approve(review)
    settling.settle(decision)
    told = [(entry.actor_name, entry.words) for entry in audit.history(second).filter(actor=max_)[::-1]]
    assert told[0] == ("Max", "Account “max2” was made.")
    assert told[-1] == ("Max", "Second was put into Reviewers.")
    remark = "Account made 3 days before, by Max, who worked on this picture."
    release = Release.objects.get()
    for url in (
        reverse("approvals:review", args=[review.pk]),
        reverse("approvals:release", args=[release.pk]),
        review.version.get_absolute_url(),
    ):
        assert remark in text(rita, url)
        assert "Made by a contributor" in text(rita, url)


def test_an_old_account_that_a_contributor_gave_a_new_password(max_: User, rita: User, review: Review) -> None:
    """Resetting a reviewer's password is quicker than making a second account."""
    handled = factories.review(factories.ready(max_), review.channels.get())
    with time_machine.travel(clock.instant() - timedelta(days=2, hours=1)):
        said = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
        asked = reverse("admin:auth_user_password_change", args=[rita.pk])
        assert signed_in(max_).post(asked, said).status_code == 302
    decision = factories.decide(handled)
    (reviewer,) = reviewers_of(handled.version, [decision]).values()
    assert reviewer.warning == "Opened by a contributor"
    assert reviewer.remark.endswith(
        " Max, who worked on this picture, opened it 2 days before: The password of account “rita” was changed."
    )
    (other,) = reviewers_of(review.version, [factories.decide(review)]).values()
    assert other.warning == "New account", "Max had no part in this one"


def test_an_author_sees_who_returned_it(ada: User, review: Review) -> None:
    settling.settle(factories.decide(review, Choice.CHANGES, "The lamp floats."))
    for url in (reverse("approvals:queue"), review.version.get_absolute_url()):
        assert "New account" in text(ada, url)
        assert "Account made less than a day before, by the portal." in text(ada, url)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0.5, "New account: Account made less than a day before, by the portal."),
        (1, "New account: Account made 1 day before, by the portal."),
        (29.9, "New account: Account made 29 days before, by the portal."),
    ],
)
def test_a_young_account(review: Review, days: float, said: str) -> None:
    assert made_before(factories.decide(review), days) == said


def test_an_old_account(review: Review, max_: User) -> None:
    decision = factories.decide(review)
    day = clock.written(clock.day_of(decision.decided_at - timedelta(days=30)))
    assert made_before(decision, 30, maker=max_) == f": Account made on {day}, by Max."


def test_an_old_account_made_by_a_contributor(review: Review, ada: User) -> None:
    said = made_before(factories.decide(review), 400, maker=ada)
    assert said.startswith("Made by a contributor: Account made on ")
    assert said.endswith(", by Ada, who worked on this picture.")


def test_an_account_from_before_the_log_told_of_them(review: Review, rita: User) -> None:
    decision = factories.decide(review)
    with account_log.told_by_caller():
        decision.by = User.objects.create_user("early", date_joined=datetime(2025, 11, 2, 12, tzinfo=clock.zone("UTC")))
    (reviewer,) = reviewers_of(review.version, [decision]).values()
    assert (reviewer.warning, reviewer.remark) == (
        "",
        "Account made on Nov 2, 2025. Who made it is not recorded.",
    )


def test_a_list_of_people_costs_one_query(db: None, django_assert_num_queries: Any) -> None:
    people = [library.UserFactory.create() for _ in range(5)]
    with django_assert_num_queries(1):
        standing = standing_of(people)
    assert {each.maker for each in standing.values()} == {"the portal"}
    assert set(standing) == {person.pk for person in people}


def test_more_decisions_cost_no_more(review: Review, max_: User, django_assert_max_num_queries: Any) -> None:
    second_account(max_)
    decisions = [approve(review)]
    with django_assert_max_num_queries(20) as one:
        reviewers_of(Version.objects.get(), decisions)
    with django_assert_max_num_queries(len(one)):
        reviewers_of(Version.objects.get(), decisions * 5)

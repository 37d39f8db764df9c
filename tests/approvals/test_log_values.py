"""The log holds what each changed field of channels, sites and keys was and became, and never a key."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

import pytest

from approvals.channels import changing
from approvals.models import ListingSite, SiteKey
from approvals.sites import access
from core.models import LogEntry, LogSubject, User
from tests.approvals import factories

pytestmark = pytest.mark.django_db

Verb = Callable[[User], object]


def revoked(by: User) -> SiteKey:
    return access.revoke_key(factories.key().key, by=by)


PHOTOGRAPH = {"caption_generated": "Photograph"}
CHANGES: list[tuple[str, Verb, dict[str, Any], dict[str, Any]]] = [
    (
        "channel.changed",
        lambda _: factories.change_channel(factories.channel(), disclosure=PHOTOGRAPH, name="The website"),
        {"disclosure": factories.SPEAKING, "name": "Website"},
        {"disclosure": PHOTOGRAPH, "name": "The website"},
    ),
    (
        "channel.changed",
        lambda _: factories.change_channel(factories.channel(), rules=factories.EASY | {"min_width": 64}),
        {"rules": factories.EASY},
        {"rules": factories.EASY | {"min_width": 64}},
    ),
    (
        "channel.switched",
        lambda by: changing.switch(factories.channel(), active=False, by=by),
        {"active": True},
        {"active": False},
    ),
    (
        "site.channels",
        lambda by: access.change_channels(factories.site(), [], by=by),
        {"channels": [ANY]},
        {"channels": []},
    ),
    (
        "site.switched",
        lambda by: access.switch(factories.site(), active=False, by=by),
        {"active": True},
        {"active": False},
    ),
    ("key.revoked", revoked, {"revoked_at": None, "revoked_by": None}, {"revoked_at": ANY, "revoked_by": ANY}),
]


@pytest.mark.parametrize(("action", "verb", "before", "after"), CHANGES)
def test_an_entry_holds_what_was_and_became(
    action: str, verb: Verb, before: dict[str, Any], after: dict[str, Any], max_: User
) -> None:
    verb(max_)
    subject = LogSubject.objects.get(entry__action=action, position=0)
    assert (subject.before, subject.after) == (before, after)


UNCHANGED: list[tuple[str, Verb]] = [
    ("channel.switched", lambda by: changing.switch(factories.channel(), active=True, by=by)),
    ("site.channels", lambda by: access.change_channels(factories.site(), [factories.channel()], by=by)),
    ("site.switched", lambda by: access.switch(factories.site(), active=True, by=by)),
]


@pytest.mark.parametrize(("action", "verb"), UNCHANGED)
def test_where_nothing_differs_there_is_no_entry(action: str, verb: Verb, max_: User) -> None:
    verb(max_)
    assert not LogEntry.objects.filter(action=action).exists()


@pytest.mark.parametrize("verb", [lambda _: factories.key(), revoked])
def test_an_entry_about_a_key_names_it_and_its_site(verb: Verb, max_: User) -> None:
    verb(max_)
    key, entry = SiteKey.objects.get(), LogEntry.objects.filter(action__startswith="key.").latest("id")
    named = [(subject.type, subject.key) for subject in entry.subjects.all()]
    assert named == [("approvals.sitekey", str(key.pk)), ("approvals.listingsite", str(ListingSite.objects.get().pk))]


def test_the_log_holds_no_key(max_: User) -> None:
    made = factories.key()
    access.revoke_key(made.key, by=max_)
    held = json.dumps([*LogEntry.objects.values("words", "data"), *LogSubject.objects.values("before", "after")])
    secret = made.text.removeprefix(f"imp_{made.key.prefix}_")
    assert not any(each in held for each in (made.text, secret, secret[:43], made.key.secret_sha256))

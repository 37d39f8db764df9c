"""The log holds what each changed field of channels, sites and keys was and became, and never a key."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from approvals.models import Channel, ListingSite, SiteKey
from approvals.sites import access
from core.models import LogEntry, LogSubject, User
from tests.approvals import factories
from tests.assets.factories import max_ as max_the_administrator

pytestmark = pytest.mark.django_db

Verb = Callable[[User], object]


def change_channel(channel: Channel, **changes: Any) -> None:
    """What Max types into the table of channels."""
    browser = Client()
    browser.force_login(max_the_administrator())
    held = model_to_dict(channel) | changes
    said = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in held.items()}
    typed = {name: value for name, value in said.items() if value is not None and value is not False}
    answer = browser.post(reverse("admin:approvals_channel_change", args=(channel.pk,)), typed)
    assert answer.status_code == 302, answer.content.decode()


def revoked(by: User) -> SiteKey:
    return access.revoke_key(factories.key().key, by=by)


CAPTION = {"caption_generated": "Made with AI"}
PHOTOGRAPH = {"caption_generated": "Photograph"}
CHANGES: list[tuple[str, Verb, dict[str, Any], dict[str, Any]]] = [
    (
        "channel.changed",
        lambda _: change_channel(factories.channel(), disclosure=PHOTOGRAPH, name="The website", active=False),
        {"disclosure": CAPTION, "name": "Website", "active": True},
        {"disclosure": PHOTOGRAPH, "name": "The website", "active": False},
    ),
    (
        "channel.changed",
        lambda _: change_channel(factories.channel(), rules=factories.EASY | {"min_width": 64}),
        {"rules": factories.EASY},
        {"rules": factories.EASY | {"min_width": 64}},
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
    ("channel.changed", lambda _: change_channel(factories.channel())),
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

"""Accounts, groups and rights against the log: what is right raises no alarm, and what nobody gave is named."""

from __future__ import annotations

from collections import Counter

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from config import roles
from core.models import User
from core.people import verification
from tests.assets import factories
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(max_: User) -> Client:
    return browser_of(max_)


def test_accounts_that_come_and_go_are_what_the_log_says(admin: Client) -> None:
    admin.post(reverse("admin:core_user_add"), {"username": "tess", "usable_password": "false"})
    tess = User.objects.get(username="tess")
    tess.groups.add(Group.objects.get(name=roles.REVIEWERS))
    tess.user_permissions.add(Permission.objects.get(codename="manage_money"))
    assert list(verification.walk(Counter())) == []
    tess.delete()
    assert list(verification.walk(Counter())) == []


@pytest.mark.parametrize("key", [0, -5, 70_000])
def test_an_account_that_nobody_made_is_named(ada: User, key: int) -> None:
    User.objects.bulk_create([User(pk=key, username="mallory", is_superuser=True)])
    assert list(verification.walk(Counter())) == [f"User {key} is not in the log."]


def test_a_deleted_account_that_is_back_is_named(ada: User) -> None:
    tess = factories.UserFactory.create(username="tess")
    back = User.objects.get(pk=tess.pk)
    tess.delete()
    User.objects.bulk_create([back])
    again = f"User {back.pk} was deleted by what the log says, and is there again."
    assert list(verification.walk(Counter())) == [again]


def test_groups_that_are_deleted_at_once_leave_nobody_in_any_of_them(admin: Client, rita: User) -> None:
    """Django tells of each of them before it deletes the first."""
    both = [Group.objects.create(name=name) for name in ("One", "Two")]
    rita.groups.add(*both)
    chosen = {"action": "delete_selected", "_selected_action": [group.pk for group in both], "post": "yes"}
    admin.post(reverse("admin:auth_group_changelist"), chosen)
    assert [*rita.groups.values_list("name", flat=True)] == ["Reviewers"]
    assert list(verification.walk(Counter())) == []


def test_a_right_that_is_no_more_was_taken_from_nobody(rita: User) -> None:
    stale = ContentType.objects.create(app_label="assets", model="licenseanswer")
    right = Permission.objects.create(content_type=stale, codename="add_licenseanswer", name="Can add answers")
    Group.objects.get(name=roles.REVIEWERS).permissions.add(right)
    rita.user_permissions.add(right)
    assert list(verification.walk(Counter())) == []
    stale.delete()
    assert list(verification.walk(Counter())) == []


def test_a_right_that_was_given_by_sql_is_named(ada: User) -> None:
    through = User.groups.through._default_manager
    through.bulk_create([User.groups.through(user=ada, group=Group.objects.get(name=roles.ADMINISTRATORS))])
    assert list(verification.walk(Counter())) == [f"User {ada.pk}: its groups is not what the log says."]

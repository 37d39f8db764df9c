"""The starter content: three people who can sign in, and enough to take a picture the whole way at once."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command

from approvals.models import Channel
from assets.models import Listing, Terms
from generation.models import GenerationModel, Template

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture(autouse=True)
def _nobody_is_there_yet() -> None:
    get_user_model()._default_manager.all().delete()


def seed() -> str:
    said = StringIO()
    call_command("seed", stdout=said)
    return said.getvalue()


def test_passwords_are_printed_once_and_open_the_portal() -> None:
    told = dict(re.findall(r"^  (\w+) +([\w-]{12,}) ", seed(), re.MULTILINE))
    assert set(told) == {"ada", "rita", "max"}
    assert all(authenticate(username=name, password=password) for name, password in told.items())
    assert not re.search(r"^  ada ", seed(), re.MULTILINE)


def test_nobody_has_the_password_of_another_portal() -> None:
    first = re.findall(r"^  \w+ +([\w-]{12,}) ", seed(), re.MULTILINE)
    get_user_model()._default_manager.all().delete()
    assert not set(first) & set(re.findall(r"^  \w+ +([\w-]{12,}) ", seed(), re.MULTILINE))


def test_there_is_enough_to_begin_with_and_a_second_time_adds_nothing() -> None:
    seed()
    kinds = (Template, Channel, Listing, GenerationModel, Terms)
    there = [kind._default_manager.count() for kind in kinds]
    assert there[:3] == [6, 3, 1]
    assert all(there)
    seed()
    assert [kind._default_manager.count() for kind in kinds] == there


def test_each_role_may_do_its_own_work() -> None:
    seed()
    people = {person.username: person for person in get_user_model()._default_manager.all()}
    assert people["ada"].has_perm("generation.make_images")
    assert not people["ada"].has_perm("approvals.decide_review")
    assert people["rita"].has_perm("approvals.decide_review")
    assert not people["rita"].has_perm("generation.make_images")
    assert people["max"].has_perm("approvals.manage_channels")

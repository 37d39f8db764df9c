"""Accounts are guarded: an open session, a guessed password and a forged host get nobody any further."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings

from core.models import User

pytestmark = pytest.mark.django_db

PASSWORD, WRONG = "seaview-1042", "wrong"


def try_to_sign_in(login: str, password: str = WRONG, **headers: str) -> Any:
    return Client(headers=headers).post("/accounts/login/", {"login": login, "password": password})


def is_locked_out(answer: Any) -> bool:
    return "Too many failed login attempts" in answer.content.decode()


@pytest.fixture
def address(ada: User) -> str:
    EmailAddress.objects.update_or_create(user=ada, email=ada.email, defaults={"primary": True, "verified": True})
    return ada.email


@pytest.mark.parametrize("action", ["action_add", "action_primary", "action_remove"])
def test_an_address_is_changed_only_with_the_password(client: Client, ada: User, address: str, action: str) -> None:
    EmailAddress.objects.create(user=ada, email="second@example.com", verified=True)
    assert client.post("/accounts/login/", {"login": "ada", "password": PASSWORD}).status_code == 302
    email = "new@example.com" if action == "action_add" else "second@example.com"
    before = set(EmailAddress.objects.filter(user=ada).values_list("email", "primary"))
    answer = client.post("/accounts/email/", {action: "", "email": email})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert set(EmailAddress.objects.filter(user=ada).values_list("email", "primary")) == before
    client.post(answer["Location"], {"password": "wrong"})
    assert set(EmailAddress.objects.filter(user=ada).values_list("email", "primary")) == before
    client.post(answer["Location"], {"password": PASSWORD})
    assert set(EmailAddress.objects.filter(user=ada).values_list("email", "primary")) != before


def test_an_unknown_address_gets_no_mail_and_the_page_does_not_tell(client: Client, ada: User, address: str) -> None:
    pages = [
        client.post("/accounts/password/reset/", {"email": each}, follow=True).content.decode()
        for each in ("nobody@example.com", address)
    ]
    hidden = [re.sub(r'value="[^"]{64}"', "", page) for page in pages]
    assert hidden[0] == hidden[1]
    assert {to for message in mail.outbox for to in message.to} <= {address}


def test_a_reset_link_leads_to_the_site_and_not_to_the_host_of_the_request(
    settings: Settings, client: Client, ada: User, address: str
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL, settings.SITE_HOST = "https://pictures.example", "pictures.example"
    client.post("/accounts/password/reset/", {"email": address}, headers={"host": "evil.example"})
    [message] = mail.outbox
    assert "https://pictures.example/accounts/password/reset/key/" in message.body
    assert "evil.example" not in message.subject + str(message.body)


def test_failures_at_one_account_count_together_however_it_is_called(ada: User, address: str) -> None:
    for login in ("ada", address, "ADA", address.upper(), "ada"):
        assert not is_locked_out(try_to_sign_in(login))
    assert is_locked_out(try_to_sign_in("ada", PASSWORD))
    assert is_locked_out(try_to_sign_in(address, PASSWORD))
    assert is_locked_out(try_to_sign_in(address, PASSWORD, host="localhost"))


def test_failures_at_one_account_lock_no_other_out(ada: User, rita: User) -> None:
    for _ in range(6):
        try_to_sign_in("ada")
    assert try_to_sign_in("rita", PASSWORD).status_code == 302


def test_failures_from_one_machine_count_over_all_accounts(ada: User) -> None:
    for number in range(10):
        try_to_sign_in(f"somebody-{number}")
    assert is_locked_out(try_to_sign_in("ada", PASSWORD))

"""Accounts are guarded: an open session, a guessed password and a forged host get nobody any further."""

from __future__ import annotations

import re
import time
from smtplib import SMTPServerDisconnected
from typing import Any
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from core.models import OutgoingMessage, User
from core.outbox import sending
from tests.standins.silent import silent_server

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


def test_a_mail_server_that_is_away_delays_a_link_and_loses_none(
    client: Client, ada: User, address: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    EmailAddress.objects.create(user=ada, email="new@example.com")
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", mock.Mock(side_effect=SMTPServerDisconnected("gone")))
        for _ in range(2):
            assert client.post("/accounts/password/reset/", {"email": address}).status_code == 302
        client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post("/accounts/email/", {"action_send": "", "email": "new@example.com"})
    waiting = OutgoingMessage.objects.waiting()
    assert {message.topic for message in waiting} == {"account.password_reset", "account.address_confirmation"}
    assert "key" not in str([message.data for message in waiting]), "no link that gives access is kept"
    assert sending.send_due() == 2
    links = {to: str(message.body) for message in mail.outbox for to in message.to}
    assert set(links) == {address, "new@example.com"}
    (reset,) = re.findall(r"http://localhost:8000(/accounts/password/reset/key/\S+)", links[address])
    assert Client().get(reset, follow=True).status_code == 200
    (confirm,) = re.findall(r"http://localhost:8000(/accounts/confirm-email/\S+)", links["new@example.com"])
    client.post(confirm)
    assert EmailAddress.objects.get(email="new@example.com").verified


@pytest.mark.parametrize("changed", [{"email": "else@example.com"}, {"is_active": False}])
def test_a_delayed_link_goes_to_nobody_who_lost_the_address_or_the_account(
    client: Client, ada: User, address: str, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", mock.Mock(side_effect=ConnectionRefusedError()))
        client.post("/accounts/password/reset/", {"email": address})
    EmailAddress.objects.filter(user=ada).delete()
    User.objects.filter(pk=ada.pk).update(**changed)
    sending.send_due()
    assert mail.outbox == []


def test_a_link_can_be_asked_for_again_after_it_was_sent_late(
    client: Client, ada: User, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        with monkeypatch.context() as broken:
            broken.setattr(EmailMessage, "send", mock.Mock(side_effect=ConnectionRefusedError()))
            client.post("/accounts/password/reset/", {"email": address})
        assert sending.send_due() == 1
    assert len(mail.outbox) == 2


def test_a_silent_mail_server_keeps_nobody_waiting(client: Client, ada: User, address: str, settings: Settings) -> None:
    with silent_server() as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        began = time.monotonic()
        assert client.post("/accounts/password/reset/", {"email": address}).status_code == 302
        assert time.monotonic() - began < 5
    assert OutgoingMessage.objects.waiting().count() == 1

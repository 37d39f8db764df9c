"""What happens to an account is in the log, by whichever door it came; no secret is, and nobody can make it grow."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from config import roles
from core import audit
from core.models import LogEntry, LogSubject, User
from core.people import verification
from core.people.sign_in_log import QUIET
from tests.assets import factories

pytestmark = pytest.mark.django_db

PASSWORD, NEW = "seaview-1042", "another-1042-seaview"
NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.fixture
def admin(client: Client, max_: User) -> Client:
    client.force_login(max_)
    return client


@pytest.fixture
def browser(client: Client, ada: User) -> Client:
    """Ada's, who signed in with her password a moment ago."""
    assert sign_in(client).status_code == 302
    return client


def sign_in(client: Client, login: str = "ada", password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": login, "password": password})


def about(subject: User | Group, action: str) -> LogEntry:
    """The one entry of this kind about an account or a group."""
    return audit.history(subject).get(action=action)


def what(subject: User | Group, action: str) -> tuple[str, str]:
    entry = about(subject, action)
    return entry.actor_name, entry.words


def values(subject: User | Group, action: str) -> tuple[Any, Any]:
    told = about(subject, action).subjects.get(type=subject._meta.label_lower, key=str(subject.pk))
    return told.before, told.after


def actions(subject: User | Group) -> list[str]:
    """What happened to it since it was made and given its role, oldest first."""
    return [entry.action for entry in audit.history(subject).exclude(action__in=("account.made", "account.groups"))][
        ::-1
    ]


def form(user: User, **changes: Any) -> dict[str, Any]:
    """The admin's form of an account, filled as it is."""
    names = ("username", "display_name", "email", "time_zone")
    kept = {name: getattr(user, name) for name in names} | {"groups": [*user.groups.values_list("pk", flat=True)]}
    ticked = ("is_active", "is_staff", "is_superuser", "mail_reviews", "mail_answers", "mail_budgets")
    return {name: each for name, each in (kept | {n: getattr(user, n) for n in ticked} | changes).items() if each}


# Accounts


def test_an_account_made_in_the_admin(admin: Client) -> None:
    said = {"username": "max2", "password1": NEW, "password2": NEW, "usable_password": "true"}
    assert admin.post(reverse("admin:core_user_add"), said).status_code == 302
    made = User.objects.get(username="max2")
    assert what(made, "account.made") == ("Max", "Account “max2” was made.")
    assert values(made, "account.made")[1]["is_superuser"] is False


def test_an_account_made_by_a_command_is_made_by_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", NEW)
    call_command("createsuperuser", interactive=False, username="root", email="root@example.com", verbosity=0)
    root = User.objects.get(username="root")
    assert what(root, "account.made") == ("the portal", "Account “root” was made.")
    assert values(root, "account.made")[1]["is_superuser"] is True


def test_an_account_changed_in_the_admin(admin: Client, ada: User) -> None:
    url = reverse("admin:core_user_change", args=[ada.pk])
    said = form(ada, email="new@example.com", is_staff="on")
    assert admin.post(url, said).status_code == 302
    assert what(ada, "account.changed") == ("Max", "Account “ada” was changed: email address, staff status.")
    before, after = values(ada, "account.changed")
    assert (before, after) == (
        {"email": "ada@example.com", "is_staff": False},
        {"email": "new@example.com", "is_staff": True},
    )
    admin.post(url, said)
    assert actions(ada) == ["account.changed"]


@pytest.mark.parametrize(
    "change", [{"username": "eve"}, {"is_active": False}, {"is_superuser": True}, {"display_name": "Eve"}]
)
def test_whatever_is_changed_in_a_shell_is_told_as_it_is_kept(ada: User, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(ada, name, value)
    ada.email = "not-saved@example.com"
    ada.save(update_fields=list(change))
    assert values(ada, "account.changed")[1] == change


def test_when_an_account_was_made_cannot_be_changed_in_the_admin(admin: Client, ada: User) -> None:
    said = form(ada, date_joined_0="2020-01-01", date_joined_1="00:00:00")
    assert admin.post(reverse("admin:core_user_change", args=[ada.pk]), said).status_code == 302
    joined = ada.date_joined
    ada.refresh_from_db()
    assert (ada.date_joined, actions(ada)) == (joined, [])


def test_a_deleted_account(admin: Client, nils: User) -> None:
    kept = User.objects.get(pk=nils.pk)
    EmailAddress.objects.create(user=nils, email="nils@example.com")
    assert admin.post(reverse("admin:core_user_delete", args=[nils.pk]), {"post": "yes"}).status_code == 302
    assert what(kept, "account.deleted") == ("Max", "Account “nils” was deleted.")
    assert actions(kept) == ["account.address_added", "account.deleted"]


def test_whoever_did_something_stays(ada: User) -> None:
    factories.VersionFactory.create(by=ada)
    with pytest.raises(ProtectedError):
        ada.delete()
    assert "account.deleted" not in actions(ada)


def test_what_people_change_about_themselves_is_told_once(browser: Client, ada: User) -> None:
    browser.post("/accounts/profile/", {"display_name": "Ada L.", "time_zone": "UTC"})
    assert actions(ada) == ["account.signed_in", "person.profile"]


# Groups and rights


def test_who_is_put_into_a_group_and_taken_out_in_the_admin(admin: Client, ada: User) -> None:
    reviewers = Group.objects.get(name=roles.REVIEWERS)
    url = reverse("admin:core_user_change", args=[ada.pk])
    admin.post(url, form(ada, groups=[reviewers.pk]))
    entries = audit.history(ada).filter(action="account.groups", actor__isnull=False)
    assert [entry.words for entry in entries[::-1]] == ["Ada was taken out of Staff.", "Ada was put into Reviewers."]
    assert [(each.subjects.get().before, each.subjects.get().after) for each in entries[::-1]] == [
        ({"groups": ["Staff"]}, {"groups": []}),
        ({"groups": []}, {"groups": ["Reviewers"]}),
    ]


WAYS: list[Callable[[Group, User, User], Any]] = [
    lambda group, one, other: group.user_set.add(one, other),
    lambda group, one, other: group.user_set.set([one, other]),
]


@pytest.mark.parametrize("put", WAYS)
def test_several_people_at_once_are_one_entry(ada: User, nils: User, put: Callable[[Group, User, User], Any]) -> None:
    managers = Group.objects.get(name=roles.MANAGERS)
    put(managers, ada, nils)
    entry = audit.history(nils).get(action="account.groups")
    assert entry.words == "Ada and Nils were put into Managers."
    assert [told.after for told in entry.subjects.order_by("key")] == [
        {"groups": ["Managers", "Staff"]},
        {"groups": ["Managers"]},
    ]
    put(managers, ada, nils)
    assert audit.history(nils).filter(action="account.groups").count() == 1


@pytest.mark.parametrize("from_group", [True, False])
def test_clearing_tells_what_was_there(ada: User, from_group: bool) -> None:
    (Group.objects.get(name=roles.STAFF).user_set if from_group else ada.groups).clear()
    newest = audit.history(ada)[0]
    assert (newest.words, newest.subjects.get().before) == ("Ada was taken out of Staff.", {"groups": ["Staff"]})


def test_a_right_of_ones_own(ada: User) -> None:
    right = Permission.objects.get(codename="decide_review")
    ada.user_permissions.add(right)
    right.user_set.clear()
    given, lost = audit.history(ada).filter(action="account.rights")[::-1]
    assert given.words == "Ada was given approvals.decide_review."
    assert given.subjects.get().after == {"user_permissions": ["approvals.decide_review"]}
    assert lost.words == "Ada lost approvals.decide_review."


def test_a_group_made_given_rights_and_renamed_in_the_admin(admin: Client) -> None:
    right = Permission.objects.get(codename="decide_review")
    admin.post(reverse("admin:auth_group_add"), {"name": "Helpers", "permissions": [right.pk]})
    helpers = Group.objects.get(name="Helpers")
    admin.post(reverse("admin:auth_group_change", args=[helpers.pk]), {"name": "Assistants", "permissions": []})
    assert [(entry.actor_name, entry.words) for entry in audit.history(helpers)[::-1]] == [
        ("Max", "Group “Helpers” was made."),
        ("Max", "Group “Helpers” was given approvals.decide_review."),
        ("Max", "Group “Helpers” was renamed “Assistants”."),
        ("Max", "Group “Assistants” lost approvals.decide_review."),
    ]


def test_a_renamed_group_is_renamed_for_whoever_is_in_it(rita: User) -> None:
    reviewers = Group.objects.get(name=roles.REVIEWERS)
    reviewers.name = "Approvers"
    reviewers.save()
    assert values(rita, "group.renamed") == ({"groups": ["Reviewers"]}, {"groups": ["Approvers"]})
    assert list(verification.walk(Counter())) == []


def test_a_deleted_group_tells_who_was_in_it_and_what_it_gave(admin: Client, rita: User) -> None:
    reviewers = Group.objects.get(name=roles.REVIEWERS)
    admin.post(reverse("admin:auth_group_delete", args=[reviewers.pk]), {"post": "yes"})
    assert what(rita, "group.deleted") == ("Max", "Group “Reviewers” was deleted. Rita was in it.")
    assert values(rita, "group.deleted") == ({"groups": ["Reviewers"]}, {"groups": []})
    assert "approvals.decide_review" in values(reviewers, "group.deleted")[0]["permissions"]


# Passwords


def test_a_password_changed_in_the_admin(admin: Client, ada: User) -> None:
    url = reverse("admin:auth_user_password_change", args=[ada.pk])
    assert admin.post(url, {"password1": NEW, "password2": NEW, "usable_password": "true"}).status_code == 302
    assert what(ada, "account.password") == ("Max", "The password of account “ada” was changed.")


def test_a_password_changed_by_its_owner(browser: Client, ada: User) -> None:
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert what(ada, "account.password") == ("Ada", "The password of account “ada” was changed.")
    assert actions(ada) == ["account.signed_in", "account.password"]


def test_a_password_reset_with_a_link_from_a_mail(client: Client, ada: User) -> None:
    client.post("/accounts/password/reset/", {"email": ada.email})
    (link,) = re.findall(r"http://localhost:8000(/\S+)", str(mail.outbox[0].body))
    page = client.get(link)
    client.post(page["Location"], {"password1": NEW, "password2": NEW})
    words = "The password of account “ada” was changed. Nobody was signed in."
    assert what(ada, "account.password") == ("the portal", words)


def test_a_password_changed_by_a_command(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: NEW)
    call_command("changepassword", "ada")
    assert what(ada, "account.password") == ("the portal", "The password of account “ada” was changed.")


def test_a_password_taken_away_and_set(ada: User) -> None:
    ada.set_unusable_password()
    ada.save()
    ada.set_password(NEW)
    ada.save()
    told = [entry.words for entry in audit.history(ada).filter(action="account.password")[::-1]]
    assert told == [f"The password of account “ada” was {deed}." for deed in ("taken away", "set")]


def test_a_hash_made_anew_at_sign_in_is_no_change(client: Client, ada: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    before = ada.password
    sign_in(client)
    ada.refresh_from_db()
    assert ada.password != before
    assert actions(ada) == ["account.signed_in"]


# Addresses and second factors


def test_addresses(browser: Client, ada: User) -> None:
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.post("/accounts/email/", {"action_add": "", "email": "work@example.com"})
    added = EmailAddress.objects.get(email="work@example.com")
    (link,) = re.findall(r"http://localhost:8000(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
    browser.post(link)
    browser.post("/accounts/email/", {"action_primary": "", "email": added.email})
    browser.post("/accounts/email/", {"action_remove": "", "email": "ada@example.com"})
    told = [entry.words for entry in audit.history(ada).filter(actor=ada).exclude(action="account.signed_in")[::-1]]
    assert "Address work@example.com was added to account “ada”." in told
    assert "Address work@example.com of account “ada” is verified now and is primary now." in told
    assert "Account “ada” was changed: email address." in told
    assert "Address ada@example.com was removed from account “ada”." in told


def test_an_address_moved_to_another_account_is_told_of_both(ada: User, nils: User) -> None:
    address = EmailAddress.objects.create(user=ada, email="team@example.com")
    address.user = nils
    address.save()
    assert actions(ada)[-1] == "account.address_removed"
    assert actions(nils)[-1] == "account.address_added"


def test_second_factors(browser: Client, ada: User) -> None:
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = browser.get("/accounts/2fa/totp/activate/").context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    assert browser.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    browser.get("/accounts/2fa/recovery-codes/")
    browser.post("/accounts/2fa/recovery-codes/generate/")
    browser.post("/accounts/2fa/totp/deactivate/")
    told = [entry for entry in audit.history(ada)[::-1] if entry.action.startswith(("account.factor", "account.code"))]
    assert {entry.actor for entry in told} == {ada}
    assert [entry.words for entry in told] == [
        "Second factor added to account “ada”: authenticator app.",
        "Second factor added to account “ada”: recovery codes.",
        "The recovery codes of account “ada” were viewed.",
        "Second factor removed from account “ada”: recovery codes.",
        "Second factor added to account “ada”: recovery codes.",
        "Second factor removed from account “ada”: authenticator app.",
        "Second factor removed from account “ada”: recovery codes.",
    ]
    assert secret not in everything()


def with_codes(user: User) -> list[str]:
    """Give somebody an authenticator app and recovery codes; returns the codes."""
    totp.TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    return list(RecoveryCodes.activate(user).get_unused_codes())


def test_a_recovery_code_opens_the_portal_once(client: Client, ada: User) -> None:
    code, *others = with_codes(ada)
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert what(ada, "account.code_used")[1] == "A recovery code of account “ada” was used. Nobody was signed in."
    assert values(ada, "account.code_used") == ({"codes_used": 0}, {"codes_used": 1})
    assert what(ada, "account.signed_in") == ("Ada", "Signed in with a password and a recovery code.")
    assert not [each for each in (code, *others) if each in everything()]


def test_a_changed_secret_of_a_factor_is_told_without_it(ada: User) -> None:
    with_codes(ada)
    factor = Authenticator.objects.get(type="totp")
    factor.data = {"secret": "GEZDGNBVGY3TQOJQ"}
    factor.save()
    assert what(ada, "account.factor_changed")[1] == "The second factor of account “ada” was changed."
    factor.record_usage()
    assert "GEZDGNBVGY3TQOJQ" not in everything()
    assert audit.history(ada).filter(action="account.factor_changed").count() == 1


# Signing in and out


def test_signing_in_says_how_and_signing_out_is_told(browser: Client, ada: User) -> None:
    browser.post("/accounts/logout/")
    entry = about(ada, "account.signed_in")
    assert (entry.actor, entry.words, entry.data) == (ada, "Signed in with a password.", {"means": ["password"]})
    assert what(ada, "account.signed_out") == ("Ada", "Signed out.")


def test_failures_are_told_once_in_ten_minutes(ada: User, caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for attempt in range(4):
            sign_in(Client(), ("ada", "ada@example.com")[attempt % 2], "wrong-password")
        assert what(ada, "account.sign_in_refused") == ("the portal", "An attempt to sign in as “ada” failed.")
        clock.shift(QUIET + timedelta(seconds=1))
        sign_in(Client(), "ada", "wrong-password")
    assert audit.history(ada).filter(action="account.sign_in_refused").count() == 2
    assert [record.levelname for record in caplog.records if "sign_in.refused" in record.getMessage()] == [
        "WARNING"
    ] * 5
    assert "wrong-password" not in caplog.text + everything()


def test_a_name_that_nobody_has_never_reaches_the_log(db: None, caplog: pytest.LogCaptureFixture) -> None:
    before = audit.head()
    sign_in(Client(), "n" * 100, PASSWORD)
    assert audit.head() == before
    assert "n" * 64 in caplog.text
    assert "n" * 65 not in caplog.text


def test_a_wrong_code_after_the_right_password_is_told(client: Client, ada: User) -> None:
    with_codes(ada)
    sign_in(client)
    for _ in range(2):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    words = "A wrong code was given for “ada”, after the right password."
    assert what(ada, "account.code_refused") == ("the portal", words)
    assert not audit.history(ada).filter(action="account.signed_in").exists()


def test_a_page_costs_nothing_more(browser: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/accounts/profile/").status_code == 200
    assert [each["sql"] for each in asked if "core_log" in each["sql"] or not each["sql"].startswith("SELECT")] == []


# All together


def test_neither_password_nor_hash_is_in_any_entry(browser: Client, admin: Client, ada: User) -> None:
    test_a_password_changed_in_the_admin(admin, ada)
    sign_in(Client(), "ada", NEW)
    hashes = User.objects.values_list("password", flat=True)
    assert not [secret for secret in (PASSWORD, NEW, *hashes) if secret in everything()]


@pytest.mark.django_db(transaction=True)
def test_a_change_whose_entry_cannot_be_written_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = factories.UserFactory.create(username="ada")
    before = {*User.objects.all()}

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("core.audit.record", fail)
    for change in (
        lambda: User.objects.create_user("second"),
        lambda: ada.groups.create(name="New"),
        lambda: EmailAddress.objects.create(user=ada, email="new@example.com"),
        ada.delete,
    ):
        with pytest.raises(RuntimeError):
            change()
    assert {*User.objects.all()} == before
    assert not Group.objects.filter(name="New").exists()
    assert not EmailAddress.objects.exists()


def test_the_log_stays_whole(browser: Client, ada: User) -> None:
    with transaction.atomic():
        ada.groups.clear()
    assert audit.verify().ok


def everything() -> str:
    """All that any entry holds, as text."""
    entries = list(LogEntry.objects.values("words", "data", "actor_name"))
    return json.dumps([entries, list(LogSubject.objects.values("before", "after"))])

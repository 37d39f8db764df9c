"""Reading again and reading on: tags that spare an answer, cursors from anywhere, and a clock that was wrong."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from approvals.models import Channel, Delivery, ListingSite, Release, SiteKey
from approvals.sites import access, callers
from core import guards
from core.models import User
from tests import machine
from tests.approvals import factories
from tests.approvals.agreed import differences
from tests.assets import verbs
from tests.together import in_one_transaction

pytestmark = pytest.mark.django_db

IMAGES = "/api/v1/images/"


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Release, access.NewKey]]:
    """One picture in one channel, which the site may read."""
    with in_one_transaction(django_db_blocker):
        release = factories.released()
        yield release, factories.key(factories.site(release.channel))


@pytest.fixture
def release(made: tuple[Release, access.NewKey]) -> Release:
    return Release.objects.select_related("channel", "version").get(pk=made[0].pk)


@pytest.fixture
def key(made: tuple[Release, access.NewKey]) -> access.NewKey:
    return replace(made[1], key=SiteKey.objects.select_related("site").get(pk=made[1].key.pk))


@pytest.fixture
def site(key: access.NewKey) -> Client:
    return Client(raise_request_exception=False, headers={"authorization": f"Bearer {key.text}"})


@pytest.mark.parametrize("what", ["", "{}/"])
def test_what_is_held_already_is_not_sent_again(site: Client, release: Release, what: str) -> None:
    address = IMAGES + what.format(release.pk)
    first = site.get(address)
    again = site.get(address, headers={"if-none-match": f'"other", W/{first["ETag"]}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"


def test_a_tag_ends_with_what_it_is_of(site: Client, release: Release, ada: User) -> None:
    tag = site.get(IMAGES)["ETag"]
    verbs.describe(release.version, text="A kitchen, now with a dog", by=ada)
    answer = site.get(IMAGES, headers={"if-none-match": tag})
    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_another_site_has_no_use_for_a_tag(site: Client, release: Release) -> None:
    tag = site.get(f"{IMAGES}{release.pk}/")["ETag"]
    key = factories.key(factories.site(factories.channel("elsewhere"), slug="other"))
    other = Client(headers={"authorization": f"Bearer {key.text}", "if-none-match": tag})
    assert other.get(f"{IMAGES}{release.pk}/").status_code == 404


@pytest.mark.parametrize("offset", ["+15:59", "-15:59", "+16:00", "-16:00", "+23:59", "-23:59", "+23:59:59.999999"])
def test_a_cursor_with_any_offset_is_answered(site: Client, release: Release, offset: str) -> None:
    """PostgreSQL knows no time that is said further from UTC than 15:59."""
    text = f"2026-11-22T10:00:00{offset}|{UUID(int=0)}"
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    for name in ("cursor", "updated_since"):
        answer = site.get(IMAGES, {name: cursor if name == "cursor" else text.partition("|")[0]})
        assert answer.status_code in (200, 400)
        assert differences(IMAGES, answer.status_code, answer.json()) == []


def test_the_time_at_the_edge_of_what_there_is_is_refused(site: Client, release: Release) -> None:
    text = f"9998-12-31T23:00:00-23:00|{UUID(int=0)}"
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    assert site.get(IMAGES, {"cursor": cursor}).status_code in (200, 400)


def test_a_clock_that_ran_ahead_once_locks_nobody_out(site: Client) -> None:
    ListingSite.objects.update(requests_per_minute=1)
    with time_machine.travel("2031-01-01T10:00:00Z", tick=False):
        assert site.get(IMAGES).status_code == 200
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        assert [site.get(IMAGES).status_code for _ in range(2)] == [200, 429]


def is_let_in(text: str, minute: int) -> bool | None:
    caller = callers.caller_with(text, minute=minute)
    return caller.is_within_limit if caller else None


def test_a_process_that_is_a_moment_behind_counts_with_the_others(key: access.NewKey) -> None:
    ListingSite.objects.update(requests_per_minute=4)
    minutes = (10, 11, 10, 11, 10, 11)
    assert [is_let_in(key.text, minute) for minute in minutes] == [True] * 5 + [False]


def test_calls_with_keys_that_are_not_good_count_for_nobody(key: access.NewKey, max_: User) -> None:
    revoked = access.create_key(key.key.site, "old", by=max_)
    access.revoke_key(revoked.key, by=max_)
    expired = access.create_key(key.key.site, "ended", by=max_, expires_at=timezone.now())
    guessed = f"imp_{key.key.prefix}_" + "x" * 43
    for text in (revoked.text, expired.text, guessed + access.checksum(guessed)):
        assert is_let_in(text, 10) is None
    access.switch(key.key.site, active=False, by=max_)
    assert is_let_in(key.text, 10) is None
    assert ListingSite.objects.get().requests_in_minute == 0


def test_a_call_costs_one_write(site: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """With PostgreSQL the key is found in the same statement."""
    with time_machine.travel("2026-11-22T10:00:10Z", tick=False):
        site.get(IMAGES)
        counted, used = ListingSite.objects.get().requests_in_minute, SiteKey.objects.get().last_used_at
        with django_assert_num_queries(2 if machine.on_postgres() else 3):
            site.get(IMAGES)
    assert ListingSite.objects.get().requests_in_minute == counted + 1
    assert SiteKey.objects.get().last_used_at == used


def test_a_call_costs_nothing_more_with_a_session(
    site: Client, max_: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    site.force_login(max_)
    test_a_call_costs_one_write(site, django_assert_num_queries)


@pytest.mark.parametrize("what", ["", "{}/", "{}/file", "nothing"])
def test_every_answer_is_guarded_and_has_its_id(site: Client, release: Release, what: str) -> None:
    answer = site.get(IMAGES + what.format(release.pk), headers={"X-Request-ID": "edge-4711-abc"})
    assert answer["X-Request-ID"] == "edge-4711-abc"
    assert answer["Content-Length"] == str(len(answer.content))
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] in ("private, no-cache", "private, no-store")


@pytest.mark.parametrize("accepted", ["image/avif,image/jpeg", "text/html", "nonsense"])
def test_what_a_caller_prefers_refuses_nothing(site: Client, release: Release, accepted: str) -> None:
    """There is one form of each answer; the name of a file's kind is in its document."""
    for what in ("", "{}/", "{}/file"):
        assert site.get(IMAGES + what.format(release.pk), headers={"accept": accepted}).status_code == 200


def test_head_is_answered_and_no_delivery(site: Client, release: Release) -> None:
    answer = site.head(f"{IMAGES}{release.pk}/file")
    assert (answer.status_code, answer["Content-Length"]) == (200, str(release.file_size))
    assert not Delivery.objects.exists()


def test_a_page_of_what_is_not_served_any_more_ends_no_list(site: Client, ada: User, release: Release) -> None:
    """No sweep has come by: the flags of the first two are too wide."""
    channel = release.channel
    others = [factories.released(factories.ready(ada), channel) for _ in range(3)]
    for stale in (release, others[0]):
        verbs.describe(stale.version, text="A kitchen, now with a dog", by=ada)
    assert Release.objects.flagged().count() == 4
    found, address, pages = [], f"{IMAGES}?page_size=1", 0
    while address:
        page = site.get(address).json()
        found += [image["id"] for image in page["results"]]
        address, pages = page["next"], pages + 1
    assert (found, pages) == ([str(each.pk) for each in others[1:]], 4)


def test_a_document_from_before_is_answered_in_todays_order(site: Client, release: Release) -> None:
    said = site.get(f"{IMAGES}{release.pk}/").json()
    text = release.document_text.replace('{"format":3,', '{"format": 3, ').replace(',"title"', ', "title"')
    guards.lift("approvals_release")
    Release.objects.filter(pk=release.pk).update(document_text=text)
    assert site.get(f"{IMAGES}{release.pk}/").json() == said


def test_words_that_look_like_the_end_of_a_document_stay_words(ada: User) -> None:
    words = 'Kitchen ","original":null,"file":{"sha256":"x"}} of old'
    channel = Channel.objects.filter(slug="website").first() or factories.channel()
    version = factories.ready(ada, title=words)
    release = factories.released(version, channel)
    key = factories.key(factories.site(channel, slug="stones"))
    answer = Client(headers={"authorization": f"Bearer {key.text}"}).get(f"{IMAGES}{release.pk}/").json()
    assert (answer["title"], answer["file"]["sha256"]) == (words, release.file_sha256)


def test_asking_the_docs_for_its_options_is_answered() -> None:
    assert Client(raise_request_exception=False).options("/api/docs/").status_code < 500

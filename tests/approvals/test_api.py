"""The listing-site API: who gets what, what it says, and that nothing unapproved or ended leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from approvals.models import Channel, Delivery, ListingSite, Release, SiteKey
from approvals.releases import lifecycle
from approvals.reviews import settling
from approvals.sites import access
from assets.imaging import metadata
from assets.provenance.data import ProvenanceData
from core import guards, storage
from core.models import User
from tests import machine
from tests.approvals import factories
from tests.approvals.agreed import differences
from tests.assets import factories as library_factories
from tests.assets import verbs
from tests.together import in_one_transaction

pytestmark = pytest.mark.django_db

IMAGES = "/api/v1/images/"
EVENTS = "/api/v1/events/"


class Site(Client):
    """bricks.example, calling with its key. Every answer that it gets is held against the agreed schema."""

    def __init__(self, text: str) -> None:
        super().__init__(raise_request_exception=False, headers={"authorization": f"Bearer {text}"})

    def get(self, path: str, *args: Any, **options: Any) -> Any:  # type: ignore[override] # one way to ask, for all
        response = super().get(path, *args, **options)
        if response.headers.get("Content-Type") == "application/json" and path.startswith("/api/v1/"):
            assert differences(path.partition("?")[0], response.status_code, response.json()) == []
        return response

    def ids(self, **parameters: Any) -> list[str]:
        return [image["id"] for image in self.get(IMAGES, parameters).json()["results"]]


def url(release: Release, what: str = "") -> str:
    return f"{IMAGES}{release.pk}/{what}"


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Release, access.NewKey]]:
    """One picture in one channel, which the site may read."""
    with in_one_transaction(django_db_blocker):
        release = factories.released(factories.ready(title="Kitchen"), factories.channel())
        yield release, factories.key(factories.site(release.channel))


@pytest.fixture
def release(made: tuple[Release, access.NewKey]) -> Release:
    return Release.objects.select_related("channel", "version").get(pk=made[0].pk)


@pytest.fixture
def key(made: tuple[Release, access.NewKey]) -> access.NewKey:
    return replace(made[1], key=SiteKey.objects.select_related("site").get(pk=made[1].key.pk))


@pytest.fixture
def bricks(key: access.NewKey) -> Site:
    return Site(key.text)


# What is served


def test_an_approved_picture_is_listed(bricks: Site, release: Release) -> None:
    assert bricks.ids() == [str(release.pk)]


def test_a_picture_says_what_a_site_needs(bricks: Site, release: Release) -> None:
    said = bricks.get(url(release)).json()
    assert said["alt_text"]["texts"] == {"en": "Kitchen with an oak table by a wide window"}
    assert said["license"]["attribution"] == "Harbor Homes"
    assert said["disclosure"]["digital_source_type"] == "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    assert said["file"]["sha256"] == release.file_sha256


def test_a_picture_says_its_alt_text_in_every_language(ada: User, channel: Channel, bricks: Site) -> None:
    version = factories.ready(ada)
    texts = {"en": version.alt_text, "fr": "Cuisine avec une table en chêne"}
    verbs.describe(version, text=texts["en"], decorative=False, language="en", further={"fr": texts["fr"]}, by=ada)
    release = factories.released(version, channel)
    assert bricks.get(url(release)).json()["alt_text"] == {"decorative": False, "language": "en", "texts": texts}


def test_a_picture_says_nothing_private(ada: User, channel: Channel, bricks: Site) -> None:
    facts = ProvenanceData(
        prompt="SECRET-PROMPT",
        cost_micros=987654321,
        currency="USD",
        model_asked="SECRET-MODEL",
    )
    release = factories.released(factories.ready(ada, provenance=facts), channel)
    text = bricks.get(url(release)).content + bricks.get(url(release, "file")).content
    assert not [secret for secret in (b"SECRET-PROMPT", b"987654321", b"rita", b"Rita", b"ada@") if secret in text]


def test_the_file_is_what_was_released(bricks: Site, release: Release) -> None:
    response = bricks.get(url(release, "file"))
    body = response.content
    assert (len(body), response["Content-Type"], response["ETag"]) == (
        release.file_size,
        "image/jpeg",
        f'"{release.file_sha256}"',
    )


def test_the_file_carries_its_words(bricks: Site, release: Release) -> None:
    body = bricks.get(url(release, "file")).content
    assert "Kitchen with an oak table" in str(metadata.read(body))


def test_the_file_is_served_so_that_it_cannot_act_as_a_page(bricks: Site, release: Release) -> None:
    response = bricks.get(url(release, "file"))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'attachment; filename="Kitchen-v1-website.jpg"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-cache"


def test_a_file_that_is_held_already_is_not_sent_again(bricks: Site, release: Release) -> None:
    response = bricks.get(url(release, "file"), headers={"if-none-match": f'"{release.file_sha256}"'})
    assert (response.status_code, response.content, Delivery.objects.count()) == (304, b"", 0)


def test_a_damaged_file_never_leaves(bricks: Site, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(sha256: str) -> bytes:
        raise storage.CorruptFile(sha256)

    monkeypatch.setattr(storage, "read", damaged)
    assert bricks.get(url(release, "file")).status_code == 503


def test_a_damaged_document_keeps_no_other_picture_from_leaving(
    bricks: Site, release: Release, rita: User, ada: User
) -> None:
    other = factories.released(factories.ready(ada), release.channel)
    guards.lift("approvals_release")
    client = Client()
    client.force_login(rita)
    for text in ("", "[]", "{}", '{"title": "Kitchen"}', "\\u0000 no JSON", "[" * 100_000):
        Release.objects.filter(pk=release.pk).update(document_text=text)
        assert bricks.ids() == [str(other.pk)], text[:20]
        assert bricks.get(url(release)).status_code == bricks.get(url(release, "file")).status_code == 503, text[:20]
        for address in (
            reverse("approvals:release", args=[release.pk]),
            reverse("approvals:channel", args=[release.channel.slug]),
        ):
            assert client.get(address).status_code == 200, text[:20]


def test_a_download_is_written_down(bricks: Site, release: Release, key: access.NewKey) -> None:
    bricks.get(url(release, "file"))
    delivery = Delivery.objects.get()
    assert (delivery.release, delivery.key) == (release, key.key)


# What is not served


def test_nothing_is_served_before_approval(bricks: Site, release: Release, ada: User) -> None:
    factories.review(factories.ready(ada), release.channel)
    assert bricks.ids() == [str(release.pk)]


def test_nothing_is_served_while_a_decision_can_be_undone(
    bricks: Site, release: Release, ada: User, undo_window: None
) -> None:
    settling.settle(factories.decide(factories.review(factories.ready(ada))))
    assert bricks.ids() == [str(release.pk)]


def test_an_unknown_picture_is_404(bricks: Site) -> None:
    assert bricks.get(f"{IMAGES}{uuid4()}/").status_code == 404


@pytest.mark.parametrize("what", ["", "file"])
def test_another_channel_is_404(max_: User, release: Release, what: str) -> None:
    elsewhere = Site(factories.key(factories.site(factories.channel("elsewhere"), slug="other")).text)
    assert elsewhere.get(url(release, what)).status_code == 404


@pytest.mark.parametrize("what", ["", "file"])
def test_another_channels_withdrawn_picture_is_404_too(max_: User, rita: User, release: Release, what: str) -> None:
    lifecycle.withdraw(release, "Sold.", by=rita)
    elsewhere = Site(factories.key(factories.site(factories.channel("elsewhere"), slug="other")).text)
    assert elsewhere.get(url(release, what)).status_code == 404


@pytest.mark.parametrize("what", ["", "file"])
def test_no_304_for_who_may_not_have_it(max_: User, release: Release, what: str) -> None:
    elsewhere = Site(factories.key(factories.site(factories.channel("elsewhere"), slug="other")).text)
    response = elsewhere.get(url(release, what), headers={"if-none-match": f'"{release.file_sha256}", *'})
    assert response.status_code == 404


@pytest.mark.parametrize("what", ["", "file"])
def test_a_withdrawn_picture_is_gone(bricks: Site, release: Release, rita: User, what: str) -> None:
    lifecycle.withdraw(release, "Sold.", by=rita)
    response = bricks.get(url(release, what), headers={"if-none-match": f'"{release.file_sha256}"'})
    assert (response.status_code, response.json()["error"]["code"]) == (410, "gone")


def test_a_withdrawn_picture_is_not_listed(bricks: Site, release: Release, rita: User) -> None:
    lifecycle.withdraw(release, "Sold.", by=rita)
    assert bricks.ids() == []


def test_a_picture_past_its_last_day_is_gone_without_any_sweep(bricks: Site, ada: User, channel: Channel) -> None:
    version = factories.ready(ada)
    library_factories.complete_license(version, ada, valid_until=timezone.now().date() + timedelta(days=3))
    release = factories.released(version, channel)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert (str(release.pk) in bricks.ids(), bricks.get(url(release, "file")).status_code) == (False, 410)


@pytest.mark.parametrize("what", ["", "file"])
def test_a_picture_whose_words_changed_is_not_there_until_it_is_approved_again(
    bricks: Site, release: Release, ada: User, what: str
) -> None:
    verbs.describe(release.version, text="A kitchen, now with a dog", decorative=False, language="en", by=ada)
    assert (bricks.ids(), bricks.get(url(release, what)).status_code) == ([], 404)


def test_a_channel_that_is_switched_off_serves_nothing(bricks: Site, release: Release) -> None:
    Channel.objects.update(active=False)
    assert (bricks.ids(), bricks.get(url(release)).status_code) == ([], 404)


# Keys


def _unauthorized(client: Client) -> bytes:
    response = client.get(IMAGES)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="listing sites"'
    return response.content


def test_every_bad_key_gets_the_same_answer(key: access.NewKey, channel: Channel, max_: User) -> None:
    site = ListingSite.objects.get()
    revoked = access.create_key(site, "old", by=max_)
    access.revoke_key(revoked.key, by=max_)
    expired = access.create_key(site, "ended", by=max_, expires_at=timezone.now())
    swapped = key.text[:-1] + ("a" if key.text[-1] != "a" else "b")
    body = f"imp_{key.key.prefix}_" + "x" * 43
    forged = body + access.checksum(body)
    unknown = "imp_aaaaaaaaaa_" + "x" * 43
    texts = [
        revoked.text,
        expired.text,
        swapped,
        forged,
        unknown + access.checksum(unknown),
        key.text[:-5],
        "",
        "x" * 9000,
    ]
    answers = {_unauthorized(Site(text)) for text in texts} | {_unauthorized(Client())}
    assert len(answers) == 1


def test_a_key_counts_in_the_header_only(key: access.NewKey, release: Release) -> None:
    assert Client().get(IMAGES, {"key": key.text}).status_code == 400


def test_a_key_in_an_address_is_neither_answered_nor_logged(
    key: access.NewKey, caplog: pytest.LogCaptureFixture
) -> None:
    response = Client().get(IMAGES, {"key": key.text})
    assert key.text not in f"{response.content!r}{caplog.text}{[vars(record) for record in caplog.records]}"


def test_a_key_in_a_cookie_does_not_count(key: access.NewKey) -> None:
    client = Client()
    client.cookies["Authorization"] = f"Bearer {key.text}"
    _unauthorized(client)


def test_being_signed_in_does_not_count(max_: User, channel: Channel) -> None:
    client = Client()
    client.force_login(max_)
    _unauthorized(client)


def test_a_key_is_kept_as_a_hash_only(key: access.NewKey) -> None:
    stored = SiteKey.objects.filter(pk=key.key.pk).values_list()
    assert key.text.split("_")[2][:43] not in str(list(stored))


def test_a_key_stops_with_its_site(bricks: Site, max_: User) -> None:
    access.switch(ListingSite.objects.get(), active=False, by=max_)
    assert bricks.get(IMAGES).status_code == 401


def test_two_keys_work_side_by_side(key: access.NewKey, max_: User) -> None:
    second = access.create_key(ListingSite.objects.get(), "next", by=max_)
    assert [Site(text).get(IMAGES).status_code for text in (key.text, second.text)] == [200, 200]


def test_the_last_use_of_a_key_is_known(bricks: Site, key: access.NewKey) -> None:
    bricks.get(IMAGES)
    key.key.refresh_from_db()
    assert key.key.last_used_at is not None


# Limits


def test_a_site_may_call_so_often_and_no_more(bricks: Site, key: access.NewKey) -> None:
    ListingSite.objects.update(requests_per_minute=3)
    with time_machine.travel("2026-11-22T10:00:10Z", tick=False):
        answers = [bricks.get(IMAGES) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1]["Retry-After"] == "50"


def test_a_new_minute_begins_at_nothing(bricks: Site) -> None:
    ListingSite.objects.update(requests_per_minute=1)
    with time_machine.travel("2026-11-22T10:00:10Z", tick=False):
        bricks.get(IMAGES)
    with time_machine.travel("2026-11-22T10:01:00Z", tick=False):
        assert bricks.get(IMAGES).status_code == 200


# Pages


def test_pages_hand_out_every_picture_once_and_a_withdrawal_between_them_moves_nothing(
    bricks: Site, release: Release, ada: User, rita: User
) -> None:
    releases = [release, *(factories.released(factories.ready(ada), release.channel) for _ in range(3))]
    found, address = [], f"{IMAGES}?page_size=3"
    while address:
        page = bricks.get(address).json()
        found += [image["id"] for image in page["results"]]
        address = page["next"]
    assert found == [str(each.pk) for each in releases]
    page = bricks.get(f"{IMAGES}?page_size=2").json()
    lifecycle.withdraw(releases[0], "Sold.", by=rita)
    assert [image["id"] for image in bricks.get(page["next"]).json()["results"]] == found[2:]


def test_a_list_without_a_page_size_is_still_in_pages(bricks: Site, release: Release) -> None:
    assert set(bricks.get(IMAGES).json()) == {"next", "results"}


def test_only_what_is_new(bricks: Site, ada: User, channel: Channel) -> None:
    factories.released(factories.ready(ada), channel)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        second = factories.released(factories.ready(ada), channel)
        since = (timezone.now() - timedelta(minutes=1)).isoformat()
        assert bricks.ids(updated_since=since) == [str(second.pk)]


def test_listing_costs_the_same_for_two_and_for_four(
    bricks: Site, ada: User, channel: Channel, django_assert_num_queries: Any
) -> None:
    """The key, the count of calls and the page; the first call in a minute notes that the key is used, too."""
    with time_machine.travel("2026-11-22T10:00:10Z", tick=False):
        factories.released(factories.ready(ada), channel)
        at_once = machine.on_postgres()  # key and count are one statement
        with django_assert_num_queries(3 if at_once else 4):
            bricks.get(IMAGES)
        for _ in range(2):
            factories.released(factories.ready(ada), channel)
        with django_assert_num_queries(2 if at_once else 3):
            assert len(bricks.ids()) == 4


# Events


def test_events_tell_the_whole_story(bricks: Site, release: Release, rita: User) -> None:
    lifecycle.withdraw(release, "Sold.", by=rita)
    said = bricks.get(EVENTS).json()
    assert [(event["sequence"], event["kind"]) for event in said["results"]] == [(1, "released"), (2, "withdrawn")]
    assert (said["last"], said["more"]) == (2, False)


def test_events_go_on_from_a_number(bricks: Site, release: Release, rita: User) -> None:
    lifecycle.withdraw(release, "Sold.", by=rita)
    assert [event["sequence"] for event in bricks.get(EVENTS, {"after": 1}).json()["results"]] == [2]


def test_a_site_lists_the_pictures_of_its_own_channels_alone(bricks: Site, release: Release, ada: User) -> None:
    brochure = factories.channel("brochure")
    theirs = factories.released(factories.ready(ada), brochure)
    printer = Site(factories.key(factories.site(brochure, slug="printer")).text)
    assert (bricks.ids(), printer.ids()) == ([str(release.pk)], [str(theirs.pk)])


def test_a_site_of_two_channels_is_given_the_one_it_asks_for(channel: Channel, release: Release, ada: User) -> None:
    brochure = factories.channel("brochure")
    other = factories.released(factories.ready(ada), brochure)
    both = Site(factories.key(factories.site(channel, brochure, slug="both")).text)
    assert {*both.ids()} == {str(release.pk), str(other.pk)}
    assert both.ids(channel="brochure") == [str(other.pk)]


def test_events_of_another_channel_are_404(bricks: Site) -> None:
    factories.channel("elsewhere")
    assert bricks.get(EVENTS, {"channel": "elsewhere"}).status_code == 404


def test_with_several_channels_events_need_one(max_: User) -> None:
    two = Site(factories.key(factories.site(factories.channel("a"), factories.channel("b"), slug="two")).text)
    assert [two.get(EVENTS).status_code, two.get(EVENTS, {"channel": "a"}).status_code] == [400, 200]


# Bad input

NASTY = [
    "", " ", "\x00", "a\x00b", "-1", "0", "1e9", "9" * 30, "NaN", "null", "true", "[]", "{}", "' OR 1=1 --",
    "../../etc/passwd", "%00", "%s%s", "{{7*7}}", "🏠", "é" * 100, "x" * 9000, "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-13-45", "MjAyNnx4",
    "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMHwwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA", "////",
    "channel__slug", "-released_at", "*",
]  # fmt: skip


@pytest.mark.parametrize("path", [IMAGES, EVENTS])
@pytest.mark.parametrize(
    "name", ["channel", "updated_since", "cursor", "page_size", "after", "ordering", "fields", "a\x00b"]
)
def test_nothing_in_a_query_breaks_it(bricks: Site, release: Release, path: str, name: str) -> None:
    ListingSite.objects.update(requests_per_minute=10_000)
    broken = {value: bricks.get(path, {name: value}).status_code for value in NASTY}
    assert not {value: status for value, status in broken.items() if status >= 500}


@pytest.mark.parametrize("value", NASTY)
def test_nothing_in_a_path_breaks_it(bricks: Site, value: str) -> None:
    from urllib.parse import quote

    address = quote(value.encode("utf-8", "surrogatepass"))
    for path in (f"{IMAGES}{address}/", f"{IMAGES}{address}/file", f"/api/{address}"):
        response = bricks.get(path)
        assert response.status_code < 500


@pytest.mark.parametrize(
    "query",
    ["nonsense=1", "page_size=0", "page_size=201", "page_size=1&page_size=2", "cursor=zzz", "updated_since=soon"],
)
def test_what_cannot_be_understood_is_400_and_says_so(bricks: Site, query: str) -> None:
    response = bricks.get(f"{IMAGES}?{query}")
    name = query.partition("=")[0]
    assert (response.status_code, list(response.json()["error"]["fields"])) == (400, [name])


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_can_be_written(bricks: Site, release: Release, method: str) -> None:
    response = getattr(bricks, method)(url(release), data="[" * 100_000, content_type="application/json")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_any_other_address_answers_in_the_same_shape(bricks: Site) -> None:
    response = bricks.get("/api/v2/nothing")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_an_answer_that_nobody_agreed_to_is_seen() -> None:
    assert differences(IMAGES, 418, {}) != []
    assert differences(IMAGES, 200, {"results": [{"id": 1}]}) != []

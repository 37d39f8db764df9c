"""The public originals page: an altered picture beside its original, for everybody, and only while both are live."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
import zxingcpp
from django.conf import settings
from django.test import Client
from PIL import Image
from pytest_django import DjangoDbBlocker

from approvals.models import Channel, Release
from approvals.releases import lifecycle, originals
from assets.models import Version
from core import storage
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs
from tests.tampering import unguard
from tests.together import in_one_transaction

pytestmark = pytest.mark.django_db

STATEMENT = "This image has been digitally altered. The original, unaltered image can be seen at {original}."
PROFILE = {"caption_altered": "Virtually staged", "label_altered": "Altered", "statement": STATEMENT}


def channel(slug: str = "strict", *, needs_original: bool = True) -> Channel:
    return factories.channel(slug, rules={"needs_original": needs_original}, disclosure=PROFILE)


def staged_from(original: Version, ada: User) -> Version:
    return factories.altered(original, ada, title="Furnished room", listing=original.asset.listing)


def empty_room(ada: User) -> Version:
    listing = library.ListingFactory.create(reference="HB-1042")
    return factories.ready(ada, title="Empty room", listing=listing)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Release, Release]]:
    """A photograph and what was made from it, both live in a channel that shows them as a pair."""
    with in_one_transaction(django_db_blocker):
        ada = library.ada()
        photograph = factories.released(empty_room(ada), channel())
        yield photograph, factories.released(staged_from(photograph.version, ada), channel())


@pytest.fixture
def photograph(made: tuple[Release, Release]) -> Release:
    return Release.objects.select_related("channel", "version__asset").get(pk=made[0].pk)


@pytest.fixture
def staged(made: tuple[Release, Release]) -> Release:
    return Release.objects.select_related("channel", "version__asset").get(pk=made[1].pk)


def path(release: Release, what: str = "") -> str:
    address = originals.address(release.version.asset_id, release.version.number)
    return address.removeprefix(settings.SITE_URL) + what


def addresses(staged: Release, photograph: Release) -> list[str]:
    """All that the page consists of."""
    files = [f"files/{release.file_sha256}/" for release in (staged, photograph)]
    return [path(staged, what) for what in ("", "qr.svg", "qr.png", *files)]


def statuses(client: Client, staged: Release, photograph: Release) -> set[int]:
    return {client.get(address).status_code for address in addresses(staged, photograph)}


def words(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_it_names_the_original_beside_the_altered_picture(client: Client, staged: Release, photograph: Release) -> None:
    said = words(client, path(staged))
    altered, _, original = said.partition("Original, unaltered image</h2>")
    assert "Altered image</h2>" in altered
    assert f"files/{staged.file_sha256}/" in altered
    assert f"files/{photograph.file_sha256}/" in original
    assert STATEMENT.format(original=originals.address_of(staged.decision.dossier)) in altered
    for each in (
        "Furniture or objects added",
        "Sofa added below the window.",
        "HB-1042",
        "virtually staged with a sofa",
    ):
        assert each in said


def test_its_files_are_those_that_were_delivered(client: Client, staged: Release, photograph: Release) -> None:
    for release in (staged, photograph):
        answer = client.get(path(staged, f"files/{release.file_sha256}/"))
        assert (answer.content, answer["Content-Type"]) == (storage.read(release.file_sha256), "image/jpeg")


def test_everybody_gets_the_same_and_no_cookie(
    client: Client, staged: Release, photograph: Release, rita: User
) -> None:
    nobody = words(client, path(staged))
    client.force_login(rita)
    before = {name: cookie.value for name, cookie in client.cookies.items()}
    for address in addresses(staged, photograph):
        answer = client.get(address)
        assert (answer.status_code, answer.cookies.output()) == (200, "")
        assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("public, no-cache", "noindex, noarchive")
    assert words(client, path(staged)) == nobody
    assert {name: cookie.value for name, cookie in client.cookies.items()} == before


def test_what_is_held_already_is_not_sent_again_and_no_longer_than_it_is_live(
    client: Client, staged: Release, photograph: Release, rita: User
) -> None:
    tags = {address: client.get(address)["ETag"] for address in addresses(staged, photograph)}
    held = {address: {"if-none-match": tag} for address, tag in tags.items()}
    assert {client.get(address, headers=headers).status_code for address, headers in held.items()} == {304}
    lifecycle.withdraw(staged, "Sold.", by=rita)
    assert {client.get(address, headers=headers).status_code for address, headers in held.items()} == {410}


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_code_leads_to_the_page(client: Client, staged: Release, kind: str) -> None:
    answer = client.get(path(staged, f"qr.{kind}"))
    address = originals.address_of(staged.decision.dossier)
    if kind == "svg":
        assert (answer["Content-Type"], address in answer.content.decode()) == ("image/svg+xml", True)
        return
    picture = Image.open(io.BytesIO(answer.content))
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert (found.text, found.ec_level) == (address, "M")
    quiet = picture.convert("L").crop((0, 0, picture.width, 4 * 24))
    assert quiet.getextrema() == (255, 255)


ENDS: dict[str, Any] = {
    "the altered picture is withdrawn": lambda staged, photograph, people: lifecycle.withdraw(
        staged, "Sold.", by=people["rita"]
    ),
    "the original is withdrawn": lambda staged, photograph, people: lifecycle.withdraw(
        photograph, "The owner asked.", by=people["rita"]
    ),
    "the words of the altered one changed": lambda staged, photograph, people: verbs.describe(
        staged.version, text="Another text", decorative=False, language="en", by=people["ada"]
    ),
    "the original is named anew": lambda staged, photograph, people: verbs.rename(
        photograph.version.asset, "Hall", by=people["ada"]
    ),
    "the channel is switched off": lambda staged, photograph, people: Channel.objects.update(active=False),
    "it names another original": lambda staged, photograph, people: verbs.mark(
        staged.version,
        digital_source="compositeWithTrainedAlgorithmicMedia",
        original=factories.ready(people["ada"]),
        by=people["ada"],
    ),
}


@pytest.mark.parametrize("how", ENDS)
def test_once_one_of_them_is_not_live_both_are_gone(
    client: Client, staged: Release, photograph: Release, ada: User, rita: User, how: str
) -> None:
    assert statuses(client, staged, photograph) == {200}
    ENDS[how](staged, photograph, {"ada": ada, "rita": rita})
    assert statuses(client, staged, photograph) == {410}
    said = words(client, path(staged))
    assert "no longer published" in said
    assert [each for each in ("<img", "Furnished", "Empty room", "HB-1042", "sofa") if each in said] == []


def test_past_the_last_day_it_is_gone_by_itself(client: Client, ada: User) -> None:
    with time_machine.travel("2026-11-22T12:00:00Z"):
        original = empty_room(ada)
        first = factories.released(original, channel())
        version = staged_from(first.version, ada)
        library.complete_license(version, valid_until=date(2026, 12, 1))
        second = factories.released(Version.objects.with_dossier().get(pk=version.pk), channel())
        assert statuses(client, second, first) == {200}
    with time_machine.travel("2026-12-02T12:00:00Z"):
        assert statuses(client, second, first) == {410}


def test_what_was_never_released_cannot_be_told_from_what_never_was(client: Client, ada: User) -> None:
    draft = staged_from(factories.ready(ada), ada)
    alone = factories.released(factories.ready(ada), channel())
    known = {client.get(f"/originals/{key}/{number}/").content for key, number in (
        (draft.asset_id, 1), (alone.version.asset_id, 1), (uuid4(), 1), (draft.asset_id, 10**30),
    )}  # fmt: skip
    assert len(known) == 1
    assert b"There is nothing at this address" in known.pop()
    assert client.get(f"/originals/{draft.asset_id}/1/").status_code == 404


def test_no_other_file_is_served_whoever_knows_its_hash(client: Client, staged: Release, photograph: Release) -> None:
    hashes = [staged.version.sha256, photograph.version.sha256, "0" * 64, "x"]
    assert {client.get(path(staged, f"files/{each}/")).status_code for each in hashes} == {404}


def test_both_must_be_live_in_one_channel(client: Client, ada: User) -> None:
    here, there = channel("here", needs_original=False), channel("there", needs_original=False)
    original = factories.released(factories.ready(ada), there)
    staged = factories.released(staged_from(original.version, ada), here)
    assert client.get(path(staged)).status_code == 404
    key = factories.key(factories.site(here))
    said = client.get(f"/api/v1/images/{staged.pk}/", headers={"authorization": f"Bearer {key.text}"}).json()
    assert said["originals_page"] is None


def test_the_api_says_where_it_is_and_the_statement_with_it(client: Client, staged: Release) -> None:
    key = factories.key(factories.site(staged.channel))
    said = client.get(f"/api/v1/images/{staged.pk}/", headers={"authorization": f"Bearer {key.text}"}).json()
    address = originals.address_of(staged.decision.dossier)
    assert said["originals_page"] == {
        "url": address,
        "qr_svg": f"{address}qr.svg",
        "qr_png": f"{address}qr.png",
        "statement": STATEMENT.format(original=address),
    }
    assert said["disclosure"]["statement"] == STATEMENT


def test_people_find_its_address_and_code_with_the_release(
    client: Client, staged: Release, photograph: Release, rita: User
) -> None:
    client.force_login(rita)
    own = f"/channels/releases/{staged.pk}/"
    said = words(client, own)
    assert originals.address_of(staged.decision.dossier) in said
    assert path(staged, "qr.svg") in said
    assert "Originals page" not in words(client, f"/channels/releases/{photograph.pk}/")
    lifecycle.withdraw(photograph, "The owner asked.", by=rita)
    assert "There is no public page for it now" in words(client, own)


def test_a_damaged_file_is_said_to_be_so(client: Client, staged: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(sha256: str) -> bytes:
        raise storage.CorruptFile(sha256)

    monkeypatch.setattr(storage, "read", read)
    assert client.get(path(staged, f"files/{staged.file_sha256}/")).status_code == 503


def test_a_damaged_document_takes_the_page_away_and_breaks_nothing(client: Client, staged: Release) -> None:
    unguard()
    Release.objects.filter(pk=staged.pk).update(document_text="{")
    assert client.get(path(staged)).status_code in (404, 410)

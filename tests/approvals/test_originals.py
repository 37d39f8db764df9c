"""An altered picture beside its original: when the original leaves the channel, the picture waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoDbBlocker

from approvals.models import Channel, Event, Release
from approvals.releases import lifecycle
from assets.models import Version
from core import audit
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library_factories
from tests.assets import verbs
from tests.together import in_one_transaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict(db: None) -> Channel:
    """A channel that shows what was altered only beside its original."""
    return factories.channel("strict", rules={"needs_original": True})


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Release, Release]]:
    """A photograph and what was made from it, both released."""
    with in_one_transaction(django_db_blocker):
        ada, strict = library_factories.ada(), factories.channel("strict", rules={"needs_original": True})
        photograph = factories.released(factories.ready(ada, title="Empty room"), strict)
        yield photograph, factories.released(_staged(ada, photograph.version), strict)


@pytest.fixture
def photograph(made: tuple[Release, Release]) -> Release:
    return Release.objects.select_related("channel", "version").get(pk=made[0].pk)


@pytest.fixture
def staged(made: tuple[Release, Release]) -> Release:
    return Release.objects.select_related("channel", "version").get(pk=made[1].pk)


def _staged(ada: User, original: Version) -> Version:
    version = factories.ready(ada, title="Furnished room")
    verbs.describe(version, text="Room, virtually staged with a sofa", decorative=False, language="en", by=ada)
    verbs.mark(
        version,
        digital_source="compositeWithTrainedAlgorithmicMedia",
        alterations=["VirtualStagingItemAddition"],
        original=original,
        disclosure_note="Sofa added.",
        by=ada,
    )
    return Version.objects.with_dossier().get(pk=version.pk)


def kinds(release: Release) -> list[str]:
    return list(Event.objects.filter(release=release).order_by("sequence").values_list("kind", flat=True))


def test_withdrawing_the_original_stops_what_was_made_from_it_at_once(
    photograph: Release, staged: Release, rita: User
) -> None:
    lifecycle.withdraw(photograph, "The owner asked.", by=rita)
    assert not Release.objects.live().exists()


def test_the_channel_and_the_log_are_told_once_why(photograph: Release, staged: Release, rita: User) -> None:
    lifecycle.withdraw(photograph, "The owner asked.", by=rita)
    lifecycle.expire_due()
    lifecycle.expire_due()
    assert kinds(staged) == ["released", "paused"]
    newest = next(entry for entry in audit.history(staged.version) if entry.action == "release.paused")
    assert "its original, “Empty room, v1" in newest.words


def test_an_original_that_expires_pauses_it_too(ada: User, strict: Channel) -> None:
    original = factories.ready(ada, title="Empty room")
    library_factories.complete_license(original, valid_until=date(2026, 12, 1))
    with time_machine.travel("2026-11-22"):
        first = factories.released(Version.objects.with_dossier().get(pk=original.pk), strict)
        staged = factories.released(_staged(ada, first.version), strict)
    with time_machine.travel("2026-12-02"):
        assert not Release.objects.live().filter(pk__in=[first.pk, staged.pk]).exists()
        lifecycle.expire_due()
    assert (kinds(first), kinds(staged)) == (["released", "expired"], ["released", "paused"])


def test_new_words_of_the_original_pause_both(photograph: Release, staged: Release, ada: User) -> None:
    verbs.describe(photograph.version, text="A bare room", decorative=False, language="en", by=ada)
    lifecycle.expire_due()
    assert (kinds(photograph)[-1], kinds(staged)[-1]) == ("paused", "paused")


def test_releasing_the_original_again_brings_it_back(
    photograph: Release, staged: Release, rita: User, client: Client
) -> None:
    key = factories.key(factories.site(photograph.channel))
    lifecycle.withdraw(photograph, "A mistake.", by=rita)
    lifecycle.expire_due()
    again = factories.released(photograph.version, photograph.channel)
    lifecycle.expire_due()
    assert kinds(staged) == ["released", "paused", "resumed"]
    said = client.get(f"/api/v1/images/{staged.pk}/", headers={"authorization": f"Bearer {key.text}"}).json()
    assert said["original"] == {"image": str(again.pk), "sha256": again.version.sha256}


def test_a_site_is_told_that_it_is_not_there_for_now(
    photograph: Release, staged: Release, rita: User, client: Client
) -> None:
    key = factories.key(factories.site(photograph.channel))
    lifecycle.withdraw(photograph, "The owner asked.", by=rita)
    for address in ("", "file/"):
        answer = client.get(f"/api/v1/images/{staged.pk}/{address}", headers={"authorization": f"Bearer {key.text}"})
        assert answer.status_code == 404


def test_a_channel_that_needs_no_original_keeps_it(ada: User, rita: User) -> None:
    easy = factories.channel("easy")
    photograph = factories.released(factories.ready(ada), easy)
    staged = factories.released(_staged(ada, photograph.version), easy)
    lifecycle.withdraw(photograph, "The owner asked.", by=rita)
    lifecycle.expire_due()
    assert list(Release.objects.live().filter(channel=easy)) == [staged]


def test_withdrawing_it_elsewhere_changes_nothing_here(ada: User, strict: Channel, rita: User) -> None:
    elsewhere = factories.channel("elsewhere")
    here = factories.released(factories.ready(ada), strict, elsewhere)
    there = Release.objects.get(version=here.version, channel=elsewhere)
    here = Release.objects.get(version=here.version, channel=strict)
    staged = factories.released(_staged(ada, here.version), strict)
    lifecycle.withdraw(there, "Not there.", by=rita)
    lifecycle.expire_due()
    assert set(Release.objects.live().filter(version__in=[here.version, staged.version])) == {here, staged}


def test_people_read_what_withdrawing_takes_along_and_why_it_waits(
    photograph: Release, staged: Release, rita: User, client: Client
) -> None:
    client.force_login(rita)
    before = client.get(f"/channels/releases/{photograph.pk}/withdraw/").content.decode()
    assert "was made from this photograph" in " ".join(before.split())
    lifecycle.withdraw(photograph, "The owner asked.", by=rita)
    for address in (f"/channels/releases/{staged.pk}/", staged.version.get_absolute_url()):
        assert "only beside its original, “Empty room" in client.get(address).content.decode()


def test_an_original_that_is_approved_anew_as_something_else_is_none(
    ada: User, strict: Channel, photograph: Release, staged: Release
) -> None:
    verbs.mark(photograph.version, digital_source="trainedAlgorithmicMedia", by=ada)
    drawn = factories.released(Version.objects.get(pk=photograph.version_id), strict)
    assert [*Release.objects.live()] == [drawn]
    lifecycle.expire_due()
    assert kinds(staged) == ["released", "paused"]

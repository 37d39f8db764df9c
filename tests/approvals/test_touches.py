"""The flag that finds what is served only narrows: it lets nothing leave, and misses nothing that may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Channel, Release
from approvals.releases import lifecycle, pages
from approvals.releases.pages import Position
from assets.models import Version
from assets.models.version import EarlierSeal
from core import clock, guards
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs
from tests.share import WHOLE
from tests.together import taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

ROOMS, STEPS = (3, 60) if WHOLE else (2, 24)


def missed() -> list[Release]:
    """What is live, though its flag says that it is not."""
    return list(Release.objects.live().exclude(pk__in=Release.objects.flagged().values("pk")))


def settle_down() -> None:
    lifecycle.expire_due()
    assert not Release.objects.touched().exists()


def altered(original: Release) -> Release:
    """A picture that its channel shows only beside the released original."""
    version = factories.ready(library.ada(), title="Furnished room")
    verbs.describe(version, text="Room, virtually staged", by=library.ada())
    verbs.mark(
        version,
        digital_source="compositeWithTrainedAlgorithmicMedia",
        alterations=["VirtualStagingItemAddition"],
        original=original.version,
        disclosure_note="Sofa added.",
        by=library.ada(),
    )
    return factories.released(Version.objects.with_dossier().get(pk=version.pk), original.channel)


def test_the_sweep_takes_the_flag_off_and_a_change_sets_it_again(ada: User) -> None:
    release = factories.released(factories.ready(ada))
    words = release.version.alt_text
    settle_down()
    verbs.describe(release.version, text="A kitchen, now with a dog", by=ada)
    settle_down()
    release.refresh_from_db()
    assert (release.served, release.paused_at is None) == (False, False)
    verbs.describe(release.version, text=words, by=ada)
    assert list(Release.objects.live()) == list(Release.objects.flagged()) == [release]
    settle_down()
    release.refresh_from_db()
    assert (release.served, release.paused_at) == (True, None)


def test_an_original_that_comes_back_flags_what_was_made_from_it(ada: User) -> None:
    strict = factories.channel("strict", rules={"needs_original": True})
    photograph = factories.released(factories.ready(ada, title="Empty room"), strict)
    staged = altered(photograph)
    words = photograph.version.alt_text
    settle_down()
    verbs.describe(photograph.version, text="A bare room", by=ada)
    for _ in range(2):
        lifecycle.expire_due()
    assert not Release.objects.flagged().filter(pk=staged.pk).exists()
    verbs.describe(photograph.version, text=words, by=ada)
    assert (missed(), set(Release.objects.live())) == ([], {photograph, staged})


WRITES: dict[str, Callable[[Release], object]] = {
    "status": lambda row: Version.objects.filter(pk=row.version_id).update(status="draft"),
    "words": lambda row: Version.objects.filter(pk=row.version_id).update(dossier_hash="0" * 64),
    "format": lambda row: Version.objects.filter(pk=row.version_id).update(dossier_format=1),
    "source": lambda row: Version.objects.filter(pk=row.version_id).update(digital_source=""),
    "alterations": lambda row: Version.objects.filter(pk=row.version_id).update(alterations=["x"]),
    "seal": lambda row: EarlierSeal.objects.create(version_id=row.version_id, format=1, digest="0" * 64),
    "end": lambda row: Release.objects.filter(pk=row.pk).update(state="withdrawn", ended_at=clock.instant()),
}


def test_whatever_live_looks_at_touches_what_rests_on_it(ada: User) -> None:
    strict = factories.channel("strict", rules={"needs_original": True})
    photograph = factories.released(factories.ready(ada), strict)
    staged = altered(photograph)
    factories.released(factories.ready(ada), strict)  # which rests on nothing
    settle_down()
    touched = {}
    for name, write in WRITES.items():
        with taken_back():
            write(photograph)
            touched[name] = set(Release.objects.touched()) - {photograph}
    assert touched == {name: {staged} for name in WRITES}
    Channel.objects.filter(pk=strict.pk).update(time_zone="Pacific/Auckland")
    assert list(Release.objects.touched()) == [staged]


def test_flag_and_truth_after_random_events(ada: User, rita: User) -> None:
    """Words, titles, channels, withdrawals and days in any order, with and without a sweep between them."""
    strict = factories.channel("strict", rules={"needs_original": True})
    photographs = [factories.released(factories.ready(ada, title=f"Room {n}"), strict) for n in range(ROOMS)]
    releases = [*photographs, *map(altered, photographs)]
    texts = {release.pk: (release.version.alt_text, "Something else") for release in releases}
    random = Random(8)
    with time_machine.travel(clock.instant(), tick=False):
        for step in range(STEPS):
            release = random.choice(releases)
            version = Version.objects.get(pk=release.version_id)
            match random.randrange(12):
                case 0:
                    Channel.objects.filter(pk=strict.pk).update(active=random.random() < 0.7)
                case 1 if step > STEPS * 2 // 3 and Release.objects.filter(pk=release.pk, state="live").exists():
                    lifecycle.withdraw(release, "Sold.", by=rita)
                case 2 | 3 | 4 | 5:
                    lifecycle.expire_due()
                case _:
                    verbs.describe(version, text=random.choice(texts[release.pk]), by=ada)
            assert missed() == []
    Channel.objects.filter(pk=strict.pk).update(active=True)
    for _ in range(3):
        lifecycle.expire_due()
    assert set(Release.objects.flagged()) == set(Release.objects.live())


def test_a_sweep_with_nothing_to_do_looks_at_nothing(ada: User) -> None:
    factories.released(factories.ready(ada))
    settle_down()
    with CaptureQueriesContext(connection) as asked:
        assert lifecycle.expire_due() == 0
    assert len(asked) == 2


def test_what_fails_to_be_told_stays_touched(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    release = factories.released(factories.ready(ada))
    verbs.describe(release.version, text="A kitchen, now with a dog", by=ada)
    with monkeypatch.context() as broken:
        broken.setattr(lifecycle, "announce", None)
        assert lifecycle.expire_due() == 0
    assert list(Release.objects.touched()) == [release]
    assert lifecycle.expire_due() == 1


def test_pages_go_on_behind_a_position_and_from_a_moment(ada: User) -> None:
    channels = [factories.channel("a"), factories.channel("b")]
    releases = [factories.released(factories.ready(ada), channels[n % 2]) for n in range(4)]
    first = pages.page(channels, 2)
    assert [each.id for each in first.releases] == [each.pk for each in releases[:2]]
    assert first.next == Position(releases[1].released_at, releases[1].pk)
    rest = pages.page(channels, 9, first.next, releases[3].released_at)
    assert ([each.id for each in rest.releases], rest.next) == ([each.pk for each in releases[3:]], None)
    assert pages.page([], 9).releases == []


def test_the_touches_are_in_place_and_missed_when_they_are_not() -> None:
    assert not [name for name in guards.missing() if "touch" in name]
    guards.lift("assets_version")
    assert "guard_assets_version_touch" in guards.missing()


def test_what_is_counted_live_is_live(ada: User, rita: User) -> None:
    """With a flag that is too wide, a day that is over, and a channel that is switched off."""
    a, b = factories.channel("a"), factories.channel("b")
    version = factories.ready(ada)
    library.complete_license(version, ada, valid_until=clock.today() + timedelta(days=3))
    releases = [factories.released(version, a), *(factories.released(factories.ready(ada), a, b) for _ in range(2))]
    settle_down()
    assert Release.objects.count_live() == {a.pk: 3, b.pk: 2}
    verbs.describe(releases[1].version, text="A kitchen, now with a dog", by=ada)
    assert Release.objects.count_live() == {a.pk: 2, b.pk: 1}
    with time_machine.travel(clock.instant() + timedelta(days=5)):
        assert Release.objects.filter(channel=a).count_live() == {a.pk: 1}
    Channel.objects.filter(pk=b.pk).update(active=False)
    assert Release.objects.count_live() == {a.pk: 2}

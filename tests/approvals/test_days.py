"""A right ends with its last day where its channel is, and not before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from approvals.channels import loading
from approvals.channels.rules import BadRules
from approvals.models import Channel, Release, ReleaseState
from approvals.pages.panels import served_state
from approvals.releases import lifecycle
from approvals.reviews import services
from assets.models import Version
from core import clock
from tests.approvals import factories
from tests.assets import factories as library_factories
from tests.share import share

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 11, 30)
ZONES = ("Pacific/Auckland", "America/New_York", "America/Los_Angeles")
"""As midnight comes to them."""


def in_zone(zone: str) -> Channel:
    channel = factories.channel(zone.split("/")[1].lower())
    Channel.objects.filter(pk=channel.pk).update(time_zone=zone)
    channel.refresh_from_db()
    return channel


def ending(*channels: Channel) -> list[Release]:
    """A release in each channel whose last day is the last of November 2026, made before that."""
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        version = factories.ready()
        library_factories.complete_license(version, version.created_by, valid_until=LAST_DAY)
        factories.released(version, *channels)
        return [Release.objects.select_related("channel").get(channel=channel) for channel in channels]


def states(release: Release) -> tuple[bool, bool, bool]:
    """Whether it is live, whether it is past its last day, and whether the page says that it is live."""
    live = set(Release.objects.live().values_list("pk", flat=True))
    past = Release.objects.past_their_last_day().filter(pk=release.pk).exists()
    return release.pk in live, past, served_state(release, live) == "live"


def test_it_is_served_until_midnight_where_the_channel_is() -> None:
    for zone, release in zip(ZONES, ending(*map(in_zone, ZONES)), strict=True):
        with time_machine.travel(datetime(2026, 11, 30, 23, 30, tzinfo=ZoneInfo(zone)), tick=False):
            assert states(release) == (True, False, True)
            lifecycle.expire_due()
            release.refresh_from_db()
            assert release.state == ReleaseState.LIVE
        with time_machine.travel(datetime(2026, 12, 1, 0, 1, tzinfo=ZoneInfo(zone)), tick=False):
            assert states(release) == (False, True, False)
            lifecycle.expire_due()
            release.refresh_from_db()
            assert release.state == ReleaseState.EXPIRED


def test_at_one_moment_it_ends_in_one_channel_and_goes_on_in_another() -> None:
    west, east = in_zone("America/Los_Angeles"), in_zone("Pacific/Auckland")
    ours, theirs = ending(west, east)
    with time_machine.travel(datetime(2026, 11, 30, 20, tzinfo=UTC)):
        assert list(Release.objects.live().values_list("pk", flat=True)) == [ours.pk]
        assert list(Release.objects.past_their_last_day().values_list("pk", flat=True)) == [theirs.pk]


def test_many_zones_are_one_query() -> None:
    for zone in ZONES:
        in_zone(zone)
    with CaptureQueriesContext(connection) as asked:
        list(Release.objects.live())
    assert len(asked) == 1


def test_a_license_stands_in_the_way_only_where_its_last_day_is_over() -> None:
    version = factories.ready()
    library_factories.complete_license(version, version.created_by, valid_until=LAST_DAY)
    version = Version.objects.with_dossier().get(pk=version.pk)
    west, east = in_zone("America/Los_Angeles"), in_zone("Pacific/Auckland")
    with time_machine.travel(datetime(2026, 11, 30, 20, tzinfo=UTC)):
        assert "license_ended" not in {each.code for each in services.standing_in_the_way(version, [west])}
        assert "license_ended" in {each.code for each in services.standing_in_the_way(version, [east])}


def test_a_channel_without_a_zone_goes_by_the_teams(settings: Settings) -> None:
    settings.TEAM_TIME_ZONE = "Pacific/Auckland"
    (release,) = ending(factories.channel())
    with time_machine.travel(datetime(2026, 11, 30, 20, tzinfo=UTC)):
        assert release.channel.today == date(2026, 12, 1)
        assert states(release) == (False, True, False)


def test_every_zone_has_one_day_by_either_way() -> None:
    for hour in share(range(24), "zones", of=4):
        with time_machine.travel(datetime(2026, 11, 30, hour, 7, tzinfo=UTC), tick=False):
            elsewhere = {zone: day for day, zones in clock.days_elsewhere().items() for zone in zones}
            assert [z for z in clock.zones() if elsewhere.get(z, clock.today()) != clock.today(z)] == []


def test_a_starter_channel_in_no_known_zone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "channels.toml"
    path.write_text('[[channel]]\nslug = "a"\nname = "A"\nkind = "website"\ntime_zone = "Mars/Olympus"\n')
    with pytest.raises(BadRules, match="“a”: time_zone: “Mars/Olympus” is not a time zone"):
        loading.load(path)

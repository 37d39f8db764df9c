"""At half past eleven on the last day, where the channel is: a consent that expires, and one that was renewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from approvals.models import Channel, Event, Release, ReleaseState
from approvals.releases import lifecycle
from approvals.reviews import settling
from assets.models import Consent, Version
from assets.rights import consents
from assets.rights.consents import GivenConsent
from core.models import User
from tests.approvals import factories
from tests.approvals.test_days import LAST_DAY, ZONES, in_zone
from tests.assets import verbs

pytestmark = pytest.mark.django_db

LATER = date(2027, 11, 30)
GIVEN = GivenConsent(kind="person", name="Jo", given="yes", reach="any", may_alter="yes", valid_until=LAST_DAY)
BEFORE = datetime(2026, 11, 20, 12, tzinfo=UTC)


def shown(by: User, given: GivenConsent = GIVEN) -> tuple[Version, Consent]:
    """A complete picture of Jo, and the consent that it rests on."""
    version = verbs.say_who_is_shown(factories.ready(by), people="real", property="no", by=by)
    return version, consents.record_consent([version], given, by=by)


def at(zone: str, day: date, hour: int, minute: int) -> time_machine.travel:
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
    return time_machine.travel(moment, tick=False)


def state_of(release: Release) -> tuple[bool, str]:
    """Whether it is live, and its state once the sweep was there."""
    lifecycle.expire_due()
    kept = Release.objects.get(pk=release.pk)
    return Release.objects.live().filter(pk=release.pk).exists(), kept.state


def released(channel: Channel, by: User) -> tuple[Release, Consent]:
    with time_machine.travel(BEFORE):
        version, consent = shown(by)
        return factories.released(version, channel), consent


@pytest.mark.parametrize("zone", ZONES)
def test_a_consent_that_expires_ends_its_pictures_with_the_day_of_the_channel(zone: str, ada: User) -> None:
    release, _ = released(in_zone(zone), ada)
    with at(zone, LAST_DAY, 23, 30):
        assert state_of(release) == (True, ReleaseState.LIVE)
    with at(zone, date(2026, 12, 1), 0, 1):
        assert state_of(release) == (False, ReleaseState.EXPIRED)


@pytest.mark.parametrize("zone", ZONES)
def test_a_consent_that_was_renewed_takes_nothing_down_and_lasts_once_it_is_approved(zone: str, ada: User) -> None:
    channel = in_zone(zone)
    release, consent = released(channel, ada)
    with at(zone, LAST_DAY, 23, 30):
        consents.renew_consent(consent, LATER, by=ada)
        assert state_of(release) == (True, ReleaseState.LIVE)
        review = factories.review(Version.objects.get(pk=release.version_id), channel)
        assert state_of(release) == (True, ReleaseState.LIVE)
        settling.settle(factories.decide(review))
    with at(zone, date(2026, 12, 1), 0, 1):
        assert state_of(release) == (False, ReleaseState.WITHDRAWN)
        longer = Release.objects.live().get(channel=channel)
        assert (longer.version, longer.valid_until) == (release.version, LATER)


@pytest.mark.parametrize("zone", ZONES)
def test_what_nobody_approved_anew_ends_on_the_day_that_was_decided(zone: str, ada: User) -> None:
    """The document says until when it may be shown, and what leaves is what was decided."""
    release, consent = released(in_zone(zone), ada)
    with at(zone, LAST_DAY, 23, 30):
        consents.renew_consent(consent, LATER, by=ada)
    with at(zone, date(2026, 12, 1), 0, 1):
        assert state_of(release) == (False, ReleaseState.EXPIRED)


def test_a_renewal_is_no_cover_for_another_change(ada: User) -> None:
    version, consent = shown(ada, replace(GIVEN, valid_until=date(2099, 1, 1)))
    release = factories.released(version)
    consents.renew_consent(consent, None, by=ada)
    assert state_of(release) == (True, ReleaseState.LIVE)
    words = version.alt_text
    verbs.describe(version, text="A palace", by=ada)
    assert state_of(release) == (False, ReleaseState.LIVE)
    verbs.describe(version, text=words, by=ada)
    assert state_of(release) == (True, ReleaseState.LIVE)


def test_a_consent_that_becomes_narrower_pauses_what_was_decided(ada: User) -> None:
    version, consent = shown(ada, replace(GIVEN, valid_until=None))
    release = factories.released(version)
    consents.change_consent(consent, replace(GIVEN, valid_until=None, may_alter="no"), by=ada)
    assert state_of(release) == (False, ReleaseState.LIVE)
    assert Event.objects.filter(release=release).latest("sequence").kind == "paused"

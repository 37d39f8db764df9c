"""A picture that is pulled for rights is gone at every door at once, and so are the same bytes wherever they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import Event, Release, ReleaseState
from approvals.releases import lifecycle
from approvals.reviews import services
from assets.models import RightsWithdrawal, Version
from assets.models.version import Status
from assets.rights import consents, withdrawals
from core import storage
from core.errors import Blocked
from core.models import LogEntry, User
from tests.approvals import factories
from tests.approvals.test_api import EVENTS, Site, url
from tests.approvals.test_consent_situations import GIVEN, shown
from tests.approvals.test_touches import altered
from tests.approvals.test_workflow import refuses
from tests.assets import factories as library
from tests.browsing import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


LASTING = replace(GIVEN, valid_until=None)


def twin_of(version: Version, by: User) -> Version:
    """Another picture with the same bytes."""
    return factories.ready(by, title="The same kitchen", data=storage.read(version.sha256))


def answers(bricks: Site, release: Release) -> tuple[int, int, bool]:
    """How the document and the file answer, and whether the list has it."""
    doors = (bricks.get(url(release)).status_code, bricks.get(url(release, "file")).status_code)
    return (*doors, str(release.pk) in bricks.ids())


@pytest.fixture
def bricks(db: None) -> Site:
    return Site(factories.key(factories.site(factories.channel())).text)


def test_a_revoked_consent_answers_410_at_once_and_ends_the_releases(ada: User, bricks: Site) -> None:
    version, consent = shown(ada, LASTING)
    release = factories.released(version)
    assert answers(bricks, release) == (200, 200, True)
    consents.revoke_consent(consent, "She wrote on Monday.", by=ada)
    assert answers(bricks, release) == (410, 410, False)
    lifecycle.expire_due()
    release.refresh_from_db()
    assert (release.state, release.end_reason) == (ReleaseState.WITHDRAWN, "The consent of Jo was revoked.")
    assert Event.objects.filter(release=release).latest("sequence").kind == "withdrawn"
    assert bricks.get(EVENTS).json()["results"][-1]["kind"] == "withdrawn"
    assert Version.objects.get(pk=version.pk).status == Status.WITHDRAWN
    assert answers(bricks, release) == (410, 410, False)


def test_one_that_was_paused_before_ends_too(ada: User, bricks: Site) -> None:
    version, consent = shown(ada, LASTING)
    release = factories.released(version)
    library.complete_license(version, ada, holder="Somebody else")
    lifecycle.expire_due()
    assert Release.objects.get(pk=release.pk).paused_at is not None
    consents.revoke_consent(consent, "She wrote on Monday.", by=ada)
    assert answers(bricks, release) == (410, 410, False)
    lifecycle.expire_due()
    assert Release.objects.get(pk=release.pk).state == ReleaseState.WITHDRAWN


def test_a_consent_that_is_taken_back_is_gone_as_well(ada: User, bricks: Site) -> None:
    version, consent = shown(ada, LASTING)
    release = factories.released(version)
    given = consents.GivenConsent.of(consent)
    consents.change_consent(consent, replace(given, given="no"), by=ada)
    assert answers(bricks, release) == (410, 410, False)


def test_the_same_bytes_elsewhere_share_their_fate(ada: User, rita: User, bricks: Site) -> None:
    first = factories.released(factories.ready(ada))
    second = factories.released(twin_of(first.version, ada))
    other = factories.released(factories.ready(ada))
    lifecycle.withdraw(first, "The owner objected.", for_rights=True, by=rita)
    second.refresh_from_db()
    assert second.state == ReleaseState.WITHDRAWN
    assert second.end_reason == f"The owner objected. It is the same picture as “{first.version}”."
    assert str(first.version) in LogEntry.objects.filter(action="release.withdrawn").latest("pk").words
    assert [answers(bricks, each)[0] for each in (first, second, other)] == [410, 410, 200]


def test_withdrawn_for_another_reason_it_is_nobody_elses_matter(ada: User, rita: User) -> None:
    first = factories.released(factories.ready(ada))
    second = factories.released(twin_of(first.version, ada))
    lifecycle.withdraw(first, "Sold.", by=rita)
    assert Release.objects.live().get() == second
    assert not RightsWithdrawal.objects.exists()


def test_the_same_bytes_come_back_by_rights_that_are_named_and_decided_on(ada: User, rita: User, bricks: Site) -> None:
    first = factories.released(factories.ready(ada))
    lifecycle.withdraw(first, "The owner objected.", for_rights=True, by=rita)
    again = twin_of(first.version, ada)
    with refuses(Blocked, "Name the license or consent") as refused:
        services.submit(again, [factories.channel()], "", by=ada)
    assert [finding.code for finding in refused.value.findings] == ["rights_withdrawn_elsewhere"]
    withdrawals.name_new_rights(again, "Bought from the owner on May 4", by=ada)
    back = factories.released(Version.objects.get(pk=again.pk))
    assert [answers(bricks, each)[0] for each in (first, back)] == [410, 200]
    assert lifecycle.expire_due() == 0


def test_an_original_that_is_pulled_for_rights_takes_along_what_is_shown_beside_it(ada: User, rita: User) -> None:
    strict = factories.channel("strict", rules={"needs_original": True})
    photograph = factories.released(factories.ready(ada, title="Empty room"), strict)
    staged = altered(photograph)
    lifecycle.withdraw(photograph, "The owner objected.", for_rights=True, by=rita)
    assert not Release.objects.live().filter(pk=staged.pk).exists()


def test_the_page_asks_whether_it_is_for_rights_and_assumes_nothing(ada: User, rita: User) -> None:
    release = factories.released(factories.ready(ada))
    browser: Client = browser_of(rita)
    address = reverse("approvals:withdraw", args=[release.pk])
    assert browser.post(address, {"reason": "The owner objected."}).status_code == 422
    assert browser.post(address, {"kind": "rights", "reason": "The owner objected."}).status_code == 302
    assert RightsWithdrawal.objects.get().sha256 == release.version.sha256


def test_the_page_of_the_same_picture_says_so_and_takes_the_new_rights(ada: User, rita: User) -> None:
    first = factories.released(factories.ready(ada))
    lifecycle.withdraw(first, "The owner objected.", for_rights=True, by=rita)
    again, browser = twin_of(first.version, ada), browser_of(ada)
    page = browser.get(again.get_absolute_url()).content.decode()
    assert f'href="{first.version.get_absolute_url()}"' in page
    address = reverse("assets:new_rights", args=[again.asset_id, again.number])
    assert browser.post(address, {"rights-words": ""}).status_code == 422
    browser.post(address, {"rights-words": "Bought on May 4"})
    assert list(Version.objects.get(pk=again.pk).new_rights.values()) == ["Bought on May 4"]

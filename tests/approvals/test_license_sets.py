"""License sets: many pictures share one, and a renewal takes nothing down that stays inside what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Event, Release
from approvals.pages import pauses
from approvals.releases import lifecycle
from assets.library import verification
from assets.models import Answer, Contributor, Decided, License, LicenseSet, Part, Question, Version
from assets.models.limits import Limits, covers
from assets.rights import license_sets, licenses
from assets.rights.license_sets import SetFacts
from assets.rights.licenses import GivenAnswer, LicenseFacts
from assets.versions import dossier
from assets.versions.renewal import license_allows_all
from core import storage
from core.errors import Blocked
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs
from tests.share import WHOLE

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

ENDS = date(2030, 3, 31)
ANSWERS = library.YES | {Question.TERM: GivenAnswer(Answer.NO, "", "contract of January")}


def jane(**limits: Any) -> SetFacts:
    """What Jane Roe allows in 2026."""
    allowed = Limits(may_alter="no", **limits)
    said = LicenseFacts(holder="Jane Roe", attribution="Jane Roe", valid_until=ENDS, limits=allowed)
    return SetFacts(name="Jane Roe Photography 2026", answers=ANSWERS, facts=said)


def until(said: SetFacts, day: date | None) -> SetFacts:
    return replace(said, facts=replace(said.facts, valid_until=day))


def within(said: SetFacts, **limits: Any) -> SetFacts:
    return replace(said, facts=replace(said.facts, limits=replace(said.facts.limits, **limits)))


@pytest.fixture
def shared(ada: User) -> LicenseSet:
    return license_sets.create_set(jane(), by=ada)


def of_the_set(shared: LicenseSet, ada: User, count: int = 1) -> list[Version]:
    versions = [library.ready_version(ada) for _ in range(count)]
    return license_sets.apply_set(versions, shared, by=ada)


def released(shared: LicenseSet, ada: User) -> Release:
    [version] = of_the_set(shared, ada)
    return factories.released(Version.objects.with_dossier().get(pk=version.pk))


def is_live(release: Release) -> bool:
    return Release.objects.live().filter(pk=release.pk).exists()


def test_many_pictures_share_a_set_and_change_with_it(shared: LicenseSet, ada: User) -> None:
    versions = of_the_set(shared, ada, 3)
    license_sets.change_set(shared, replace(jane(), facts=replace(jane().facts, notice="© 2026 Jane Roe")), by=ada)
    for version in Version.objects.with_dossier().filter(pk__in=[each.pk for each in versions]):
        assert dossier.facts(version)["license"]["notice"] == "© 2026 Jane Roe"
        assert dossier.is_intact(version)
    assert list(verification.walk(Counter())) == []


def test_whoever_answered_a_set_cannot_decide_on_any_picture_of_it(shared: LicenseSet, ada: User, rita: User) -> None:
    library.give(rita, "assets.edit_library")
    license_sets.change_set(shared, until(jane(), date(2035, 3, 31)), by=User.objects.get(pk=rita.pk))
    [version] = of_the_set(shared, ada)
    assert Contributor.objects.filter(version=version, person=rita, part=Part.RIGHTS).exists()
    with pytest.raises(PermissionDenied):
        factories.decide(factories.review(Version.objects.with_dossier().get(pk=version.pk)), by=rita)


def test_a_change_asks_no_more_of_the_database_for_more_pictures(shared: LicenseSet, ada: User) -> None:
    asked = []
    for count, day in ((2, date(2031, 1, 1)), (4, date(2032, 1, 1))):
        of_the_set(shared, ada, count)
        with CaptureQueriesContext(connection) as queries:
            license_sets.change_set(shared, until(jane(), day), by=ada)
        asked.append(len([each for each in queries if each["sql"].startswith("SELECT")]))
    assert asked[0] == asked[1]


def test_answering_a_picture_by_itself_takes_it_out_of_its_set(shared: LicenseSet, ada: User) -> None:
    [version] = of_the_set(shared, ada)
    verbs.answer_license(version, {}, holder="Somebody else", by=ada)
    assert License.objects.get(version=version).set is None
    license_sets.change_set(shared, until(jane(), None), by=ada)
    assert License.objects.get(version=version).holder == "Somebody else"


def test_a_set_that_was_put_away_is_given_to_nobody_and_its_name_is_taken(shared: LicenseSet, ada: User) -> None:
    with pytest.raises(Blocked, match="already"):
        license_sets.create_set(replace(jane(), name="jane roe photography 2026"), by=ada)
    license_sets.change_set(shared, replace(jane(), active=False), by=ada)
    with pytest.raises(Blocked, match="not in use"):
        of_the_set(shared, ada)


# Renewals


def test_a_renewal_takes_nothing_down_and_promises_no_more_than_was_decided(shared: LicenseSet, ada: User) -> None:
    release, events = released(shared, ada), Event.objects.count()
    lifecycle.expire_due()
    license_sets.change_set(shared, until(jane(), date(2035, 3, 31)), by=ada)
    lifecycle.expire_due()
    release.refresh_from_db()
    assert (is_live(release), release.paused_at, release.valid_until) == (True, None, ENDS)
    assert release.document.license.valid_until == ENDS
    assert Event.objects.count() == events
    call_command("verify")


def test_more_evidence_takes_nothing_down_and_is_told_before(ada: User) -> None:
    shared = license_sets.create_set(jane(kinds=("website", "brochure")), by=ada)
    release = released(shared, ada)
    license_sets.add_evidence(shared, "Contract.pdf", storage.put(b"We agree."), by=ada)
    shared.refresh_from_db()
    assert is_live(release)
    more = replace(until(jane(), None), evidence=tuple(shared.evidence))
    less = replace(jane(kinds=("brochure",)), evidence=tuple(shared.evidence))
    told = [pauses.of_licensing(shared, said) for said in (more, less)]
    assert [(each.stays, each.stops) for each in told] == [(1, 0), (0, 1)]
    assert "1 live place stops" in told[1].words


@pytest.mark.parametrize(
    "narrower",
    [
        until(jane(), date(2029, 12, 31)),
        jane(territories=("US-CA",)),
        jane(listing_only="HB-7"),
        jane(exclusive_elsewhere="Coastal Living"),
        replace(jane(), facts=replace(jane().facts, attribution="Jane Roe Studio")),
        replace(jane(), answers=ANSWERS | {Question.SUBLICENSE: GivenAnswer(Answer.NO, "", "our own work")}),
        replace(jane(), answers=ANSWERS | {Question.OWNERSHIP: GivenAnswer(Answer.YES, "", "hearsay")}),
    ],
    ids=["sooner", "territory", "listing", "exclusive", "credit", "sublicense", "source"],
)
def test_what_allows_less_or_says_otherwise_pauses_until_it_is_as_before(
    narrower: SetFacts, shared: LicenseSet, ada: User
) -> None:
    release = released(shared, ada)
    license_sets.change_set(shared, narrower, by=ada)
    assert not is_live(release)
    license_sets.change_set(shared, until(jane(), None), by=ada)
    assert is_live(release)


def test_a_renewal_hides_no_other_change(shared: LicenseSet, ada: User) -> None:
    release = released(shared, ada)
    license_sets.change_set(shared, until(jane(), None), by=ada)
    verbs.describe(release.version, text="Another kitchen", by=ada)
    assert not is_live(release)


PLACES, KINDS, DAYS = ("US-CA", "US-NV", "DE"), ("website", "listing_site"), (date(2029, 1, 1), ENDS, date(2033, 1, 1))


def uses(said: SetFacts) -> Iterator[tuple[str, str, date, str, str]]:
    """Each single use that a license allows, counted out by hand."""
    limits, last = said.facts.limits, said.facts.valid_until
    for place, kind, day, listing, altered in product(PLACES, KINDS, DAYS, ("HB-1", "HB-2"), ("yes", "no")):
        if (
            (not limits.territories or covers(limits.territories, place))
            and (not limits.kinds or kind in limits.kinds)
            and (last is None or day <= last)
            and limits.listing_only in ("", listing)
            and (altered == "no" or limits.may_alter == "yes")
        ):
            yield place, kind, day, listing, altered


def any_license(random: Random) -> SetFacts:
    limits = {
        "territories": random.choice(((), (), ("US",), ("US-CA",), ("US-CA", "US-NV"))),
        "kinds": random.choice(((), (), ("website",), KINDS)),
        "listing_only": random.choice(("", "", "", "HB-1")),
        "may_alter": random.choice(("yes", "no")),
    }
    return within(until(jane(), random.choice((None, *DAYS))), **limits)


def test_after_any_changes_a_release_is_live_exactly_where_all_that_was_decided_is_still_allowed(
    shared: LicenseSet, ada: User
) -> None:
    random, release = Random(9), released(shared, ada)
    decided = set(uses(jane()))
    for _ in range(200 if WHOLE else 25):
        now = any_license(random)
        license_sets.change_set(shared, now, by=ada)
        if random.random() < 0.3:
            lifecycle.expire_due()
        live = is_live(release)
        assert live <= (decided <= set(uses(now))), now
        assert live == license_allows_all(license_sets.facts_of(now), license_sets.facts_of(jane())), now
        assert live <= Release.objects.flagged().filter(pk=release.pk).exists()
    assert Decided.objects.count() == 1
    call_command("verify")


def test_what_is_wider_allows_each_use_and_what_allows_each_is_wider() -> None:
    """Over the whole of a small world, but for codes that only together cover a country."""
    random = Random(4)
    for _ in range(3_000):
        one, other = any_license(random), any_license(random)
        wider = license_allows_all(license_sets.facts_of(one), license_sets.facts_of(other))
        assert wider <= (set(uses(other)) <= set(uses(one))), (one, other)


def test_a_license_of_a_picture_says_as_much_as_its_set(shared: LicenseSet, ada: User) -> None:
    [version] = of_the_set(shared, ada)
    assert version.license is not None
    assert licenses.answers_of(version.license) == licenses.answers_of(shared)
    License.objects.filter(pk=version.license.pk).update(holder="Forged")
    assert any("not that of its set" in each for each in verification.walk(Counter()))

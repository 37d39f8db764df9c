"""Consents are kept once: what they say, how far they go, and what one renewal or revocation does to all pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assets.models import Consent, RightsWithdrawal, Version, WiderSeal
from assets.rights import consents, evidence, withdrawals
from assets.rights.consents import GivenConsent, is_wider
from assets.versions import dossier
from core import storage
from core.errors import Blocked, InvalidTransition
from core.models import User
from tests.assets import factories, verbs

pytestmark = pytest.mark.django_db

SUMMER, WINTER = date(2027, 6, 30), date(2027, 12, 31)
GIVEN = GivenConsent(
    kind="person", name="Jo", given="yes", reach="any", may_alter="yes", to_providers="no", valid_until=SUMMER
)
LIMITED = replace(GIVEN, reach="limited", channel_kinds=["website"], purposes=["marketing"])


def reread(version: Version) -> Version:
    return Version.objects.with_dossier().get(pk=version.pk)


def shown(version: Version, by: User) -> Version:
    """A picture with a real person in it, that nothing else is missing from."""
    return reread(verbs.say_who_is_shown(version, people="real", property="no", by=by))


def codes(version: Version, on: date = SUMMER) -> list[str]:
    return [finding.code for finding in consents.findings(reread(version), on)]


def codes_in(version: Version, kind: str, *names: str) -> list[str]:
    return [finding.code for finding in consents.findings_in(reread(version), kind, names)]


@pytest.fixture
def two(ada: User) -> list[Version]:
    return [shown(factories.ready_version(ada), ada) for _ in range(2)]


def test_one_record_serves_many_pictures(two: list[Version], ada: User) -> None:
    kept = consents.record_consent(two[:1], GIVEN, by=ada)
    assert [codes(version) for version in two] == [[], ["consent_people_missing"]]
    consents.apply_consent(kept, two, by=ada)
    assert [codes(version) for version in two] == [[], []]
    assert Consent.objects.count() == 1
    consents.remove_consent(kept, two[:1], by=ada)
    assert [codes(version) for version in two] == [["consent_people_missing"], []]


def test_whoever_answered_for_it_contributed_to_every_picture_that_rests_on_it(
    two: list[Version], ada: User, max_: User
) -> None:
    kept = consents.record_consent([], GIVEN, by=max_)
    consents.apply_consent(kept, two, by=ada)
    assert all(version.contributors.filter(person=max_, part="rights").exists() for version in two)


def test_a_listings_consent_is_for_every_picture_of_it_now_and_later(ada: User, max_: User) -> None:
    listing = factories.ListingFactory.create()
    before = factories.ready_version(ada, listing=listing)
    given = replace(GIVEN, kind="listing", name="The owner", listing=listing)
    kept = consents.record_consent([], given, by=max_)
    after = factories.ready_version(ada, listing=listing)
    for version in (before, after):
        verbs.say_who_is_shown(version, people="no", property="yes", by=ada)
        assert (codes(version), dossier.is_intact(reread(version))) == ([], True)
        assert version.contributors.filter(person=max_, part="rights").exists()
    with pytest.raises(InvalidTransition, match="every picture of the listing"):
        consents.apply_consent(kept, [before], by=ada)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"reach": "unknown"}, ["consent_reach_unknown"]),
        ({"given": "no"}, ["consent_not_given"]),
        ({"given": "unknown"}, ["consent_not_given"]),
        ({"valid_until": date(2027, 6, 29)}, ["consent_ended"]),
        ({"may_alter": "no"}, []),
    ],
)
def test_what_is_not_known_to_be_allowed_blocks(
    said: dict[str, Any], found: list[str], two: list[Version], ada: User
) -> None:
    consents.record_consent(two[:1], replace(GIVEN, **said), by=ada)
    assert codes(two[0]) == found


@pytest.mark.parametrize(
    ("answer", "found"),
    [("yes", []), ("no", ["consent_no_alteration"]), ("unknown", ["consent_alteration_unknown"])],
)
def test_an_altered_picture_needs_a_consent_that_allows_that(
    answer: str, found: list[str], two: list[Version], ada: User
) -> None:
    consents.record_consent(two[:1], replace(GIVEN, may_alter=answer), by=ada)
    verbs.mark(two[0], digital_source="compositeWithTrainedAlgorithmicMedia", alterations=["ModelHome"], by=ada)
    assert codes(two[0]) == found


@pytest.mark.parametrize(
    ("said", "channel", "found"),
    [
        ({}, ("website", "house"), []),
        ({}, ("brochure", "house"), ["consent_channel_refused"]),
        ({"channels": ["House site"]}, ("report", "house", "House Site"), []),
        ({"channel_kinds": [], "purposes": ["print"]}, ("brochure", "house"), []),
        ({"channel_kinds": [], "purposes": ["print"]}, ("website", "house"), ["consent_purpose_refused"]),
        ({"territories": ["Ohio"]}, ("website", "house"), ["consent_territory_limited"]),
    ],
)
def test_the_limits_are_held_against_the_channel(
    said: dict[str, Any], channel: tuple[str, ...], found: list[str], two: list[Version], ada: User
) -> None:
    consents.record_consent(two[:1], replace(LIMITED, **said), by=ada)
    assert codes_in(two[0], *channel) == found


@pytest.mark.parametrize(
    ("before", "after", "is_so"),
    [
        (GIVEN, replace(GIVEN, valid_until=WINTER), True),
        (GIVEN, replace(GIVEN, valid_until=None), True),
        (replace(GIVEN, valid_until=None), GIVEN, False),
        (replace(GIVEN, valid_until=WINTER), GIVEN, False),
        (GIVEN, replace(GIVEN, to_providers="yes"), True),
        (GIVEN, replace(GIVEN, may_alter="no"), False),
        (GIVEN, replace(GIVEN, name="Joe"), False),
        (GIVEN, replace(GIVEN, given="no"), False),
        (GIVEN, LIMITED, False),
        (LIMITED, GIVEN, True),
        (LIMITED, replace(LIMITED, channel_kinds=["website", "social"]), True),
        (LIMITED, replace(LIMITED, channel_kinds=["social"]), False),
        (LIMITED, replace(LIMITED, channel_kinds=[]), True),
        (LIMITED, replace(LIMITED, territories=["Ohio"]), False),
        (GIVEN, replace(GIVEN, files=[{"sha256": "0" * 64}]), True),
        (replace(GIVEN, files=[{"sha256": "0" * 64}]), GIVEN, False),
    ],
)
def test_what_is_wider(before: GivenConsent, after: GivenConsent, is_so: bool) -> None:
    assert is_wider(before, after) is is_so


def test_a_renewal_renews_for_all_at_once_and_keeps_what_was_decided(two: list[Version], ada: User) -> None:
    kept = consents.record_consent(two, GIVEN, by=ada)
    decided = {version.pk: reread(version).dossier_hash for version in two}
    for until in (WINTER, None):
        consents.renew_consent(kept, until, by=ada)
    for version in two:
        assert codes(version, WINTER) == []
        now = reread(version).dossier_hash
        assert now != decided[version.pk]
        assert WiderSeal.objects.filter(version=version, decided=decided[version.pk], now=now).exists()


def test_what_was_tampered_with_is_not_kept_by_a_renewal(two: list[Version], ada: User) -> None:
    kept = consents.record_consent(two, GIVEN, by=ada)
    Version.objects.filter(pk=two[0].pk).update(alt_text="A palace")
    consents.renew_consent(kept, WINTER, by=ada)
    assert set(WiderSeal.objects.values_list("version", flat=True)) == {two[1].pk}


def test_a_revoked_consent_stays_so_and_blocks_every_picture(two: list[Version], ada: User) -> None:
    kept = consents.record_consent(two, GIVEN, by=ada)
    with pytest.raises(Blocked):
        consents.revoke_consent(kept, " ", by=ada)
    consents.revoke_consent(kept, "She wrote on Monday.", by=ada)
    assert all("consent_revoked" in codes(version) for version in two)
    assert RightsWithdrawal.objects.count() == 2
    with pytest.raises(InvalidTransition, match="was revoked"):
        consents.renew_consent(kept, WINTER, by=ada)


def test_an_archived_picture_stays_whole_when_its_consent_changes(two: list[Version], ada: User) -> None:
    kept = consents.record_consent(two, GIVEN, by=ada)
    verbs.archive(two[0], by=ada)
    consents.renew_consent(kept, WINTER, by=ada)
    assert dossier.is_intact(reread(two[0]))


def test_bytes_whose_rights_ended_come_back_only_by_a_right_that_came_later(two: list[Version], ada: User) -> None:
    version = two[0]
    kept = consents.record_consent([version], GIVEN, by=ada)
    consents.revoke_consent(kept, "She wrote on Monday.", by=ada)
    again = shown(factories.VersionFactory.create(by=ada, data=_bytes_of(version)), ada)
    assert "rights_withdrawn_elsewhere" in codes(again)
    Version.objects.filter(pk=again.pk).update(license=None)
    with pytest.raises(Blocked, match="Neither its license nor a consent"):
        withdrawals.name_new_rights(again, "The old one", by=ada)
    consents.record_consent([again], replace(GIVEN, valid_until=WINTER), by=ada)
    withdrawals.name_new_rights(again, "Her release of May 4", by=ada)
    assert codes(again) == ["rights_withdrawn_answered"]
    assert dossier.facts(reread(again))["consents"]["new_rights"] != []


def _bytes_of(version: Version) -> bytes:
    return storage.read(version.sha256)


@pytest.mark.parametrize("data", [b"", b"MZ\x90 a program", b"<html>", b"%PDF" + b"x" * evidence.LARGEST])
def test_what_is_no_document_is_not_kept(data: bytes) -> None:
    with pytest.raises(evidence.Refused):
        evidence.keep(data, "signed.pdf")


def test_a_document_and_a_picture_of_one_are_kept() -> None:
    kinds = [evidence.keep(data, "signed")["media_type"] for data in (b"%PDF-1.7 signed", factories.picture())]
    assert kinds == ["application/pdf", "image/png"]

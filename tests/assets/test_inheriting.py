"""What a version takes over from the one it was made from, and that it is marked until somebody looks at it."""

from __future__ import annotations

import pytest

from assets.library import inheriting, readiness
from assets.models import AltText, Origin, Part, Version
from assets.models.limits import Limits
from assets.provenance.data import ProvenanceData
from assets.rights import consents, license_sets, licenses
from assets.rights.consents import GivenConsent
from assets.rights.license_sets import SetFacts
from assets.rights.licenses import LicenseFacts, answers_of
from assets.versions import dossier
from core import clock
from core.models import User
from tests.assets import factories, verbs

pytestmark = pytest.mark.django_db

JO = GivenConsent(kind="person", name="Jo", given="yes", reach="any", may_alter="yes")


@pytest.fixture
def first(ada: User) -> Version:
    version = factories.ready_version(ada)
    verbs.describe(version, text="A kitchen.", further={"fr": "Une cuisine."}, long="Two doors.", by=ada)
    consents.record_consent([version], JO, by=ada)
    verbs.say_who_is_shown(version, people="real", property="no", by=ada)
    return reread(version)


def reread(version: Version) -> Version:
    return Version.objects.with_dossier().get(pk=version.pk)


def next_of(version: Version, by: User, **more: object) -> Version:
    return reread(factories.VersionFactory.create(by=by, asset=version.asset, parent=version, **more))


def codes(version: Version) -> list[str]:
    return [each.code for each in readiness.findings(reread(version), clock.today()) if "carried" in each.code]


def test_words_license_people_and_consents_come_along_and_are_marked(first: Version, max_: User) -> None:
    second = next_of(first, max_)
    now, before = dossier.facts(second), dossier.facts(first)
    assert [now[part] for part in ("alt_text", "license", "consents")] == [
        before[part] for part in ("alt_text", "license", "consents")
    ]
    assert now["carried_over"] == ["alt_text", "consents", "license"]
    assert second.license_id != first.license_id
    assert codes(second) == ["carried_over_alt_text", "carried_over_license", "carried_over_consents"]
    assert "from v1" in inheriting.sentence(second, "alt_text")
    assert dossier.is_intact(second)


def test_whoever_wrote_them_contributed_to_the_new_version(first: Version, ada: User, max_: User) -> None:
    second = next_of(first, max_)
    assert {Part.WORDS, Part.RIGHTS} <= set(second.contributors.filter(person=ada).values_list("part", flat=True))


def test_saving_a_part_unchanged_says_that_it_still_fits(first: Version, max_: User) -> None:
    second = next_of(first, max_)
    verbs.describe(second, text="A kitchen.", long="Two doors.", by=max_)
    assert codes(second) == ["carried_over_license", "carried_over_consents"]
    assert second.contributors.filter(person=max_, part=Part.WORDS).exists()
    verbs.say_who_is_shown(second, people="real", property="no", by=max_)
    assert codes(second) == ["carried_over_license"]
    factories.complete_license(second, max_)
    assert codes(second) == []
    assert AltText.objects.get(version=second).text == "Une cuisine."


def test_how_it_was_made_is_never_carried_over(ada: User) -> None:
    first = verbs.mark(factories.ready_version(ada), digital_source="digitalCapture", disclosure_note="As is", by=ada)
    second = next_of(first, ada)
    assert (second.digital_source, second.disclosure_note, second.alterations) == ("", "", [])


def test_a_picture_under_terms_of_its_own_keeps_the_limits_of_its_source(ada: User) -> None:
    first = factories.ready_version(ada)
    licenses.answer_license([first], {}, LicenseFacts(holder="Jane Roe", limits=Limits(may_alter="no")), by=ada)
    made = ProvenanceData(provider_name="A provider", terms=factories.TermsFactory.create())
    second = next_of(reread(first), ada, origin=Origin.GENERATED, provenance=made)
    assert second.license is not None
    assert (second.license.limits["may_alter"], second.license.holder) == ("no", "")
    assert answers_of(second.license) == answers_of(made.terms)


def test_a_license_of_a_set_stays_one_of_the_set(first: Version, ada: User) -> None:
    shared = license_sets.create_set(SetFacts(name="Jane Roe 2026", facts=LicenseFacts(holder="Jane Roe")), by=ada)
    license_sets.apply_set([first], shared, by=ada)
    second = next_of(reread(first), ada)
    assert second.license is not None
    assert (second.license.set, second.license.holder) == (shared, "Jane Roe")
    license_sets.apply_set([second], shared, by=ada)
    assert "carried_over_license" not in codes(second)


def test_nothing_is_marked_where_nothing_was_said(ada: User) -> None:
    second = next_of(reread(factories.VersionFactory.create(by=ada)), ada)
    assert second.carried_over == []

"""What is stated of a picture fits together: source type, alterations, and the original that it was made from."""

from __future__ import annotations

import pytest

from assets.models import DigitalSource, Origin, Version
from assets.models.version import COMPOSITES, DRAWN, PHOTOGRAPHS
from assets.provenance import disclosure
from assets.provenance.forms import DisclosureForm, originals_for
from core.models import User
from tests.assets import factories, verbs

pytestmark = pytest.mark.django_db

STAGED = ["VirtualStagingItemAddition"]
IPTC = 17
"""Digital source types that are not retired (IPTC NewsCodes, read 2026-11-22)."""


@pytest.fixture
def photograph(ada: User) -> Version:
    return factories.VersionFactory.create(by=ada, digital_source="digitalCapture")


def codes(version: Version) -> list[str]:
    return [finding.code for finding in disclosure.findings(Version.objects.with_dossier().get(pk=version.pk))]


def test_every_source_type_can_be_stated(photograph: Version) -> None:
    choices = dict(DisclosureForm.of(photograph).fields["digital_source"].choices)  # type: ignore[attr-defined] # a choice
    assert len(choices.keys() - {""}) == IPTC
    assert {*PHOTOGRAPHS, *COMPOSITES, *DRAWN, DigitalSource.GENERATED} == choices.keys() - {""}


@pytest.mark.parametrize("source", [*PHOTOGRAPHS, *DRAWN, DigitalSource.GENERATED])
def test_alterations_go_with_pictures_that_somebody_or_something_changed(
    source: str, photograph: Version, ada: User
) -> None:
    altered = factories.VersionFactory.create(by=ada)
    verbs.mark(altered, digital_source=source, alterations=STAGED, original=photograph, by=ada)
    wanted = "altered_is_no_capture" if source in PHOTOGRAPHS else "generated_is_not_altered"
    assert codes(altered) == ([] if source == DigitalSource.HUMAN_EDITS else [wanted])


@pytest.mark.parametrize("source", COMPOSITES)
def test_what_is_put_together_says_what_was_altered_and_has_its_original(source: str, ada: User) -> None:
    altered = factories.VersionFactory.create(by=ada)
    verbs.mark(altered, digital_source=source, by=ada)
    assert codes(altered) == ["alterations_missing", "original_missing"]


def staged(photograph: Version, by: User, **options: object) -> Version:
    made = factories.VersionFactory.create(by=by, **options)
    verbs.mark(made, digital_source="composite", alterations=STAGED, original=photograph, same_view=False, by=by)
    return made


def test_an_original_from_elsewhere_is_confirmed_by_a_person(photograph: Version, ada: User) -> None:
    made = staged(photograph, ada)
    assert codes(made) == ["original_not_confirmed"]
    verbs.mark(made, digital_source="composite", alterations=STAGED, original=photograph, by=ada)
    assert codes(made) == []


def test_what_was_made_here_from_it_needs_no_confirmation(photograph: Version, ada: User) -> None:
    assert codes(staged(photograph, ada, origin=Origin.GENERATED, parent=photograph)) == []
    between = staged(photograph, ada, origin=Origin.GENERATED, parent=photograph)
    assert codes(staged(photograph, ada, origin=Origin.EDITED, parent=between)) == []


def test_the_next_file_of_an_asset_was_not_made_from_the_one_before(photograph: Version, ada: User) -> None:
    """Whoever uploads it says so."""
    assert codes(staged(photograph, ada, parent=photograph)) == ["original_not_confirmed"]


def test_an_original_is_of_the_same_listing(photograph: Version, ada: User) -> None:
    made = staged(photograph, ada, listing=factories.ListingFactory.create())
    assert codes(made) == ["original_of_other_listing", "original_not_confirmed"]


def test_an_original_is_a_photograph_without_alterations(photograph: Version, ada: User) -> None:
    verbs.mark(photograph, digital_source="humanEdits", alterations=["DeclutteredItemRemoved"], by=ada)
    assert "original_not_photograph" in codes(staged(photograph, ada))


def test_a_photograph_that_nothing_was_altered_in_has_no_original(photograph: Version, ada: User) -> None:
    other = factories.VersionFactory.create(by=ada)
    verbs.mark(other, digital_source="digitalCapture", original=photograph, by=ada)
    assert codes(other) == ["original_of_unaltered"]


def test_the_confirmation_goes_with_its_original(photograph: Version, ada: User) -> None:
    made = staged(photograph, ada)
    verbs.mark(made, digital_source="composite", alterations=STAGED, original=photograph, by=ada)
    verbs.mark(made, digital_source="composite", alterations=STAGED, same_view=True, by=ada)
    assert not Version.objects.get(pk=made.pk).same_view


def test_originals_to_choose_from_are_photographs_of_the_listing(photograph: Version, ada: User) -> None:
    listing = factories.ListingFactory.create()
    made, taken = (
        factories.VersionFactory.create(by=ada, listing=listing, digital_source=source)
        for source in ("composite", "digitalCapture")
    )
    factories.VersionFactory.create(by=ada, listing=listing, digital_source="trainedAlgorithmicMedia")
    assert list(originals_for(made)) == [taken]

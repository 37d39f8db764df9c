"""Photographs of a listing leave only where its owner and the provider's terms allow."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.models import DigitalSource, Listing, Terms, Version
from assets.rights import consents, terms
from assets.rights.consents import GivenConsent
from core.errors import Blocked
from core.models import User
from generation.briefs import preview, references
from generation.briefs.references import Source
from generation.catalogue import offers
from generation.jobs import execution, services, starting
from generation.models import Brief, BriefKind, GenerationModel, Job
from generation.providers import errors
from tests.assets import factories as people
from tests.assets import verbs
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.scripted import Seeing
from tests.generation.test_references import seeing

pytestmark = pytest.mark.django_db

KEPT_HERE = "No consent says that photographs of HB-9 may go to an AI service. Record its owner’s consent."


@pytest.fixture
def listing() -> Listing:
    return people.ListingFactory.create(reference="HB-9")


@pytest.fixture
def photograph(ada: User, listing: Listing) -> Version:
    version = people.VersionFactory.create(by=ada, listing=listing)
    return verbs.mark(version, digital_source=DigitalSource.CAPTURE, by=ada)


def fitting(key: str = "scripted", answer: str = "yes") -> Terms:
    said = {"answer": answer, "detail": "It keeps what is sent.", "source": "read"}
    return people.TermsFactory.create(key=key, publisher="Seeing Inc.", inputs=said)


def agreed(listing: Listing, by: User, answer: str = "yes") -> None:
    given = GivenConsent(kind="listing", name="Jane Roe", listing=listing, given="yes", to_providers=answer)
    consents.record_consent([], given, by=by)


def sent(version: Version, by: User, model: GenerationModel | None = None, **more: Any) -> Brief:
    brief = factories.unsent(kind=BriefKind.VARY, **more)
    return starting.start(brief, [model or seeing()], by=by, sources=[Source(version=version)])


def test_it_goes_where_both_allow(photograph: Version, listing: Listing, ada: User) -> None:
    fitting()
    agreed(listing, ada)
    assert sent(photograph, ada).pk


def test_without_its_owners_consent_it_stays(photograph: Version, ada: User) -> None:
    fitting()
    with pytest.raises(Blocked, match=KEPT_HERE):
        sent(photograph, ada)
    assert not Brief.objects.exists()


def test_terms_that_do_not_fit_keep_it_here(photograph: Version, listing: Listing, ada: User) -> None:
    agreed(listing, ada)
    with pytest.raises(Blocked, match="Nobody has said whether the terms of Seeing fit"):
        sent(photograph, ada)
    fitting(answer="no")
    with pytest.raises(Blocked, match="It keeps what is sent"):
        sent(photograph, ada)


def test_what_stays_in_the_house_is_asked_nothing(
    photograph: Version, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Seeing, "is_inside", True)
    assert sent(photograph, ada).pk


def test_a_picture_of_no_listing_is_that_of_the_brief(ada: User, listing: Listing) -> None:
    fitting()
    loose = verbs.mark(people.VersionFactory.create(by=ada), digital_source=DigitalSource.CAPTURE, by=ada)
    with pytest.raises(Blocked, match="HB-9"):
        sent(loose, ada, listing=listing)
    assert sent(loose, ada).pk


def test_what_a_model_drew_of_no_place_is_no_photograph(photograph: Version, ada: User) -> None:
    assert sent(verbs.mark(photograph, digital_source=DigitalSource.GENERATED, by=ada), ada).pk


def test_a_consent_that_was_revoked_stops_sending_again(photograph: Version, listing: Listing, ada: User) -> None:
    fitting()
    agreed(listing, ada)
    job = Job.objects.get(brief=sent(photograph, ada))
    Seeing.will(errors.Rejected("Not today."))
    execution.send(job.pk)
    consents.revoke_consent(listing.consents.get(), "Changed their mind.", by=ada)
    with pytest.raises(Blocked, match=KEPT_HERE):
        services.retry(job, by=ada)


def test_the_preview_says_what_to_do_and_offers_the_model_no_more(photograph: Version, ada: User) -> None:
    fitting()
    model = seeing()
    asked = {"kind": "vary", "source": f"version:{photograph.pk}", "models": [str(model.pk)], "prompt": "Warm light."}
    asked |= {"ratio": "3:2", "count": "1", "quality": "standard"}
    browser = browser_of(ada)
    page = browser.post(reverse("generation:free"), {**asked, "preview": "1"}, headers={"HX-Request": "true"})
    assert KEPT_HERE in page.content.decode()
    answer = browser.post(reverse("generation:free"), {**asked, "send": "1"})
    assert (answer.status_code, Brief.objects.count()) == (422, 0)
    assert KEPT_HERE in answer.content.decode()


def test_more_models_ask_no_more_of_the_database(photograph: Version, ada: User) -> None:
    fitting()
    seeing()

    def asked() -> int:
        rows = references.rows_for([Source(version=photograph)], None)
        brief = factories.unsent(kind=BriefKind.VARY)
        with CaptureQueriesContext(connection) as queries:
            preview.preview(brief, offers.offers(), [], [], ada, sent=rows)
        return len(queries)

    few = asked()
    for number in range(2, 6):
        factories.ModelFactory.create(provider="seeing", model_id=f"seeing-{number}", facts=seeing().facts)
    assert asked() == few


def test_terms_say_what_becomes_of_what_is_sent() -> None:
    terms.load_terms(terms.STARTER)
    said = {key: each.takes_inputs for key, each in terms.all_current().items()}
    assert (said["sketch"], said["bfl"], said["replicate"]) == ("yes", "no", "unknown")
    assert all(each.read_on >= date(2026, 11, 22) for each in terms.all_current().values())

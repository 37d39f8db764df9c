"""What people are told before they bar themselves from deciding, or stop what is live."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import Channel, Release
from approvals.pages import eligibility, pauses
from approvals.reviews import settling
from assets.models import Listing, Version
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
ADDING = eligibility.BEFORE_ADDING


def page_of(person: User, address: str) -> str:
    """The page in words that are easy to search."""
    return " ".join(browser_of(person).get(address).content.decode().split())


# Before somebody bars themselves


def test_whoever_could_decide_is_told_once_at_the_forms(max_: User, version: Version) -> None:
    page = page_of(max_, version.get_absolute_url())
    assert page.count(eligibility.BEFORE_SAVING) == 1
    assert eligibility.CONTRIBUTED not in page


def test_whoever_worked_on_it_is_told_that_somebody_else_approves_it(max_: User, version: Version) -> None:
    verbs.describe(version, text="A kitchen", by=max_)
    page = page_of(max_, version.get_absolute_url())
    assert (eligibility.CONTRIBUTED in page, eligibility.BEFORE_SAVING in page) == (True, False)


def test_the_line_follows_the_first_save(max_: User, version: Version) -> None:
    address = reverse("assets:alt_text", args=(version.asset_id, version.number))
    said = {"alt-text": "A kitchen", "alt-language": "en"}
    answer = browser_of(max_).post(address, said, headers=HTMX).content.decode()
    assert eligibility.CONTRIBUTED in answer
    assert 'id="contributors" hx-swap-oob="true"' in answer


@pytest.mark.parametrize("name", ["ada", "rita"])
def test_whoever_cannot_decide_or_cannot_edit_sees_no_line(name: str, ada: User, rita: User, version: Version) -> None:
    person = {"ada": ada, "rita": rita}[name]
    page = page_of(person, version.get_absolute_url())
    assert not any(words in page for words in (eligibility.BEFORE_SAVING, eligibility.CONTRIBUTED))


def test_a_version_that_nobody_will_decide_on_says_nothing(max_: User, version: Version) -> None:
    verbs.archive(version, by=version.created_by)
    assert eligibility.before_saving(Version.objects.get(), max_) == ""


def test_submitting_says_so_too(max_: User, ada: User, ready: Version, channel: Channel) -> None:
    address = reverse("approvals:submit", args=[ready.pk])
    assert eligibility.BEFORE_SUBMITTING in page_of(max_, address)
    assert eligibility.BEFORE_SUBMITTING not in page_of(ada, address)
    verbs.describe(ready, text="A kitchen, seen from the door", by=max_)
    assert eligibility.BEFORE_SUBMITTING not in page_of(max_, address)


@pytest.mark.parametrize(("act", "address"), [("upload", "/library/upload/"), ("ask", "/make/free/")])
def test_adding_pictures_says_so(act: str, address: str, max_: User, ada: User) -> None:
    assert page_of(max_, address).count(ADDING[act]) == 1
    assert ADDING[act] not in page_of(ada, address)


def test_uploading_an_original_bars_from_both_pictures(max_: User, version: Version) -> None:
    page = page_of(max_, f"/library/upload/?original_of={version.pk}")
    assert (ADDING["original"] in page, ADDING["upload"] in page) == (True, False)


def test_moving_a_listing_that_has_pictures_says_so(max_: User, ada: User) -> None:
    listing = library.ListingFactory.create()
    address = reverse("assets:listing", args=[listing.pk])
    assert ADDING["listing"] not in page_of(max_, address)
    library.VersionFactory.create(by=ada, listing=listing)
    assert ADDING["listing"] in page_of(max_, address)
    assert ADDING["listing"] not in page_of(ada, address)


# Before something live stops


@pytest.fixture
def version(ada: User) -> Version:
    return library.VersionFactory.create(by=ada)


@pytest.fixture
def listing(db: None) -> Listing:
    return library.ListingFactory.create(reference="HB-1", title="14 Harbor Street")


@pytest.fixture
def live(ada: User, channel: Channel, listing: Listing) -> Version:
    """A picture that two places show."""
    version = factories.ready(ada, title="Our kitchen", listing=listing)
    return factories.released(version, channel, factories.channel("brochure")).version


def rename(person: User, version: Version, title: str) -> list[str]:
    """The messages after giving a new title."""
    answer = browser_of(person).post(reverse("assets:rename", args=[version.asset_id]), {"title": title})
    assert answer.status_code == 302
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_new_title_says_what_it_stops_before_and_after(ada: User, live: Version) -> None:
    told = "2 places show this picture now. They stop until the new title is approved."
    assert told in page_of(ada, live.get_absolute_url())
    after = "The title is changed. 2 places stopped showing it until the new title is approved."
    assert rename(ada, live, "Another kitchen") == [after]
    assert not Release.objects.live().exists()


def test_a_new_title_says_that_a_decision_goes_back_to_review(ada: User, listing: Listing) -> None:
    version = factories.ready(ada, title="Our kitchen", listing=listing)
    decision = factories.decide(factories.review(version))
    told = "1 decision is about to take effect. {} sends it back to review."
    assert told.format("A new title") in page_of(ada, version.get_absolute_url())
    assert told.format("A new reference or address") in page_of(ada, reverse("assets:listing", args=[listing.pk]))
    assert rename(ada, version, "Another kitchen") == ["The title is changed. 1 decision goes back to review."]
    assert settling.settle(decision).lapsed_because


def test_the_same_title_stops_nothing_and_says_nothing(ada: User, live: Version) -> None:
    assert rename(ada, live, " Our kitchen ") == []
    assert Release.objects.live().count() == 2


def test_nothing_is_said_of_what_is_not_live(ada: User, version: Version) -> None:
    assert "until the new title is approved" not in page_of(ada, version.get_absolute_url())
    assert rename(ada, version, "Another kitchen") == ["The title is changed."]


def test_an_altered_picture_stops_with_its_original(ada: User) -> None:
    channel = factories.channel(rules={"needs_original": True}, disclosure={"caption_altered": "Virtually staged"})
    original = factories.released(factories.ready(ada), channel).version
    altered = factories.ready(ada)
    staged, note = ["VirtualStagingItemAddition"], "Sofa added"
    composite = "compositeWithTrainedAlgorithmicMedia"
    verbs.mark(altered, digital_source=composite, alterations=staged, original=original, disclosure_note=note, by=ada)
    verbs.describe(altered, text="Kitchen, virtually staged with a sofa", by=ada)
    factories.released(Version.objects.get(pk=altered.pk), channel)
    found = pauses.of_renaming(original.asset)
    assert found == pauses.RenamePauses(places=1, altered=1)
    assert found.beforehand.endswith("The same goes for 1 altered picture shown beside it.")
    verbs.rename(original.asset, "Another kitchen", by=ada)
    assert not Release.objects.live().exists()


def save_listing(person: User, listing: Listing, **changed: str) -> list[str]:
    said: dict[str, Any] = {"reference": listing.reference, "title": listing.title, "address": listing.address}
    counts = {"fact-TOTAL_FORMS": "0", "fact-INITIAL_FORMS": "0"}
    answer = browser_of(person).post(reverse("assets:listing", args=[listing.pk]), said | counts | changed)
    assert answer.status_code == 302
    return [str(message) for message in get_messages(answer.wsgi_request)]


PAUSED = "1 picture of this listing is paused until somebody approves it again."


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"reference": "HB-2"}, [PAUSED]), ({"address": "15 Harbor Street"}, [PAUSED]), ({"title": "The corner"}, [])],
)
def test_a_listing_says_what_its_new_reference_or_address_stops(
    changed: dict[str, str], told: list[str], ada: User, live: Version, listing: Listing
) -> None:
    words = "1 picture of this listing is live. A new reference or address stops it until somebody approves it again."
    assert words in page_of(ada, reverse("assets:listing", args=[listing.pk]))
    _, *rest = reversed(save_listing(ada, listing, **changed))
    assert rest == told
    assert Release.objects.live().exists() is not bool(told)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (pauses.RenamePauses(), ""),
        (pauses.RenamePauses(1), "1 place shows this picture now. It stops until the new title is approved."),
        (
            pauses.RenamePauses(3, 2),
            "3 places show this picture now. They stop until the new title is approved. "
            "The same goes for 2 altered pictures shown beside it.",
        ),
        (
            pauses.RenamePauses(decided=2),
            "2 decisions are about to take effect. A new title sends them back to review.",
        ),
        (pauses.ListingPauses(), ""),
        (
            pauses.ListingPauses(12),
            "12 pictures of this listing are live. "
            "A new reference or address stops them until somebody approves them again.",
        ),
    ],
)
def test_what_stops_in_words(found: pauses.RenamePauses | pauses.ListingPauses, words: str) -> None:
    assert found.beforehand == words
    assert bool(found.afterwards) is bool(words)


def test_what_stops_is_two_queries_each(live: Version, listing: Listing) -> None:
    asset = live.asset
    with CaptureQueriesContext(connection) as asked:
        pauses.of_renaming(asset)
        pauses.of_moving(listing)
    assert len(asked) == 4

"""Nothing unapproved leaves: no address, key, header or saved answer gets bytes or words that are not released.

Each caller asks each address in a twelfth of the ways, in rotation; `make prove` tries them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from approvals.models import Choice, Delivery, Release
from approvals.releases import lifecycle
from approvals.reviews import settling
from approvals.sites import access
from assets.imaging.rendering import FOR_PAGES, SPECS
from assets.models import Version
from assets.models.version import Status
from core import storage
from core.models import User
from generation.models import Output
from tests.approvals import factories
from tests.assets import factories as assets
from tests.assets import verbs
from tests.boundaries.world import Browser, World, taken_back
from tests.share import share

pytestmark = pytest.mark.django_db

IMAGES = "/api/v1/images/"
SAYS = "A kitchen that nobody has approved"


def _draft(ada: User) -> Version:
    return factories.ready(ada, title=SAYS)


def _in_review(ada: User) -> Version:
    return factories.review(_draft(ada)).version


def _settling(ada: User) -> Version:
    decision = factories.decide(factories.review(_draft(ada)))
    return decision.review.version


def _decided(ada: User, choice: Choice) -> Version:
    decision = factories.decide(factories.review(_draft(ada)), choice, "Not like this")
    settling.settle(decision)
    return decision.review.version


def _withdrawn(ada: User) -> Version:
    release = factories.released(_draft(ada))
    lifecycle.withdraw(release, "Sold.", by=assets.rita())
    return release.version


def _changed(ada: User) -> Version:
    release = factories.released(_draft(ada))
    return verbs.describe(release.version, text="Another text", decorative=False, language="en", by=ada)


def _archived(ada: User) -> Version:
    return verbs.archive(_draft(ada), by=ada)


COURSES = {
    Status.DRAFT: _draft,
    Status.IN_REVIEW: _in_review,
    "settling": _settling,
    Status.CHANGES_REQUESTED: lambda ada: _decided(ada, Choice.CHANGES),
    Status.REJECTED: lambda ada: _decided(ada, Choice.REJECT),
    Status.WITHDRAWN: _withdrawn,
    "approved, then changed": _changed,
    Status.ARCHIVED: _archived,
}


def test_every_status_but_approved_is_tried() -> None:
    assert {*COURSES, Status.APPROVED} >= {*Status}


@pytest.fixture
def elsewhere(world: World) -> Browser:
    """A good key of another listing site, which reads another channel."""
    site = factories.site(factories.channel("elsewhere"), slug="other")
    return with_key(access.create_key(site, "other", by=world.people["max"]).text)


def with_key(text: str) -> Browser:
    browser = Browser()
    browser.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return browser


def callers(world: World, elsewhere: Browser) -> dict[str, Browser]:
    bad = world.key.text[:-1] + ("a" if world.key.text[-1] != "a" else "b")
    spoken = {"the site": world.client("bricks"), "another site": elsewhere, "a wrong key": with_key(bad)}
    return spoken | {name: world.client(name) for name in ("anonymous", "nils", "max")}


def requests(tags: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Ways to ask: method and headers, some of which pretend to hold the file already."""
    yield from (("get", {}), ("head", {}), ("get", {"range": "bytes=0-99"}), ("get", {"if-modified-since": LONG_AGO}))
    for tag in ("*", *tags):
        yield "get", {"if-none-match": tag}
        yield "get", {"if-range": tag, "range": "bytes=0-"}
        yield "get", {"if-match": tag}


LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"


@pytest.mark.parametrize("status", COURSES, ids=str)
def test_a_version_that_is_not_approved_never_leaves(
    world: World, elsewhere: Browser, status: str, settings: Any
) -> None:
    settings.UNDO_SECONDS = 3600 if status == "settling" else 0
    version = Version.objects.get(pk=COURSES[status](world.people["ada"]).pk)
    ids = known_ids(version)
    hashes = [version.sha256, *Release.objects.filter(version=version).values_list("file_sha256", flat=True)]
    ended = {str(pk) for pk in Release.objects.filter(version=version, state="withdrawn").values_list("pk", flat=True)}
    secret = {storage.read(each) for each in hashes}
    ways = [*requests([f'"{each}"' for each in hashes] + [f'W/"{hashes[-1]}"'])]
    for name, browser in callers(world, elsewhere).items():
        for method, headers in share(ways, name, of=12):
            with taken_back():
                listed = getattr(browser, method)(IMAGES, headers=headers)
            assert SAYS.encode() not in listed.body
        for place, (number, what) in enumerate(product(ids, ("", "file"))):
            for method, headers in share(ways, name, place, of=12):
                answer = getattr(browser, method)(f"{IMAGES}{number}/{what}", headers=headers)
                gone = name == "the site" and number in ended
                expected = 410 if gone else 404 if name in ("the site", "another site") else 401
                assert (answer.status_code, answer.has_header("ETag")) == (expected, False)
                assert answer.body not in secret
                assert SAYS.encode() not in answer.body
    assert not Delivery.objects.filter(release__version=version).exists()


def known_ids(version: Version) -> list[str]:
    """Every id that somebody may have seen in an address, and one that is nobody's."""
    found: list[UUID] = [version.pk, version.asset_id, uuid4()]
    for review in version.reviews.all():
        found += [review.pk, *review.decisions.values_list("pk", flat=True)]
    found += version.releases.values_list("pk", flat=True)
    return [str(each) for each in found]


def test_after_withdrawal_every_saved_address_and_tag_is_gone(world: World) -> None:
    release = factories.released(_draft(world.people["ada"]))
    site = world.client("bricks")
    document = site.get(f"{IMAGES}{release.pk}/").json()
    saved = [document["url"], document["file"]["url"]]
    tag = site.get(saved[1])["ETag"]
    assert site.get(saved[1], headers={"if-none-match": tag}).status_code == 304
    lifecycle.withdraw(release, "Sold.", by=world.people["rita"])
    answers = {
        getattr(site, method)(address, headers=headers).status_code
        for address in saved
        for method, headers in requests([tag, f"W/{tag}"])
    }
    assert answers == {410}


# Files and outputs, which are for the team


GUESSES = [
    *(name for name in SPECS if name not in FOR_PAGES),
    "original.png",
    "Original",
    "ORIGINAL",
    "original%2f",
    "..%2foriginal",
    "%2e%2e",
    "thumb.webp",
    "thumbnail",
    "large",
    "full",
    "website",
    "delivery",
    "image%2fjpeg",
    "0",
    "-1",
    "%00",
    "*",
    "__class__",
    "x" * 9000,
]


@pytest.mark.parametrize("guess", GUESSES)
def test_a_guessed_copy_is_not_there(world: World, guess: str) -> None:
    version = world.places["ready"]
    answer = world.client("max").get(f"/files/{version.pk}/{guess}/")
    assert (answer.status_code, answer.has_header("ETag")) == (404, False)


def test_a_hash_is_no_address(world: World) -> None:
    version = world.places["ready"]
    hashed = [
        f"/files/{version.sha256}/original/",
        f"/files/{version.pk}/{version.sha256}/",
        f"/media/{version.sha256}",
    ]
    assert {world.client("max").get(address).status_code for address in hashed} == {404}


@pytest.mark.parametrize(("caller", "status"), [("anonymous", 302), ("bricks", 302), ("nils", 403)])
def test_whoever_is_not_of_the_team_gets_no_file_and_no_304(world: World, caller: str, status: int) -> None:
    browser, team = world.client(caller), world.client("max")
    version, output = world.places["live"].version, Output.objects.filter(state="new").first()
    assert output is not None
    addresses = [f"/files/{version.pk}/{spec}/" for spec in ("original", *FOR_PAGES)]
    addresses += [f"/outputs/{output.pk}/", f"/outputs/{output.pk}/?original", f"/outputs/{output.pk}/?preview"]
    addresses += [f"/downloads/{version.pk}/", f"/channels/releases/{world.places['live'].pk}/file/"]
    for address in addresses:
        answer = team.get(address)
        assert answer.status_code in (200, 302)
        tag = answer.get("ETag", f'"{version.sha256}"')
        for method, headers in requests([tag]):
            answer = getattr(browser, method)(address, headers=headers)
            assert (answer.status_code, answer.has_header("ETag")) == (status, False)
            assert "image" not in answer["Content-Type"]

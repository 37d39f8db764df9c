"""No clean copy of what is not released: what each person can download of a version, at each point of its way."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageChops

from approvals.models import Release, Review
from approvals.releases import lifecycle
from assets.imaging.rendering import FOR_LOOKING
from assets.models import Version
from core import storage
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library_factories

pytestmark = pytest.mark.django_db

NOT_KEPT = "private, no-store"


def get(user: User, name: str, *args: Any) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"approvals:{name}", args=args))


def picture_in(answer: Any) -> Image.Image:
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


@pytest.fixture
def large(ada: User) -> Version:
    return factories.ready(ada, data=library_factories.picture(2400, 1600), title="Kitchen")


@pytest.mark.parametrize("name", ["ada", "rita", "max_"])
def test_what_is_not_released_is_downloaded_small_and_marked_across(
    large: Version, name: str, request: pytest.FixtureRequest
) -> None:
    answer = get(request.getfixturevalue(name), "preview_file", large.pk)
    assert (answer.status_code, answer["Cache-Control"]) == (200, NOT_KEPT)
    assert answer["Content-Disposition"] == 'attachment; filename="Kitchen-v1-not-released.jpg"'
    shown = picture_in(answer)
    assert max(shown.size) <= max(FOR_LOOKING.width, FOR_LOOKING.height)
    clean = Image.open(io.BytesIO(storage.read(large.sha256))).convert("RGB").resize(shown.size)
    for box in ninths(shown.size):  # whichever part somebody cuts out
        differs = ImageChops.difference(shown.crop(box), clean.crop(box)).convert("L").point(lambda by: 255 * (by > 60))
        assert differs.histogram()[255] > 0.01 * differs.width * differs.height


def ninths(size: tuple[int, int]) -> list[tuple[int, int, int, int]]:
    width, height = size[0] // 3, size[1] // 3
    return [(x * width, y * height, (x + 1) * width, (y + 1) * height) for x in range(3) for y in range(3)]


def test_what_is_released_is_downloaded_as_the_channel_gets_it(large: Version, ada: User) -> None:
    release = factories.released(large)
    answer = get(ada, "preview_file", large.pk)
    assert answer["Location"] == reverse("approvals:released_file", args=[release.pk])
    file = get(ada, "released_file", release.pk)
    assert (file.content, file["Cache-Control"]) == (storage.read(release.file_sha256), NOT_KEPT)
    assert file["Content-Disposition"] == 'attachment; filename="Kitchen-v1-website.jpg"'


def test_what_was_withdrawn_is_gone_at_once(large: Version, ada: User) -> None:
    release = factories.released(large)
    lifecycle.withdraw(release, "Sold.", by=library_factories.rita())
    assert get(ada, "released_file", release.pk).status_code == 410
    assert "not-released" in get(ada, "preview_file", large.pk)["Content-Disposition"]


def test_whoever_decides_looks_at_every_pixel_while_it_is_decided(large: Version, rita: User, ada: User) -> None:
    review = factories.review(large)
    answer = get(rita, "full_size", review.pk)
    assert (picture_in(answer).size, answer["Cache-Control"]) == ((2400, 1600), NOT_KEPT)
    assert not answer.has_header("Content-Disposition")
    assert get(ada, "full_size", review.pk).status_code == 403
    factories.decide(review)
    Review.objects.filter(pk=review.pk).update(state="rejected")
    assert get(rita, "full_size", review.pk).status_code == 404


def buttons(user: User, version: Version) -> set[str]:
    client = Client()
    client.force_login(user)
    page = client.get(version.get_absolute_url()).content.decode()
    return {words for words in ("Download preview", "Download for Website", "Download original") if words in page}


def test_the_page_offers_what_there_is_to_download(large: Version, ada: User, max_: User) -> None:
    assert buttons(ada, large) == {"Download preview"}
    assert buttons(max_, large) == {"Download preview", "Download original"}
    factories.released(large)
    assert Release.objects.live().exists()
    assert buttons(ada, large) == {"Download for Website"}

"""Counting no further than anybody leafs."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from approvals.models import Release
from assets.models import Version
from assets.models.version import makers
from core import counting
from core.models import User
from tests.approvals import factories as reviews
from tests.assets import factories
from tests.browsing import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.mark.parametrize(
    ("counts", "words"), [((), "0"), ((0,), "0"), ((3, 4), "7"), ((1240,), "1,240"), ((10_000, 5), "10,005+")]
)
def test_what_was_not_counted_whole_says_so(counts: tuple[int, ...], words: str) -> None:
    assert counting.words(*counts) == words


def test_a_page_says_and_leafs_no_further(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST", 3)
    for _ in range(3):
        factories.VersionFactory.create(by=ada)
    pages = counting.Pages(Version.objects.order_by("pk"), 2)
    assert (pages.count_words, pages.num_pages) == ("3+", 2)
    factories.VersionFactory.create(by=ada)
    assert (counting.Pages(Version.objects.order_by("pk"), 2).count, pages.get_page(9).number) == (3, 2)
    assert "3+ pictures" in browser_of(ada).get("/library/").content.decode()


def test_a_channel_with_more_than_is_counted_says_so(
    rita: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UNDO_SECONDS = 0
    for _ in range(2):
        reviews.released()
    channel = reviews.channel()
    assert Release.objects.count_live() == {channel.pk: 2}
    assert "2 live" in browser_of(rita).get("/channels/").content.decode()
    monkeypatch.setattr(counting, "MOST", 1)
    assert Release.objects.count_live() == {channel.pk: 1}
    assert "1+ live" in browser_of(rita).get("/channels/").content.decode()
    assert "paused" not in browser_of(rita).get("/channels/website/").content.decode()


def test_makers_are_named_once_and_in_order(ada: User) -> None:
    assert makers() == []
    for maker in ("upload", "Midjourney", "upload", "gpt-image-2", "Midjourney"):
        factories.VersionFactory.create(by=ada, maker=maker)
    assert makers() == list(Version.objects.order_by("maker").values_list("maker", flat=True).distinct())
    assert len(makers()) == 3

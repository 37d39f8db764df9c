"""What a decision stands on: whatever changes between decision and effect stops it, and none of it leaves unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import connection

from approvals.models import Channel, Choice, Decision, Release, Review
from approvals.releases import lifecycle
from approvals.reviews import changes, dossier, services, settling
from assets.listings.records import ListingFacts, change_listing
from assets.models import EarlierSeal, Version
from assets.versions import dossier as library_dossier
from assets.versions.dossier import FORMATS, NEWEST, Format
from core import guards
from core.models import LogSubject, User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs

NOW, NEXT = NEWEST, NEWEST + 1
"""The format of dossiers today, and a further one."""

pytestmark = pytest.mark.django_db


def rename(version: Version, by: User) -> None:
    verbs.rename(version.asset, "The neighbor's kitchen", by=by)


def change_reference(version: Version, by: User) -> None:
    _change_listing(version, by, reference="HB-9999")


def change_address(version: Version, by: User) -> None:
    _change_listing(version, by, address="15 Harbor Street")


def _change_listing(version: Version, by: User, **changed: Any) -> None:
    held = version.asset.listing
    assert held is not None
    facts = ListingFacts(reference=held.reference, title=held.title, address=held.address, facts=held.facts)
    change_listing(held, replace(facts, **changed), by=by)


def edit_channel(**fields: Any) -> Callable[[Version, User], None]:
    """A change of the channel as one person proposes and another confirms it."""

    def edit(version: Version, by: User) -> None:
        factories.change_channel(Channel.objects.get(), **fields)

    return edit


EVENTS: dict[str, Callable[[Version, User], None]] = {
    "rename": rename,
    "another listing reference": change_reference,
    "another address": change_address,
    "caption of the channel": edit_channel(disclosure=factories.SPEAKING | {"caption_generated": "Real photograph"}),
    "no caption any more": edit_channel(disclosure={"caption_altered": "Digitally altered"}),
    "rules of the channel": edit_channel(rules=factories.EASY | {"quality": 40}),
    "territory of the channel": edit_channel(territory=["US-CA"]),
    "zone of the channel": edit_channel(time_zone="Pacific/Kiritimati"),
    "name of the channel": edit_channel(name="Somewhere else"),
}


@pytest.fixture
def decided(ada: User, channel: Channel, undo_window: None) -> Decision:
    """An approval of a generated picture whose undo time runs."""
    version = factories.ready(ada, listing=library.ListingFactory.create(reference="HB-1"), title="Our kitchen")
    verbs.mark(version, digital_source="trainedAlgorithmicMedia", by=ada)
    return factories.decide(factories.review(version, channel))


@pytest.mark.parametrize("event", EVENTS)
def test_what_changes_in_the_undo_time_does_not_leave(decided: Decision, ada: User, event: str) -> None:
    EVENTS[event](decided.review.version, ada)
    with time_machine.travel(decided.effective_at, tick=False):
        settled = settling.settle(decided)
    assert not Release.objects.exists()
    assert "changed after the decision" in settled.lapsed_because
    assert Review.objects.get().state == "open"


@pytest.mark.parametrize("event", EVENTS)
def test_whoever_decides_on_what_has_changed_is_told_what(ada: User, channel: Channel, event: str, rita: User) -> None:
    version = factories.ready(ada, listing=library.ListingFactory.create(reference="HB-1"), title="Our kitchen")
    review = factories.review(version, channel)
    seen = dossier.of_review(review)
    EVENTS[event](version, ada)
    fresh = Review.objects.get(pk=review.pk)
    with pytest.raises(services.Changed):
        services.decide(fresh, Choice.APPROVE, "", seen.hash, by=rita)
    told = changes.differences(seen.facts, dossier.of_review(fresh).facts)
    assert len(told) == 1
    assert not any(path in told[0] for path in ("listing.", "channels.", "rules.", "profile."))


def test_what_leaves_is_what_was_decided(decided: Decision) -> None:
    with time_machine.travel(decided.effective_at, tick=False):
        settling.settle(decided)
    document = Release.objects.get().document
    assert (document.title, document.listing, document.disclosure.caption) == ("Our kitchen", "HB-1", "Made with AI")


def test_a_rename_after_release_pauses_it_and_back_again_resumes_it(ada: User) -> None:
    release = factories.released(factories.ready(ada, title="Our kitchen"))
    verbs.rename(release.version.asset, "Another kitchen", by=ada)
    lifecycle.expire_due()
    assert not Release.objects.live().exists()
    verbs.rename(release.version.asset, "Our kitchen", by=ada)
    assert list(Release.objects.live()) == [release]


def test_another_rule_of_the_channel_leaves_what_was_released(ada: User) -> None:
    """A release was decided under the rules of its day; new ones are for the next decision."""
    release = factories.released(factories.ready(ada))
    Channel.objects.update(rules=factories.EASY | {"quality": 40})
    assert list(Release.objects.live()) == [release]


def test_the_log_keeps_both_words_of_a_channel(decided: Decision, ada: User) -> None:
    EVENTS["caption of the channel"](decided.review.version, ada)
    told = LogSubject.objects.get(entry__action="channel.changed", position=0)
    assert told.before["disclosure"] == factories.SPEAKING
    assert told.after["disclosure"] == factories.SPEAKING | {"caption_generated": "Real photograph"}


def test_another_original_with_the_same_bytes_is_another_original(ada: User) -> None:
    data = library.picture(seed=7)
    first, second = (
        library.VersionFactory.create(by=ada, data=data, digital_source="digitalCapture") for _ in range(2)
    )
    version = factories.ready(ada)
    verbs.describe(version, text="Kitchen of a model home, a digital rendering", by=ada)
    verbs.mark(version, digital_source="digitalCapture", alterations=["ModelHome"], original=first, by=ada)
    before = Version.objects.get(pk=version.pk).dossier_hash
    verbs.mark(version, digital_source="digitalCapture", alterations=["ModelHome"], original=second, by=ada)
    assert Version.objects.get(pk=version.pk).dossier_hash != before


def test_an_archived_version_waits_for_nobody(ada: User, rita: User) -> None:
    release = factories.released(factories.ready(ada))
    services.submit(release.version, [factories.channel("brochure")], "", by=ada)
    verbs.archive(release.version, by=ada)
    assert not Review.objects.waiting_for(rita).exists()


# Formats


def _with_more(version: Version) -> dict[str, Any]:
    return library_dossier.facts(version, NOW) | {"format": NEXT, "added field": version.asset.created_at.isoformat()}


@pytest.fixture(params=[False, True], ids=["stands", "voids"])
def voids(request: pytest.FixtureRequest, ada: User, monkeypatch: pytest.MonkeyPatch) -> bool:
    """A live release of today; then the portal is updated to a further format that does or does not void decisions."""
    factories.released(factories.ready(ada))
    monkeypatch.setitem(FORMATS, NEXT, Format(_with_more, voids=request.param))
    monkeypatch.setattr(library_dossier, "NEWEST", NEXT)
    return bool(request.param)


def test_a_new_field_damages_no_old_row(voids: bool) -> None:
    version = Version.objects.with_dossier().get()
    assert (version.dossier_format, library_dossier.is_intact(version)) == (NOW, True)


def test_a_new_format_says_whether_what_was_decided_still_stands(voids: bool) -> None:
    assert Release.objects.live().exists() is not voids


def test_saving_the_same_words_keeps_what_stands(voids: bool, ada: User) -> None:
    version = Version.objects.with_dossier().get()
    verbs.describe(version, text=version.alt_text, by=ada)
    assert Version.objects.get().dossier_format == NEXT
    assert Release.objects.live().exists() is not voids


def test_other_words_stop_what_was_decided_under_an_earlier_format(voids: bool, ada: User) -> None:
    verbs.describe(Version.objects.get(), text="A kitchen with a dog", by=ada)
    assert not Release.objects.live().exists()


def test_words_that_come_back_resume_it_under_the_earlier_format(voids: bool, ada: User) -> None:
    before = Version.objects.get().alt_text
    for text in ("A kitchen with a dog", before):
        verbs.describe(Version.objects.get(), text=text, by=ada)
    assert Release.objects.live().exists() is not voids
    assert EarlierSeal.objects.filter(format=NOW).exists() is not voids


def test_an_older_portal_beside_a_newer_one_opens_no_gate(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer one sealed it in a further format and kept ours; then a worker of today's code writes other words."""
    factories.released(factories.ready(ada))
    with monkeypatch.context() as newer:
        newer.setitem(FORMATS, NEXT, Format(_with_more))
        newer.setattr(library_dossier, "NEWEST", NEXT)
        version = Version.objects.get()
        verbs.describe(version, text=version.alt_text, by=ada)
        assert Release.objects.live().exists()
    verbs.describe(version, text="Words that nobody approved", by=ada)
    assert not Release.objects.live().exists()


def test_a_decision_under_an_earlier_format_is_not_settled(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    decision = factories.decide(factories.review(factories.ready(ada)))
    monkeypatch.setitem(FORMATS, NEXT, Format(_with_more))
    monkeypatch.setattr(library_dossier, "NEWEST", NEXT)
    assert "The portal was updated" in settling.settle(decision).lapsed_because


def test_a_version_of_the_first_format_is_whole_and_its_release_stands(ada: User) -> None:
    """Rows from before titles and listings were judged."""
    release = factories.released(factories.ready(ada))
    old = library_dossier.digest(Version.objects.with_dossier().get(), 1)
    Version.objects.update(dossier_format=1, dossier_hash=old)
    _as_of_format_1(release, old)
    assert library_dossier.is_intact(Version.objects.with_dossier().get())
    assert Release.objects.live().exists()
    verbs.describe(Version.objects.get(), text=release.version.alt_text, by=ada)
    assert Release.objects.live().exists()
    verbs.describe(Version.objects.get(), text="A kitchen with a dog", by=ada)
    assert not Release.objects.live().exists()


def _as_of_format_1(release: Release, digest: str) -> None:
    """A release as it was written then: the guards let nobody change one, so it is made again."""
    guards.lift("approvals_release")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_release SET version_format = 1, version_hash = %s", [digest])

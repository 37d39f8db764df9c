"""What becomes of outputs: kept once and with their whole story, discarded, restored."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from assets.imaging import fence
from assets.imaging.rendering import SPECS
from assets.library import renditions
from assets.models import Listing, Origin, Version
from core import storage
from core.errors import InvalidTransition
from core.models import LogEntry, User
from generation.briefs import lineage
from generation.jobs import execution, services
from generation.models import Brief, Output, OutputState
from generation.outputs import keeping
from generation.outputs.transitions import MOVES, check_move
from generation.providers import errors
from tests.assets import factories as people
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.scripted import png


def made(ada: User, **more: object) -> Output:
    """An output that came back."""
    job = factories.queued(ada, **more)
    execution.send(job.pk)
    return job.outputs.get()


@pytest.mark.django_db
def test_keeping_makes_a_version_of_the_same_bytes(ada: User) -> None:
    output = made(ada)
    version = keeping.keep(output, by=ada)
    assert (version.sha256, version.origin, version.maker) == (output.sha256, Origin.GENERATED, "Scripted")


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", [FileNotFoundError("gone"), storage.CorruptFile("changed")])
def test_a_picture_whose_file_is_gone_is_not_kept_and_stays_where_it_is(
    ada: User, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    output = made(ada)
    read = storage.read

    def refusing(sha256: str) -> bytes:
        if sha256 == output.sha256:
            raise trouble
        return read(sha256)

    monkeypatch.setattr(storage, "read", refusing)
    for address in ("keep", "keep-as"):
        said = {"title": "Hall", "choice": "new"}
        answer = browser_of(ada).post(f"/outputs/{output.pk}/{address}/", said, follow=True)
        assert "damaged or missing where it is kept" in answer.content.decode()
    output.refresh_from_db()
    assert (output.state, Version.objects.count()) == (OutputState.NEW, 0)


@pytest.mark.django_db
def test_a_kept_picture_knows_how_it_was_made(ada: User) -> None:
    terms = people.TermsFactory.create(key="scripted")
    revision = factories.template().published
    output = made(ada, revision=revision, values={"subject": "brick house"}, purpose="Listing")
    story = keeping.keep(output, by=ada).provenance
    told = (story.provider, story.model_asked, story.prompt, story.template, story.cost_micros, story.terms)
    assert told == ("scripted", "scripted-1", "A brick house at dusk.", "House, rev. 1", 100_000, terms)


@pytest.mark.django_db
def test_whoever_wrote_the_prompt_contributed_to_the_version(ada: User, max_: User) -> None:
    version = keeping.keep(made(ada), by=max_)
    assert parts(version) == {(ada, "prompt"), (ada, "asked"), (max_, "made"), (ada, "named")}


@pytest.mark.django_db
def test_a_prompt_that_somebody_sends_again_keeps_its_author(ada: User, rita: User, max_: User) -> None:
    """Unchanged text stays hers, however often others send it; changed text is of both."""
    people.give(rita, "generation.make_images")
    first = factories.started(rita)
    output = made(ada, kind="again", parent=first, prompt=first.prompt)
    changed = factories.started(max_, kind="again", parent=output.job.brief, prompt=f"{first.prompt} Snow.")
    assert [lineage.writers(each) for each in (first, output.job.brief, changed)] == [{rita}, {rita}, {rita, max_}]
    assert {(rita, "prompt"), (ada, "asked")} <= parts(keeping.keep(output, by=ada))


def retitled(ada: User, rita: User, listing: Listing) -> Output:
    """Ada's prompt under the title and listing that Rita sent it with, taken over by Ada."""
    people.give(rita, "generation.make_images")
    first = factories.started(ada, title="House")
    hers = {"kind": "again", "title": "Harbor house", "listing": listing}
    return made(ada, parent=factories.started(rita, parent=first, **hers), **hers)


@pytest.mark.django_db
def test_title_and_listing_of_a_brief_in_between_are_whoevers_they_were(ada: User, rita: User) -> None:
    version = keeping.keep(retitled(ada, rita, people.ListingFactory.create()), by=ada)
    assert {(rita, "named"), (rita, "placed")} <= parts(version)


@pytest.mark.django_db
def test_a_keepers_own_title_and_listing_are_the_keepers(ada: User, rita: User) -> None:
    house, other = people.ListingFactory.create_batch(2)
    version = keeping.keep(retitled(ada, rita, house), by=ada, title="Quay", listing=other)
    assert (version.asset.title, version.asset.listing) == ("Quay", other)
    assert {(ada, "named"), (ada, "placed")} <= parts(version)
    assert rita not in {person for person, _ in parts(version)}


@pytest.mark.django_db
def test_a_picture_may_be_kept_for_no_house_though_its_brief_names_one(ada: User, rita: User, max_: User) -> None:
    version = keeping.keep(retitled(ada, rita, people.ListingFactory.create()), by=max_, listing=None)
    assert version.asset.listing is None
    assert (max_, "placed") in parts(version)
    assert (rita, "placed") not in parts(version)


@pytest.mark.django_db
def test_a_picture_kept_for_an_asset_takes_no_title_from_its_brief(ada: User, rita: User) -> None:
    asset = keeping.keep(made(ada), by=ada).asset
    version = keeping.keep(retitled(ada, rita, people.ListingFactory.create()), by=ada, asset=asset)
    assert rita not in {person for person, _ in parts(version)}


@pytest.mark.django_db
def test_whoever_takes_over_a_title_did_not_write_it(ada: User, max_: User) -> None:
    assert (max_, "named") not in parts(keeping.keep(made(ada), by=max_, title="Brick house"))


@pytest.mark.django_db
def test_a_house_that_was_stated_anew_is_stated_by_whoever_did(ada: User, max_: User) -> None:
    """A title may be a few letters of somebody else's; a house is the one or the other."""
    first, house = factories.started(max_, title="House"), people.ListingFactory.create()
    version = keeping.keep(made(ada, kind="again", parent=first, title="House.", listing=house), by=ada)
    placed = {each for each in parts(version) if each[1] in ("named", "placed")}
    assert placed == {(ada, "placed"), (ada, "named"), (max_, "named")}


@pytest.mark.django_db
def test_whoever_sends_a_job_again_asked_for_its_pictures(ada: User, max_: User) -> None:
    job = factories.sent(ada, errors.Refused("No."))
    services.retry(job, by=max_)
    execution.send(job.pk)
    assert (max_, "asked") in parts(keeping.keep(job.outputs.get(), by=ada))


@pytest.mark.django_db
def test_whoever_hands_a_picture_in_contributed_to_it(ada: User, max_: User) -> None:
    job = factories.by_hand(ada)
    execution.send(job.pk)
    services.hand_in(job, [png()], by=max_)
    assert (max_, "brought") in parts(keeping.keep(job.outputs.get(), by=ada))


def parts(version: Version) -> set[tuple[User, str]]:
    return {(each.person, each.part) for each in version.contributors.select_related("person")}


@pytest.mark.django_db
def test_keeping_for_an_asset_makes_its_next_version(ada: User) -> None:
    first = keeping.keep(made(ada), by=ada)
    second = keeping.keep(made(ada), by=ada, asset=first.asset)
    assert (second.asset, second.number) == (first.asset, 2)


@pytest.mark.django_db
def test_keeping_twice_is_refused_and_makes_no_second_version(ada: User) -> None:
    output = made(ada)
    keeping.keep(output, by=ada)
    with pytest.raises(InvalidTransition):
        keeping.keep(output, by=ada)
    assert Version.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_people_keeping_one_picture_at_once_one_does(ada: User) -> None:
    output = made(ada)

    def keep(_: int) -> bool:
        try:
            keeping.keep(Output.objects.get(pk=output.pk), by=User.objects.get(pk=ada.pk))
        except InvalidTransition:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert sum(pool.map(keep, range(4))) == 1
    assert Version.objects.count() == 1


@pytest.mark.django_db
def test_keeping_that_fails_leaves_the_picture_as_it_was(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    output = made(ada)
    monkeypatch.setattr(storage, "read", lambda sha256: b"rotten")
    with pytest.raises(ValueError, match="other bytes"):
        keeping.keep(output, by=ada)
    assert Output.objects.get().state == OutputState.NEW


@pytest.mark.django_db
def test_who_died_while_keeping_leaves_no_second_version_behind(ada: User) -> None:
    output = made(ada)
    version = keeping.keep(output, by=ada)
    long_ago = timezone.now() - timedelta(minutes=2)
    Output.objects.update(state=OutputState.KEEPING, version=None, handled_at=long_ago)
    assert keeping.keep(output, by=ada) == version
    assert Version.objects.count() == 1


@pytest.mark.django_db
def test_whoever_was_only_slow_and_is_overtaken_notes_no_second_version(
    ada: User, max_: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, take_in = made(ada), keeping._take_in

    def slowly(*args: Any) -> Version:
        version = take_in(*args)
        Output.objects.update(handled_at=timezone.now() - timedelta(minutes=2))
        monkeypatch.setattr(keeping, "_take_in", take_in)
        assert keeping.keep(output, by=max_) == version
        return version

    monkeypatch.setattr(keeping, "_take_in", slowly)
    version = keeping.keep(output, by=ada)
    held = Output.objects.get()
    assert (held.version, held.handled_by, Version.objects.count()) == (version, max_, 1)
    assert LogEntry.objects.filter(action="output.kept").count() == 1


@pytest.mark.django_db
def test_whoever_fails_late_takes_no_others_claim_back(ada: User, max_: User, monkeypatch: pytest.MonkeyPatch) -> None:
    output = made(ada)

    def fail(*args: Any) -> Version:
        Output.objects.update(handled_at=timezone.now(), handled_by=max_)
        raise InvalidTransition("Too late.")

    monkeypatch.setattr(keeping, "_take_in", fail)
    with pytest.raises(InvalidTransition, match="Too late"):
        keeping.keep(output, by=ada)
    assert Output.objects.get().state == OutputState.KEEPING


@pytest.mark.django_db
def test_a_discarded_output_is_restored_before_it_is_kept(ada: User) -> None:
    output = made(ada)
    keeping.discard(output, by=ada)
    with pytest.raises(InvalidTransition, match="discarded"):
        keeping.keep(output, by=ada)
    assert (Output.objects.get().state, Version.objects.count()) == (OutputState.DISCARDED, 0)


@pytest.mark.django_db
def test_a_discarded_output_can_be_restored(ada: User) -> None:
    output = made(ada)
    keeping.discard(output, by=ada)
    assert keeping.undiscard(output, by=ada).state == OutputState.NEW


@pytest.mark.django_db
def test_a_kept_picture_cannot_be_discarded(ada: User) -> None:
    output = made(ada)
    keeping.keep(output, by=ada)
    with pytest.raises(InvalidTransition):
        keeping.discard(output, by=ada)
    assert Output.objects.get().state == OutputState.KEPT


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [keeping.keep, keeping.discard, keeping.undiscard])
def test_a_stranger_changes_nothing(ada: User, nils: User, verb: object) -> None:
    output = made(ada)
    with pytest.raises(PermissionDenied):
        verb(output, by=nils)  # type: ignore[operator]  # one of the three verbs above
    assert Output.objects.get().state == OutputState.NEW


@pytest.mark.django_db
def test_the_received_bytes_of_an_output_cannot_be_swapped(ada: User) -> None:
    output = made(ada)
    with pytest.raises(DatabaseError), transaction.atomic():
        Output.objects.filter(pk=output.pk).update(sha256=storage.put(png("other")))
    assert Output.objects.get().sha256 == output.sha256


@pytest.mark.django_db
def test_what_was_asked_cannot_be_rewritten(ada: User) -> None:
    brief = factories.started(ada)
    with pytest.raises(DatabaseError), transaction.atomic():
        Brief.objects.update(prompt="Something else")
    brief.refresh_from_db()
    assert brief.prompt == "A brick house at dusk."


@pytest.mark.parametrize("before", OutputState)
@pytest.mark.parametrize("after", OutputState)
def test_only_listed_moves_are_possible(before: OutputState, after: OutputState) -> None:
    if (before, after) in MOVES:
        check_move(before, after)
    else:
        with pytest.raises(InvalidTransition):
            check_move(before, after)


@pytest.mark.django_db
def test_a_picture_is_decoded_once_on_its_way_into_the_library(ada: User) -> None:
    again = mock.patch.object(fence, "run", side_effect=AssertionError)
    with mock.patch.object(fence, "steps", wraps=fence.steps) as decoded, again:
        version = keeping.keep(made(ada), by=ada)
        preview = renditions.rendition(version, SPECS["preview"])
    assert decoded.call_count == 1
    assert preview.sha256 == version.output.preview_sha256

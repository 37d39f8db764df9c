"""Channels are made by one person and changed by two; what is live under the old words is told, and stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from approvals.channels import changing, earlier, loading
from approvals.channels.shipped import shipped
from approvals.models import ChangeState, Channel, ChannelChange, Release
from assets.models import Version
from core.errors import Blocked, InvalidTransition
from core.models import LogEntry, User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs
from tests.boundaries.table import a_channel
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db

OTHER = {"caption_generated": "Illustration made with AI", "caption_altered": "Digitally altered"}


@pytest.fixture
def mona() -> User:
    return factories.mona()


def generated(by: User, **options: Any) -> Version:
    version = factories.ready(by, **options)
    verbs.mark(version, digital_source="trainedAlgorithmicMedia", by=by)
    return Version.objects.get(pk=version.pk)


def test_a_change_takes_effect_when_another_person_confirms_it(channel: Channel, mona: User) -> None:
    change = factories.propose(channel, disclosure=OTHER)
    assert Channel.objects.get(pk=channel.pk).disclosure == factories.SPEAKING
    changing.confirm(change, by=mona)
    assert Channel.objects.get(pk=channel.pk).disclosure == OTHER
    assert ChannelChange.objects.get().state == ChangeState.CONFIRMED


def test_nobody_confirms_their_own_change_not_even_a_superuser(channel: Channel, max_: User) -> None:
    change = factories.propose(channel, territory=["US-CA"], by=max_)
    with pytest.raises(PermissionDenied, match="somebody else"):
        changing.confirm(change, by=max_)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelChange.objects.update(state="confirmed", closed_by=max_)


def test_who_may_not_manage_channels_neither_proposes_nor_confirms(channel: Channel, rita: User) -> None:
    change = factories.propose(channel, territory=["US-CA"])
    for attempt in (lambda: factories.propose(channel, name="x", by=rita), lambda: changing.confirm(change, by=rita)):
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_change_of_what_was_changed_since_is_refused_with_the_difference(channel: Channel, mona: User) -> None:
    stale = factories.propose(channel, disclosure={"caption_generated": "By AI"})
    factories.change_channel(channel, disclosure=OTHER)
    with pytest.raises(changing.StaleChange, match="Illustration made with AI"):
        changing.confirm(stale, by=mona)
    assert Channel.objects.get(pk=channel.pk).disclosure == OTHER


def test_a_change_of_another_part_still_stands(channel: Channel, mona: User) -> None:
    change = factories.propose(channel, territory=["US-CA"])
    factories.change_channel(channel, disclosure=OTHER)
    assert changing.confirm(change, by=mona).territory == ["US-CA"]


def test_what_was_withdrawn_or_confirmed_is_over(channel: Channel, mona: User) -> None:
    change = factories.propose(channel, disclosure=OTHER)
    changing.withdraw(change, by=mona)
    with pytest.raises(InvalidTransition, match="withdrawn already"):
        changing.confirm(change, by=mona)


def test_nothing_is_proposed_where_nothing_differs(channel: Channel) -> None:
    with pytest.raises(Blocked):
        factories.propose(channel)


def test_what_is_live_under_the_old_words_is_counted_and_stays(ada: User, channel: Channel, mona: User) -> None:
    release = factories.released(generated(ada, title="Our kitchen"), channel)
    factories.released(factories.ready(ada, title="A photograph"), channel)
    change = factories.propose(channel, disclosure=OTHER)
    page = browser_of(mona).get(reverse("approvals:channel_change", args=[change.pk])).content.decode()
    assert "1 live picture carries earlier words" in page
    assert "Our kitchen" in page
    assert "A photograph" not in page
    held = changing.confirm(change, by=mona)
    assert release in Release.objects.live()
    assert earlier.carrying_other_words(held).releases == [release]
    shown = browser_of(mona).get(reverse("approvals:channel", args=[channel.slug])).content.decode()
    assert shown.count("Approved under earlier words") == 1


def test_the_log_tells_the_proposal_and_its_end(channel: Channel, mona: User) -> None:
    changing.withdraw(factories.propose(channel, disclosure=OTHER), by=mona)
    told = (
        LogEntry.objects.filter(action__startswith="channel.change")
        .order_by("id")
        .values_list("action", "actor__username")
    )
    assert list(told) == [("channel.change_proposed", "max"), ("channel.change_withdrawn", "mona")]


# Pages


def test_a_change_is_typed_in_fields_and_waits(channel: Channel, max_: User, mona: User) -> None:
    sent = a_channel(kind="website", why="Rule 2.7 changed")(None)  # type: ignore[arg-type] # asks nothing of the world
    answer = browser_of(max_).post(reverse("approvals:edit_channel", args=[channel.slug]), sent)
    change = ChannelChange.objects.get()
    assert answer.headers["Location"] == reverse("approvals:channel_change", args=[change.pk])
    assert change.after["disclosure"]["words"] == {
        "en": {"statement": "See {original}.", "captions": {"any": "Digitally altered"}}
    }
    overview = browser_of(mona).get("/").content.decode()
    assert f"Confirm a change of {channel.name}" in overview
    assert "Confirm a change" not in browser_of(max_).get("/").content.decode()
    browser_of(mona).post(reverse("approvals:confirm_change", args=[change.pk]))
    assert Channel.objects.get(pk=channel.pk).name == "Brochures"


def test_looking_saves_nothing_and_shows_the_words(channel: Channel, max_: User) -> None:
    sent = a_channel(en_caption_SkyReplaced="Another sky", preview="1")(None)  # type: ignore[arg-type] # as above
    page = browser_of(max_).post(reverse("approvals:edit_channel", args=[channel.slug]), sent)
    assert page.status_code == 200
    assert '<span class="caption">Another sky</span>' in page.content.decode()
    assert not ChannelChange.objects.exists()


def test_a_language_that_is_ticked_gets_its_fields(channel: Channel, max_: User) -> None:
    sent = {**a_channel(preview="1")(None), "languages": ["es"]}  # type: ignore[arg-type] # as above
    page = browser_of(max_).post(reverse("approvals:edit_channel", args=[channel.slug]), sent)
    assert 'name="es_caption_any"' in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"en_caption_any": "Virtually staged"}, "not true"),
        ({"source": ""}, "keep the profile as a draft"),
        ({"territory": "California"}, "no code"),
        ({"refused_slots": "first"}, "no place"),
        ({"must_say": ["altered"], "read_on": ""}, "source must be named"),
    ],
)
def test_what_cannot_be_kept_to_is_said_at_once(
    channel: Channel, max_: User, typed: dict[str, Any], words: str
) -> None:
    sent = {**a_channel()(None), **typed}  # type: ignore[arg-type] # as above
    answer = browser_of(max_).post(reverse("approvals:edit_channel", args=[channel.slug]), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize("key", shipped())
def test_a_channel_begins_from_each_shipped_profile(key: str, max_: User) -> None:
    """As it stands, or, for a draft, as a draft."""
    browser, address = browser_of(max_), f"{reverse('approvals:new_channel')}?profile={key}"
    form = browser.get(address).context["form"]
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {name: value for name, value in sent.items() if value is not None and value is not False}
    sent |= {"name": "Anew", "slug": "anew"}
    answer = browser.post(address, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Channel.objects.get(slug="anew")
    wanted = shipped()[key].stored
    assert {name: made.disclosure[name] for name in wanted} == wanted


# What is shipped


def test_each_shipped_profile_says_where_it_was_read_or_is_a_draft() -> None:
    for each in shipped().values():
        said = each.profile
        assert said.is_draft != bool(said.source and said.read_on and said.quoted and said.words)


def test_what_the_issue_names_is_shipped() -> None:
    drafts = {key for key, each in shipped().items() if each.profile.is_draft}
    assert drafts == {"canopy", "har", "wisconsin"}
    assert shipped().keys() - drafts == {
        "ab-723", "crmls", "stellar", "ccar", "mls-now", "realtracs", "smartmls", "new-york-396-b", "eu-article-50",
        "website", "print",
    }  # fmt: skip


def test_the_starter_channels_begin_from_shipped_profiles() -> None:
    assert [channel.disclosure.get("name") for channel in loading.load()] == ["CRMLS", "Plain website", "Plain print"]


def test_an_administrator_only_looks_at_channels_in_the_admin(channel: Channel) -> None:
    address = reverse("admin:approvals_channel_change", args=[channel.pk])
    assert browser_of(library.max_()).post(address, {"name": "x"}).status_code == 403


def test_whoever_types_over_a_channel_that_was_changed_meanwhile_sees_both(channel: Channel, max_: User) -> None:
    browser, address = browser_of(max_), reverse("approvals:edit_channel", args=[channel.slug])
    seen = browser.get(address).context["form"].seen
    factories.change_channel(channel, description="Theirs")
    typed: dict[str, Any] = {**a_channel(description="Mine")(None), "seen": seen}  # type: ignore[arg-type] # as above
    answer = browser.post(address, typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Theirs" in page
    assert "Mine" in page

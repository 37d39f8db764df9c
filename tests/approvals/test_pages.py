"""The pages of approvals, as the cast sees them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from approvals.models import Channel, Choice, Decision, ListingSite, Release, Review, SiteKey
from approvals.pages import review_page
from approvals.releases import lifecycle
from approvals.reviews import dossier, services, settling
from approvals.sites import access
from assets.models import Version
from core import clock
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library_factories
from tests.assets import verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(ready_once: Version) -> Version:
    return Version.objects.with_dossier().get(pk=ready_once.pk)


def signed_in(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def page(user: User, name: str, *args: Any) -> Any:
    return signed_in(user).get(reverse(f"approvals:{name}", args=args))


def decision_form(review: Review, choice: str = "approve", note: str = "") -> dict[str, str]:
    seen = dossier.of_review(Review.objects.get(pk=review.pk))
    return {"seen_hash": seen.hash, "seen": seen.sealed(), "note": note, "choice": choice}


def decide(user: User, review: Review, form: dict[str, str], **options: Any) -> Any:
    return signed_in(user, **options).post(reverse("approvals:decide", args=[review.pk]), form)


# Who may look


PAGES = ["queue", "channels", "sites"]


@pytest.mark.parametrize("name", PAGES)
def test_a_visitor_is_asked_to_sign_in(name: str, db: None) -> None:
    assert Client().get(reverse(f"approvals:{name}")).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_sees_nothing(name: str, nils: User) -> None:
    assert page(nils, name).status_code == 403


@pytest.mark.parametrize("name", ["review", "decide", "claim", "retract"])
def test_a_stranger_gets_no_review(name: str, nils: User, review: Review) -> None:
    client = signed_in(nils)
    address = reverse(f"approvals:{name}", args=[review.pk])
    response = client.get(address) if name == "review" else client.post(address, decision_form(review))
    assert (response.status_code, Review.objects.get().state, Decision.objects.count()) == (403, "open", 0)


def test_staff_do_not_manage_sites(ada: User) -> None:
    assert page(ada, "sites").status_code == 403


@pytest.mark.parametrize("name", ["decide", "claim", "retract"])
def test_opening_a_link_decides_nothing(name: str, rita: User, review: Review) -> None:
    assert page(rita, name, review.pk).status_code == 405


# The review place


def test_an_empty_queue_says_what_will_be_here(rita: User) -> None:
    assert b"Nothing is waiting." in page(rita, "queue").content


def test_the_queue_opens_the_oldest(rita: User, review: Review) -> None:
    assert page(rita, "queue").context["page"].review == review


def test_the_review_shows_the_picture_whole_and_the_dossier(rita: User, review: Review) -> None:
    text = page(rita, "review", review.pk).content.decode()
    assert reverse("assets:file", args=[review.version_id, "preview"]) in text
    assert "Kitchen with an oak table by a wide window" in text


def test_own_work_has_a_disabled_button_with_the_reason(ada: User, max_: User, channel: Channel) -> None:
    mine = factories.review(factories.ready(max_), channel)
    text = page(max_, "review", mine.pk).content.decode()
    assert "You brought the file and gave it its title" in text
    assert 'value="changes"' not in text


def test_a_review_whose_words_somebody_wrote_does_not_wait_for_them(ada: User, max_: User, channel: Channel) -> None:
    version = factories.ready(ada)
    french = {"fr": "Cuisine avec une table en chêne"}
    verbs.describe(version, text=version.alt_text, decorative=False, language="en", further=french, by=max_)
    edited, other = factories.review(version, channel), factories.review(factories.ready(ada), channel)
    assert list(Review.objects.waiting_for(max_)) == [other]
    assert review_page.next_for(max_) == other
    assert [entry.is_own for entry in review_page.queue_for(max_).entries if entry.review == edited] == [True]


def test_htmx_gets_the_queue_alone(rita: User, review: Review) -> None:
    response = signed_in(rita, headers={"hx-request": "true"}).get(reverse("approvals:review", args=[review.pk]))
    assert response.content.lstrip().startswith(b'<div class="review-place')


def test_approving_leads_to_the_next_and_can_be_undone(
    rita: User, ada: User, review: Review, undo_window: None
) -> None:
    following = factories.review(factories.ready(ada))
    response = decide(rita, review, decision_form(review))
    assert response.url == reverse("approvals:review", args=[following.pk])
    text = signed_in(rita).get(response.url).content.decode()
    assert reverse("approvals:undo", args=[Decision.objects.get().pk]) in text


def test_a_decision_is_undone_from_the_page(rita: User, review: Review, undo_window: None) -> None:
    decide(rita, review, decision_form(review))
    signed_in(rita).post(reverse("approvals:undo", args=[Decision.objects.get().pk]))
    assert Review.objects.get().state == "open"


def test_sending_back_without_words_is_422_and_records_nothing(rita: User, review: Review) -> None:
    response = decide(rita, review, decision_form(review, "changes"))
    assert (response.status_code, Decision.objects.count()) == (422, 0)
    assert b"Say in a few words what should change" in response.content


def test_what_changed_meanwhile_is_409_with_the_difference_and_the_note(rita: User, ada: User, review: Review) -> None:
    form = decision_form(review, note="Lovely light.")
    verbs.describe(review.version, text="A kitchen with a parrot", decorative=False, language="en", by=ada)
    response = decide(rita, review, form)
    text = response.content.decode()
    assert (response.status_code, Decision.objects.count()) == (409, 0)
    assert "was “Kitchen with an oak table by a wide window”, is now “A kitchen with a parrot”" in text
    assert "Lovely light." in text


def test_the_form_after_a_409_decides_on_what_is_there_now(rita: User, ada: User, review: Review) -> None:
    form = decision_form(review)
    verbs.describe(review.version, text="A kitchen with a parrot", decorative=False, language="en", by=ada)
    fresh = decide(rita, review, form).context["page"].form.initial
    assert decide(rita, review, fresh | {"choice": "approve"}).status_code == 302


@pytest.mark.parametrize("seen", ["", "forged", "x" * 5000])
def test_a_forged_seal_shows_no_difference_and_does_no_harm(rita: User, review: Review, seen: str) -> None:
    response = decide(rita, review, decision_form(review) | {"seen": seen, "seen_hash": "0" * 64})
    assert (response.status_code, Decision.objects.count()) == (409, 0)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"choice": "perhaps"},
        {"choice": "approve", "seen_hash": "a" * 900},
        {"choice": "approve", "seen_hash": "\x00"},
    ],
)
def test_a_form_that_cannot_be_read_is_422(rita: User, review: Review, form: dict[str, str]) -> None:
    assert (decide(rita, review, form).status_code, Decision.objects.count()) == (422, 0)


def test_deciding_on_own_work_is_403(ada: User, max_: User, channel: Channel) -> None:
    mine = factories.review(factories.ready(max_), channel)
    assert (decide(max_, mine, decision_form(mine)).status_code, Decision.objects.count()) == (403, 0)


def test_sending_back_without_a_word_puts_the_cursor_where_words_are_missing(rita: User, review: Review) -> None:
    response = decide(rita, review, decision_form(review, choice="changes"))
    assert (response.status_code, Decision.objects.count()) == (422, 0)
    assert response.content.decode().count("autofocus") == 1
    assert "autofocus" not in page(rita, "review", review.pk).content.decode()


def test_a_second_decision_is_409_with_words(rita: User, max_: User, review: Review) -> None:
    decide(rita, review, decision_form(review))
    response = decide(max_, review, decision_form(review))
    assert response.status_code == 409
    assert b"Nothing was recorded" in response.content


def test_an_author_sees_what_came_back(ada: User, review: Review) -> None:
    settling.settle(factories.decide(review, Choice.CHANGES, "The lamp floats."))
    assert b"The lamp floats." in page(ada, "queue").content


def test_a_channel_says_how_many_of_its_releases_are_not_served(ada: User, max_: User, channel: Channel) -> None:
    factories.released(factories.ready(ada), channel)
    paused = factories.released(factories.ready(ada), channel)
    assert "paused" not in page(max_, "channel", channel.slug).content.decode()
    verbs.describe(paused.version, text="A kitchen, now with a dog", decorative=False, language="en", by=ada)
    assert "1 paused" in page(max_, "channel", channel.slug).content.decode()


def test_a_release_is_shown_with_its_alt_text_in_every_language(
    ready: Version, ada: User, rita: User, channel: Channel
) -> None:
    verbs.describe(ready, text=ready.alt_text, decorative=False, language="en", further={"fr": "Cuisine"}, by=ada)
    shown = page(rita, "release", factories.released(ready, channel).pk).content.decode()
    assert 'In French</span> <span lang="fr">Cuisine' in shown


def test_reviewer_and_author_are_told_of_an_approval_that_did_not_take_effect(
    ada: User, rita: User, review: Review, undo_window: None
) -> None:
    decision = factories.decide(review)
    verbs.rename(review.version.asset, "Salon", by=ada)
    with time_machine.travel(decision.effective_at + timedelta(seconds=1)):
        settling.settle(decision)
    told = page(rita, "review", review.pk).content.decode()
    assert told.index("Decided, without effect") < told.index("Look again, and decide.") < told.index("</article>")
    assert "It did not take effect: " in told
    asset = signed_in(ada).get(review.version.get_absolute_url()).content.decode()
    assert "Rita had decided, but it did not take effect: " in asset


def test_a_paused_release_says_what_it_waits_for(ada: User, max_: User, channel: Channel) -> None:
    release = factories.released(factories.ready(ada), channel)
    changed = verbs.describe(release.version, text="A kitchen, now with a dog", by=ada)
    assert "Submit it again." in page(max_, "release", release.pk).content.decode()
    factories.review(changed, channel)
    assert "It is back in review." in page(max_, "release", release.pk).content.decode()
    verbs.archive(factories.released(factories.ready(ada), channel).version, by=ada)
    archived = Release.objects.latest("released_at")
    assert "The version was archived." in page(max_, "release", archived.pk).content.decode()


def test_what_was_withdrawn_is_not_asked_for_again(max_: User, ready: Version, channel: Channel) -> None:
    release = factories.released(ready, channel)
    lifecycle.withdraw(release, "Sold.", by=max_)
    answer = page(max_, "withdraw", release.pk)
    assert (answer.status_code, answer["Location"]) == (302, reverse("approvals:release", args=[release.pk]))


def test_a_review_that_is_over_says_how_it_ended(rita: User, review: Review) -> None:
    settling.settle(factories.decide(review))
    assert "Approved. There is nothing more to decide." in page(rita, "review", review.pk).content.decode()


def ticked(user: User, version: Version) -> list[str]:
    panel = page(user, "submit", version.pk).context["panel"]
    return [each.channel.slug for each, _, is_ticked in panel.offers if is_ticked]


def test_what_came_back_is_submitted_to_the_same_channels(ada: User, ready: Version, channel: Channel) -> None:
    factories.channel("elsewhere")
    review = factories.review(ready, channel)
    settling.settle(factories.decide(review, Choice.CHANGES, "The lamp floats."))
    said = page(ada, "submit", ready.pk).content.decode()
    assert (ticked(ada, ready), "Changes requested" in said) == (["website"], True)


def test_what_changed_after_its_approval_is_submitted_to_the_same_channels(
    ready: Version, ada: User, channel: Channel
) -> None:
    factories.channel("elsewhere")
    version = factories.released(ready, channel).version
    assert (ticked(ada, version), "changed since" in page(ada, "submit", version.pk).content.decode()) == ([], False)
    verbs.describe(version, text="A kitchen, now with a dog", decorative=False, language="en", by=ada)
    said = page(ada, "submit", version.pk).content.decode()
    assert (ticked(ada, version), "something about it changed since" in said) == (["website"], True)


def test_a_channel_that_refuses_it_is_not_ticked(ada: User, ready: Version, channel: Channel) -> None:
    review = factories.review(ready, channel)
    settling.settle(factories.decide(review, Choice.CHANGES, "The lamp floats."))
    Channel.objects.update(rules={"min_width": 9000})
    assert ticked(ada, ready) == []


def test_the_queue_costs_the_same_however_long_it_is(rita: User, ada: User) -> None:
    for _ in range(2):
        factories.review(factories.ready(ada))
    first = _queries(rita)
    for _ in range(4):
        factories.review(factories.ready(ada))
    assert _queries(rita) == first


def _queries(user: User) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(user)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse("approvals:queue")).status_code == 200
    return len(captured)


# Submitting


def test_submitting_from_the_page(ada: User, ready: Version, channel: Channel) -> None:
    response = signed_in(ada).post(
        reverse("approvals:submit", args=[ready.pk]), {"channels": ["website"], "note": "Please."}
    )
    assert (response.status_code, Review.objects.get().note) == (302, "Please.")


def test_a_blocked_submission_is_422_and_keeps_what_was_typed(ada: User, channel: Channel) -> None:
    bare = library_factories.VersionFactory.create(by=ada)
    response = signed_in(ada).post(
        reverse("approvals:submit", args=[bare.pk]), {"channels": ["website"], "note": "My words."}
    )
    assert (response.status_code, Review.objects.count()) == (422, 0)
    assert b"There is no alt text" in response.content


def test_submitting_for_nothing_is_422(ada: User, ready: Version, channel: Channel) -> None:
    response = signed_in(ada).post(reverse("approvals:submit", args=[ready.pk]), {"note": "My words."})
    assert response.status_code == 422
    assert b"My words." in response.content


def test_an_unknown_channel_is_422(ada: User, ready: Version, channel: Channel) -> None:
    response = signed_in(ada).post(reverse("approvals:submit", args=[ready.pk]), {"channels": ["nowhere"]})
    assert (response.status_code, Review.objects.count()) == (422, 0)


def test_the_button_is_off_with_the_reason_while_everything_is_blocked(ada: User, channel: Channel) -> None:
    bare = library_factories.VersionFactory.create(by=ada)
    assert b"Every channel is blocked" in page(ada, "submit", bare.pk).content


def test_a_finding_leads_to_where_it_can_be_fixed(ada: User, channel: Channel) -> None:
    bare = library_factories.VersionFactory.create(by=ada)
    assert f"{bare.get_absolute_url()}#alt_text" in page(ada, "submit", bare.pk).content.decode()


def test_reviewers_cannot_submit(rita: User, ready: Version, channel: Channel) -> None:
    response = signed_in(rita).post(reverse("approvals:submit", args=[ready.pk]), {"channels": ["website"]})
    assert (response.status_code, Review.objects.count()) == (403, 0)


def test_taking_back_from_the_page(ada: User, review: Review) -> None:
    signed_in(ada).post(reverse("approvals:retract", args=[review.pk]))
    assert Review.objects.get().state == "retracted"


# Channels and releases


def test_a_channel_shows_its_rules_and_what_is_live(rita: User, ada: User) -> None:
    release = factories.released(factories.ready(ada, title="Harbor view"))
    text = page(rita, "channel", release.channel.slug).content.decode()
    assert "At least 32 × 32 pixels." in text
    assert "Harbor view" in text


def test_rules_that_cannot_be_read_are_said_and_break_nothing(rita: User, channel: Channel) -> None:
    Channel.objects.update(rules={"min_widht": 5})
    response = page(rita, "channel", channel.slug)
    assert (response.status_code, b"min_widht" in response.content) == (200, True)


def test_a_release_shows_what_the_public_sees(rita: User, ready: Version) -> None:
    release = factories.released(ready)
    assert page(rita, "release", release.pk).status_code == 200


def test_withdrawing_from_the_page(rita: User, ready: Version) -> None:
    release = factories.released(ready)
    signed_in(rita).post(reverse("approvals:withdraw", args=[release.pk]), {"kind": "other", "reason": "Sold."})
    assert Release.objects.get().state == "withdrawn"


def test_withdrawing_without_a_reason_is_422(rita: User, ready: Version) -> None:
    release = factories.released(ready)
    response = signed_in(rita).post(reverse("approvals:withdraw", args=[release.pk]), {"kind": "other", "reason": " "})
    assert (response.status_code, Release.objects.get().state) == (422, "live")


def test_staff_cannot_withdraw(ready: Version, ada: User) -> None:
    release = factories.released(ready)
    response = signed_in(ada).post(reverse("approvals:withdraw", args=[release.pk]), {"reason": "Sold."})
    assert (response.status_code, Release.objects.get().state) == (403, "live")


# Sites and keys


def test_making_a_site(max_: User, channel: Channel) -> None:
    form = {"name": "bricks.example", "slug": "bricks", "channels": ["website"]}
    signed_in(max_).post(reverse("approvals:sites"), form)
    assert list(ListingSite.objects.get().channels.all()) == [channel]


def test_a_taken_name_is_422_and_keeps_what_was_typed(max_: User, channel: Channel) -> None:
    factories.site(channel)
    response = signed_in(max_).post(
        reverse("approvals:sites"), {"name": "Twice", "slug": "bricks", "channels": ["website"]}
    )
    assert response.status_code == 422
    assert b"Twice" in response.content


def test_a_key_is_shown_once(max_: User, channel: Channel) -> None:
    site = factories.site(channel)
    client = signed_in(max_)
    shown = client.post(reverse("approvals:create_key", args=[site.slug]), {"label": "production"})
    prefix = f"imp_{SiteKey.objects.get().prefix}_"
    once = shown.content.decode().count(prefix)
    assert once > page(max_, "site", site.slug).content.decode().count(prefix) == 1
    assert "no-store" in shown["Cache-Control"]


def test_a_key_works_through_its_last_day_where_the_team_is(max_: User, channel: Channel, settings: Settings) -> None:
    settings.TEAM_TIME_ZONE = "America/New_York"
    site = factories.site(channel)
    sent = {"label": "production", "last_day": f"{clock.today():%Y-%m-%d}"}
    signed_in(max_).post(reverse("approvals:create_key", args=[site.slug]), sent)
    midnight = datetime.combine(clock.today() + timedelta(days=1), time.min, tzinfo=clock.zone())
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        assert access.is_active(SiteKey.objects.get())
    with time_machine.travel(midnight, tick=False):
        assert not access.is_active(SiteKey.objects.get())


def test_revoking_a_key(max_: User, channel: Channel) -> None:
    key = factories.key(factories.site(channel)).key
    signed_in(max_).post(reverse("approvals:revoke_key", args=["bricks", key.pk]))
    assert SiteKey.objects.get().revoked_at is not None


def test_a_key_of_another_site_is_404(max_: User, channel: Channel) -> None:
    key = factories.key(factories.site(channel)).key
    factories.site(channel, slug="other")
    response = signed_in(max_).post(reverse("approvals:revoke_key", args=["other", key.pk]))
    assert (response.status_code, SiteKey.objects.get().revoked_at) == (404, None)


def test_what_people_typed_is_shown_and_never_run(rita: User, ada: User, channel: Channel) -> None:
    nasty = '"><script>alert(1)</script>'
    version = factories.ready(ada, title=nasty)
    review = services.submit(version, [channel], nasty, by=ada)
    for address in (reverse("approvals:review", args=[review.pk]), reverse("approvals:queue")):
        assert b"<script>alert" not in signed_in(rita).get(address).content

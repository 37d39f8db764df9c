"""Each verb holds the rows that it decides by, so that two people at once come one after the other.

Two threads rarely meet in the very moment that matters; what a verb asks the database for is there every time.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Choice, Review
from approvals.releases import lifecycle
from approvals.reviews import services, settling
from approvals.sites import access
from assets.models import Version
from assets.rights import consents
from core.models import User
from tests.approvals import factories
from tests.approvals.factories import channel
from tests.assets import factories as library
from tests.assets import verbs

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

Verb = Callable[[], object]
LOCKED = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE')


def held_by(verb: Verb) -> set[str]:
    """The tables of which the verb held a row."""
    with CaptureQueriesContext(connection) as asked:
        verb()
    whole = [each["sql"] for each in asked if " FOR UPDATE" in each["sql"] and "core_loghead" not in each["sql"]]
    assert whole == [], "a row that names a locked one must not wait for it: two such would wait for each other"
    return {found[1] for query in asked if (found := LOCKED.search(query["sql"]))}


@pytest.mark.parametrize(
    "change",
    [
        lambda v, by: verbs.describe(v, text="A kitchen", decorative=False, language="en", by=by),
        lambda v, by: library.complete_license(v, by),
        lambda v, by: verbs.say_who_is_shown(v, people="no", property="no", by=by),
        lambda v, by: verbs.record_consent(v, consents.GivenConsent(kind="person", name="Jo"), by=by),
        lambda v, by: verbs.mark(v, digital_source="", alterations=[], original=None, disclosure_note="", by=by),
        lambda v, by: verbs.archive(v, by=by),
    ],
    ids=["alt text", "license", "who is shown", "consent", "disclosure", "archive"],
)
def test_a_change_of_a_version_holds_it(change: Callable[[Version, User], object], ready: Version, ada: User) -> None:
    assert "assets_version" in held_by(lambda: change(ready, ada))


def test_submitting_holds_the_version(ready: Version, ada: User) -> None:
    asked = [channel()]
    assert "assets_version" in held_by(lambda: services.submit(ready, asked, "", by=ada))


def test_what_is_done_to_a_review_holds_it(review: Review, rita: User, undo_window: None) -> None:
    assert "approvals_review" in held_by(lambda: services.claim(review, by=rita))
    assert "approvals_review" in held_by(lambda: factories.decide(review, Choice.APPROVE))
    decision = review.decisions.get()
    assert {"approvals_review", "approvals_decision"} <= held_by(lambda: services.undo(decision, by=rita))
    assert "approvals_review" in held_by(lambda: services.retract_review(review, by=review.submitted_by))


def test_settling_holds_what_it_publishes_and_where(review: Review) -> None:
    decision = factories.decide(review)
    everything = {"approvals_decision", "approvals_review", "assets_version", "approvals_channel"}
    assert everything <= held_by(lambda: settling.settle(decision))


def test_withdrawing_holds_the_release_and_its_place_in_the_events(rita: User) -> None:
    release = factories.released()
    everything = {"assets_version", "approvals_release", "approvals_channel"}
    assert everything <= held_by(lambda: lifecycle.withdraw(release, "Sold.", by=rita))


def test_keys_and_sites_are_held(max_: User) -> None:
    site = factories.site()
    key = factories.key(site).key
    assert "approvals_listingsite" in held_by(lambda: access.change_channels(site, [channel()], by=max_))
    assert "approvals_listingsite" in held_by(lambda: access.switch(site, active=False, by=max_))
    assert "approvals_sitekey" in held_by(lambda: access.revoke_key(key, by=max_))

"""People made or changed by AI are named where a channel's profile asks for it (New York GBL §396-b)."""

from __future__ import annotations

import pytest

from approvals.channels import people, verdict
from approvals.channels.disclosure import Disclosure, Profile
from approvals.channels.rules import Rules
from approvals.channels.verdict import ChannelContext
from approvals.models.document import Kind
from core.models import User
from tests.approvals import factories
from tests.assets import verbs

WORDS = "Contains a synthetic performer"
ASKS = Profile(people_made_words=WORDS, label_generated="Made with AI")


@pytest.mark.parametrize(
    ("shown", "label"),
    [("no", ""), ("real", ""), ("unknown", ""), ("made", WORDS), ("both", WORDS)],
)
def test_the_words_stand_beside_the_picture_where_ai_made_somebody(shown: str, label: str) -> None:
    assert people.with_people(Disclosure(), ASKS, shown).label == label


def test_they_join_the_label_and_are_said_once() -> None:
    said = people.with_people(Disclosure(label="Made with AI"), ASKS, "made")
    assert said.label == f"Made with AI · {WORDS}"
    assert people.with_people(said, ASKS, "made") == said


def test_a_channel_that_asks_is_blocked_where_nothing_would_say_it() -> None:
    codes = [[finding.code for finding in people.findings(Disclosure(), ASKS, shown)] for shown in ("made", "real")]
    assert codes == [["people_made_silent"], []]
    assert list(people.findings(Disclosure(), Profile(), "made")) == []


@pytest.mark.parametrize("shown", ["real", "made", "both"])
def test_a_channel_without_people_takes_none_of_any_kind(shown: str) -> None:
    facts = ChannelContext(width=2000, height=1500, kind=Kind.PHOTOGRAPH, shows_people=shown)
    found = [finding.code for finding in verdict.judge(facts, Rules(allow_people=False), Profile())]
    assert "people_refused" in found


@pytest.mark.django_db
def test_what_leaves_names_them(ada: User) -> None:
    channel = factories.channel(disclosure={"people_made_words": WORDS})
    version = verbs.say_who_is_shown(factories.ready(ada), people="made", property="no", by=ada)
    assert factories.released(version, channel).document.disclosure.label == WORDS

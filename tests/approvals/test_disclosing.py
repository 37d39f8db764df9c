"""Disclosure words: true of what was done to the picture, never silent, never unresolved, and in force on the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.channels import disclosure, verdict
from approvals.channels.profiles import FORMAT, Profile
from approvals.channels.rules import BadRules, Rules
from approvals.channels.verdict import ChannelContext
from approvals.models.document import Kind
from assets.provenance.alterations import ALTERATIONS, as_reso, choices_for

STAGED, REMOVED, SKY = "VirtualStagingItemAddition", "DeclutteredItemRemoved", "SkyReplaced"
BY_AI, BY_HAND, WHOLLY = "compositeWithTrainedAlgorithmicMedia", "digitalCapture", "trainedAlgorithmicMedia"
WORDS = {
    "captions": {STAGED: "Virtually staged", REMOVED: "Items digitally removed", "any": "Digitally altered"},
    "prefixes": {STAGED: "One or more photo(s) was virtually staged."},
    "caption_generated": "Illustration made with AI",
    "label_altered": "Digitally altered",
    "label_ai_altered": "AI-modified image",
    "label_generated": "AI-generated image",
    "statement": "The unaltered image can be seen at {original}.",
    "people": "People shown were made with AI",
}
ALTERED = ChannelContext(
    width=2000,
    height=1500,
    kind=Kind.ALTERED,
    alterations=(STAGED,),
    has_original=True,
    original_is_photograph=True,
    original_is_released=True,
    shows_people="no",
    credit="Harbor Homes",
    disclosure_note="sofa added",
    digital_source=BY_AI,
    on=date(2026, 12, 1),
)
DRAWN = replace(ALTERED, kind=Kind.DRAWN, alterations=(), digital_source="digitalCreation")
OLD_STAGED = Profile.parse({"caption_altered": "Virtually staged"})
OLD_AI = Profile.parse({"label_altered": "AI · modified"})


def profile(**said: Any) -> Profile:
    return Profile.parse({"format": FORMAT, "words": {"en": WORDS}} | said)


def words(**said: Any) -> Profile:
    return profile(words={"en": WORDS | said})


def caption(*alterations: str, note: str = "", **options: Any) -> str:
    said = disclosure.disclose(profile(), Kind.ALTERED, alterations=alterations, note=note, **options)
    return said.caption


def stops(facts: ChannelContext, under: Profile) -> list[str]:
    return [found.code for found in verdict.judge(facts, Rules(), under) if found.blocks]


def test_each_alteration_has_its_own_words() -> None:
    assert (caption(STAGED), caption(REMOVED), caption(SKY)) == (
        "Virtually staged", "Items digitally removed", "Digitally altered",
    )  # fmt: skip


def test_several_alterations_are_all_named_where_they_fit() -> None:
    assert caption(REMOVED, STAGED) == "Virtually staged. Items digitally removed"


def test_where_they_do_not_fit_the_words_are_true_of_any() -> None:
    short = profile(caption_limit=30)
    said = disclosure.disclose(short, Kind.ALTERED, alterations=[REMOVED, STAGED])
    assert said.caption == "Digitally altered"


@given(st.sets(st.sampled_from(sorted(ALTERATIONS))), st.text(max_size=60))
def test_no_caption_speaks_of_staging_where_nothing_was_staged(alterations: set[str], note: str) -> None:
    said = disclosure.disclose(profile(), Kind.ALTERED, alterations=alterations, note=note)
    assert len(said.caption) <= 50
    assert not disclosure.untrue(
        replace(said, caption=said.caption.removesuffix(f": {note.strip()}")), alterations, BY_AI
    )


def test_the_remarks_begin_so_only_where_something_was_staged() -> None:
    staged, removed = (disclosure.disclose(profile(), Kind.ALTERED, alterations=[each]) for each in (STAGED, REMOVED))
    assert (staged.remark_prefix, removed.remark_prefix) == ("One or more photo(s) was virtually staged.", "")


def test_only_what_a_model_changed_is_called_so() -> None:
    by_ai, by_hand = (
        disclosure.disclose(profile(icon="by_kind"), Kind.ALTERED, alterations=[STAGED], digital_source=source)
        for source in (BY_AI, BY_HAND)
    )
    assert (by_ai.label, by_ai.icon) == ("AI-modified image", "ai_modified")
    assert (by_hand.label, by_hand.icon) == ("Digitally altered", "")


def test_people_whom_ai_made_are_told_of() -> None:
    told = [disclosure.people_by_ai(kind, shown) for kind, shown in ((Kind.ALTERED, "made"), (Kind.GENERATED, "real"))]
    assert (told, disclosure.people_by_ai(Kind.ALTERED, "real")) == ([True, True], False)
    said = disclosure.disclose(profile(), Kind.GENERATED, digital_source=WHOLLY, people=True)
    assert said.people == "People shown were made with AI"


def test_further_languages_say_the_same() -> None:
    both = profile(words={"en": WORDS, "es": {"captions": {STAGED: "Amueblada virtualmente", "any": "Alterada"}}})
    said = disclosure.disclose(both, Kind.ALTERED, alterations=[STAGED])
    assert (said.language, said.caption, said.translations["es"].caption) == (
        "en", "Virtually staged", "Amueblada virtualmente",
    )  # fmt: skip
    spanish = disclosure.disclose(both, Kind.ALTERED, alterations=[STAGED], language="es")
    assert (spanish.caption, spanish.translations["en"].caption) == ("Amueblada virtualmente", "Virtually staged")


# What blocks


@pytest.mark.parametrize(
    ("facts", "under", "code"),
    [
        (ALTERED, profile(words={}), "disclosure_silent"),
        (DRAWN, profile(must_say=["altered", "generated", "drawn"]), "disclosure_silent"),
        (ALTERED, words(statement="Ask {agent}."), "statement_unresolved"),
        (ALTERED, words(statement="See {original} or {"), "statement_unresolved"),
        (ALTERED, words(label_ai_altered="Altered by {company}"), "statement_unresolved"),
        (replace(ALTERED, has_original=False), profile(), "statement_unresolved"),
        (ALTERED, profile(first_day="2027-01-01"), "profile_not_in_force"),
        (ALTERED, profile(last_day="2026-11-30"), "profile_not_in_force"),
        (ALTERED, profile(is_draft=True), "profile_is_draft"),
        (replace(ALTERED, alterations=(REMOVED,)), OLD_STAGED, "disclosure_untrue"),
        (replace(ALTERED, digital_source=BY_HAND), OLD_AI, "disclosure_untrue"),
        (
            replace(ALTERED, kind=Kind.GENERATED, alterations=(), shows_people="made", digital_source=WHOLLY),
            profile(words={"en": WORDS | {"people": ""}}, must_say=["altered", "generated", "people"]),
            "people_not_told",
        ),
    ],
)  # fmt: skip
def test_what_people_would_not_be_told_or_not_truly_does_not_leave(
    facts: ChannelContext, under: Profile, code: str
) -> None:
    assert stops(facts, under) == [code]


@pytest.mark.parametrize(
    ("facts", "under"),
    [
        (ALTERED, profile()),
        (ALTERED, profile(first_day="2026-12-01", last_day="2026-12-01")),
        (replace(ALTERED, kind=Kind.PHOTOGRAPH, alterations=()), profile(first_day="2027-01-01")),
        (DRAWN, profile()),
        (
            ALTERED,
            profile(words={}, must_say=["generated"], source="A rule that asks for none", read_on="2026-11-22"),
        ),
    ],
)
def test_what_is_told_leaves(facts: ChannelContext, under: Profile) -> None:
    assert stops(facts, under) == []


# What cannot be said at all


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"words": {"en": {"captions": {"any": "Virtually staged"}}}}, "not true"),
        ({"words": {"en": {"captions": {STAGED: "Staged"}}}}, "any other alteration"),
        ({"words": {"en": {"captions": {"any": "x" * 51}}}}, "more than 50"),
        ({"words": {"en": {"captions": {"Repainted": "x", "any": "y"}}}}, "Repainted"),
        ({"words": {"tlh": {}}}, "tlh"),
        ({"words": {"en": {"subtitle": "x"}}}, "subtitle"),
        ({"language": "fr"}, "language"),
        ({"must_say": ["generated"]}, "source"),
        ({"must_say": ["photograph"]}, "must_say"),
        ({"caption_limit": 60}, "caption_limit"),
        ({"caption_limit": True}, "caption_limit"),
        ({"first_day": "2027-02-30"}, "first_day"),
        ({"first_day": "2027-02-01", "last_day": "2027-01-01"}, "last_day"),
        ({"burn_in": "always"}, "burn_in"),
        ({"icon": ["basic"]}, "icon"),
        ({"refused_slots": [0]}, "refused_slots"),
        ({"color": "red"}, "color"),
        ({"format": 3}, "format"),
    ],
)
def test_a_profile_that_could_not_be_kept_to_is_refused_by_name(said: dict[str, Any], named: str) -> None:
    with pytest.raises(BadRules, match=named):
        profile(**said)


# Sky, lawn and light


def test_ours_leave_as_the_one_value_that_listing_systems_know() -> None:
    assert as_reso([SKY, "LightAdded", STAGED]) == ["VirtualEnhancements", STAGED]


def test_rules_tell_sky_lawn_and_light_apart() -> None:
    rules = Rules(refused_alterations=("LandscapingChanged",))
    found = [
        verdict.judge(replace(ALTERED, alterations=(each,)), rules, profile()) for each in (SKY, "LandscapingChanged")
    ]
    assert [[one.code for one in each] for each in found] == [[], ["alteration_refused"]]


def test_the_wide_value_is_offered_only_where_it_was_stated() -> None:
    assert "VirtualEnhancements" in dict(choices_for(["VirtualEnhancements"]))
    assert "VirtualEnhancements" not in dict(choices_for([]))


def test_every_pair_of_alterations_has_a_true_caption() -> None:
    for pair in combinations(ALTERATIONS, 2):
        said = disclosure.disclose(profile(), Kind.ALTERED, alterations=pair)
        assert said.caption
        assert not disclosure.untrue(said, pair, BY_AI)

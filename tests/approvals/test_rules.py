"""Rules, disclosure and verdict: plain functions over plain values, and the starter channels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from approvals.channels import disclosure, loading, verdict
from approvals.channels.profiles import CAPTION_LIMIT, Profile
from approvals.channels.rules import BadRules, Rules
from approvals.channels.verdict import ChannelContext
from approvals.models import Channel
from approvals.models.document import Kind
from approvals.policies import deciding
from approvals.reviews import changes

PHOTO = ChannelContext(width=2000, height=1500, kind=Kind.PHOTOGRAPH, shows_people="no", credit="Harbor Homes")
STAGED = replace(
    PHOTO,
    kind=Kind.ALTERED,
    alterations=("VirtualStagingItemAddition",),
    has_original=True,
    original_is_photograph=True,
    original_is_released=True,
    disclosure_note="sofa added",
)
SPEAKING = Profile.parse({"caption_altered": "Virtually staged", "caption_generated": "Made with AI"})


def codes(facts: ChannelContext, rules: Rules, profile: Profile = SPEAKING) -> list[str]:
    return [finding.code for finding in verdict.judge(facts, rules, profile)]


def test_a_plain_photograph_has_nothing_against_it() -> None:
    assert codes(PHOTO, Rules(min_width=1024, min_height=768)) == []


@pytest.mark.parametrize(
    ("facts", "rules", "code"),
    [
        (replace(PHOTO, width=1023), Rules(min_width=1024), "size_too_small"),
        (
            replace(PHOTO, width=9000, height=900),
            Rules(min_height=768, max_width=2048, max_height=1536),
            "size_too_small",
        ),
        (replace(PHOTO, kind=None), Rules(), "source_unknown"),
        (replace(PHOTO, kind=Kind.GENERATED), Rules(allow_generated=False), "generated_refused"),
        (replace(PHOTO, kind=Kind.DRAWN), Rules(allow_generated=False), "generated_refused"),
        (STAGED, Rules(allow_altered=False), "altered_refused"),
        (STAGED, Rules(refused_alterations=("VirtualStagingItemAddition",)), "alteration_refused"),
        (replace(STAGED, has_original=False), Rules(needs_original=True), "original_missing"),
        (replace(STAGED, original_is_photograph=False), Rules(needs_original=True), "original_not_photograph"),
        (replace(STAGED, original_is_released=False), Rules(needs_original=True), "original_not_released"),
        (replace(PHOTO, shows_people="real"), Rules(allow_people=False), "people_refused"),
        (replace(PHOTO, credit=" "), Rules(needs_credit=True), "credit_missing"),
        (replace(PHOTO, is_intact=False), Rules(), "dossier_damaged"),
        (replace(PHOTO, channel_is_active=False), Rules(), "channel_closed"),
    ],
)
def test_what_breaks_a_rule_blocks(facts: ChannelContext, rules: Rules, code: str) -> None:
    found = verdict.judge(facts, rules, SPEAKING)
    assert [finding.code for finding in found if finding.blocks] == [code]


@pytest.mark.parametrize("kind", [Kind.ALTERED, Kind.GENERATED])
def test_nothing_goes_where_people_would_not_be_told(kind: Kind) -> None:
    (found,) = verdict.judge(replace(STAGED, kind=kind), Rules(), Profile())
    assert (found.code, found.blocks) == ("disclosure_silent", True)


def test_the_rules_of_originals_leave_photographs_alone() -> None:
    assert codes(PHOTO, Rules(needs_original=True)) == []


# Who may decide


def test_whoever_had_no_part_and_has_the_right_may_decide() -> None:
    assert deciding.why_not_decide(1, may_review=True, involved={2: ["submitted it"]}) == ""


@given(st.dictionaries(st.integers(1, 9), st.lists(st.sampled_from(["submitted it", "wrote the prompt"]), min_size=1)))
def test_nobody_involved_may_ever_decide(involved: dict[int, list[str]]) -> None:
    assert all(deciding.why_not_decide(person, may_review=True, involved=involved) for person in involved)


# Disclosure


@pytest.mark.parametrize(
    ("missing", "asks_for"), [({"alterations": ()}, "what was altered"), ({"disclosure_note": ""}, "note is empty")]
)
def test_what_is_missing_of_a_change_is_called_as_its_field_is(missing: dict[str, Any], asks_for: str) -> None:
    """Somebody who ticked the kind of change is not told the same again, in other words, for want of a note."""
    (finding,) = verdict.judge(replace(STAGED, **missing), Rules(), SPEAKING)
    assert asks_for in finding.words


@given(st.text(max_size=80), st.text(max_size=CAPTION_LIMIT))
def test_a_caption_is_never_too_long_and_never_loses_the_required_words(note: str, required: str) -> None:
    said = disclosure.disclose(Profile.parse({"caption_altered": required}), Kind.ALTERED, note=note)
    assert len(said.caption) <= CAPTION_LIMIT
    assert said.caption.startswith(required)


def test_the_note_follows_the_required_words_where_it_fits() -> None:
    assert disclosure.disclose(SPEAKING, Kind.ALTERED, note="sofa added").caption == "Virtually staged: sofa added"


def test_a_photograph_needs_no_words() -> None:
    assert not disclosure.disclose(SPEAKING, Kind.PHOTOGRAPH).says_something


def test_the_statement_leaves_the_place_for_the_original() -> None:
    said = disclosure.disclose(Profile.parse({"statement": "Original: {original}."}), Kind.ALTERED)
    assert (said.statement, said.statement_with("https://x.example")) == (
        "Original: {original}.",
        "Original: https://x.example.",
    )


# Reading


@pytest.mark.parametrize(
    "raw",
    [
        {"min_widht": 5},
        {"min_width": "5"},
        {"min_width": -1},
        {"min_width": True},
        {"allow_people": 1},
        {"format": "image/gif"},
        {"quality": 5},
        {"refused_alterations": "all"},
        {"refused_alterations": [["ModelHome"]]},
    ],
)
def test_rules_that_cannot_be_understood_are_refused_by_name(raw: dict[str, Any]) -> None:
    with pytest.raises(BadRules, match=next(iter(raw))):
        Rules.parse(raw)


@pytest.mark.parametrize(
    "raw", [{"caption": "x"}, {"caption_altered": "x" * 51}, {"order": "before"}, {"label_altered": 5}]
)
def test_a_profile_that_cannot_be_understood_is_refused_by_name(raw: dict[str, Any]) -> None:
    with pytest.raises(BadRules, match=next(iter(raw))):
        Profile.parse(raw)


@pytest.mark.django_db
def test_the_starter_channels_load_once() -> None:
    assert [len(loading.load()), len(loading.load())] == [3, 0]


@pytest.mark.django_db
def test_loading_keeps_what_people_changed() -> None:
    loading.load()
    Channel.objects.filter(slug="website").update(name="Ours")
    loading.load()
    assert Channel.objects.get(slug="website").name == "Ours"


@pytest.mark.django_db
def test_every_starter_channel_says_where_its_rules_come_from() -> None:
    assert all(channel.rules_source and channel.rules_read_on for channel in loading.load())


@pytest.mark.django_db
def test_a_file_with_a_mistake_loads_nothing(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text('[[channel]]\nslug = "a"\nname = "A"\nkind = "website"\n[channel.rules]\nmin_widht = 5\n')
    with pytest.raises(CommandError, match="min_widht"):
        call_command("load_channels", str(file))
    assert not Channel.objects.exists()


# Differences


def test_two_dossiers_differ_in_words() -> None:
    before = {"alt_text": {"texts": {"en": "A hall"}}, "license": {"answers": {"commercial": {"answer": "yes"}}}}
    after = {"alt_text": {"texts": {"en": "A hall"}}, "license": {"answers": {"commercial": {"answer": "no"}}}}
    assert changes.differences(before, after) == ["May it be used commercially?: was “yes”, is now “no”."]


nested = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2),
    lambda inner: st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["alt_text", "license", "file", "channels"]), nested))
def test_a_dossier_never_differs_from_itself(facts: dict[str, Any]) -> None:
    assert changes.differences(facts, facts) == []

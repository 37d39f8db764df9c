"""Content rules: what is stopped, what is asked about, and what is left alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Severity
from generation.prompt_templates import content_rules
from generation.prompt_templates.content_rules import Rule
from generation.prompt_templates.prompts import BadTemplate

STEERS = Rule(words=("no children",), why="Steers.")
PEOPLE = Rule(words=("people", "man", "family"), why="Consent.", severity=Severity.WARNS, exceptions=("family room",))


def codes(text: str, *, free: bool = True, listing: bool = False) -> list[str]:
    return [hit.rule.code for hit in content_rules.check([text], content_rules.applying(free=free, listing=listing))]


@pytest.mark.parametrize("typed", ["no children", "No\u200b Children", "NO  CHILDREN", "no-children", "ｎｏ children"])
def test_a_word_is_found_however_it_is_dressed(typed: str) -> None:
    assert content_rules.check([f"a flat, {typed}, please"], [STEERS])


@pytest.mark.parametrize("typed", ["a mandarin tree", "manicured lawn", "townspeople's hall", "snowman"])
def test_a_word_inside_another_is_not_found(typed: str) -> None:
    assert content_rules.check([typed], [PEOPLE]) == []


@pytest.mark.parametrize(
    "typed",
    [
        "A kitchen, no people",
        "without any people",
        "free of people",
        "no cars, bins or people",
        "The square is empty of people.",
        "people-free street",
        "Do not show people",
        "neither cars nor people",
    ],
)
def test_a_word_that_is_denied_is_left_alone(typed: str) -> None:
    assert content_rules.check([typed], [PEOPLE]) == []


@pytest.mark.parametrize(
    "typed",
    [
        "no cars. People on the pavement",
        "no cars but people",
        "without clutter, with people",
        "not only people",
        "no cars, a family on the sofa",
        "no fewer than three people",
        "no people at the door\na man on the stairs",
    ],
)
def test_a_denial_of_something_else_does_not_excuse(typed: str) -> None:
    assert content_rules.check([typed], [PEOPLE])


def test_a_harmless_phrase_is_left_alone_but_excuses_nothing_else() -> None:
    assert content_rules.check(["a family room"], [PEOPLE]) == []
    assert content_rules.check(["a family in the family room"], [PEOPLE])[0].words == ("family",)


def test_what_blocks_comes_first() -> None:
    hits = content_rules.check(["people, no children"], [PEOPLE, STEERS])
    assert [hit.rule for hit in hits] == [STEERS, PEOPLE]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("bright flat, ideal for families", "protected-classes"),
        ("house in a safe neighborhood", "protected-classes"),
        ("portrait of a woman in the kitchen", "likeness"),
        ("a couple having breakfast", "people"),
        ("hide the cracks in the ceiling", "hidden-defect"),
        ("remove the power lines behind it", "view"),
        ("add a sea view to the window", "view"),
        ("make the room larger", "structure"),
        ("virtually staged with an oak table", "staging"),
        ("in the style of Banksy", "brands"),
        ("with a company logo on the door", "brands"),
    ],
)
def test_the_house_names_what_it_minds(text: str, code: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "single-family house with an apple tree",
        "a couple of chairs, a family bathroom, man-made stone",
        "kitchen with integrated appliances",
        "portrait orientation of a staircase",
        "house in the style of the 1930s",
        "street without cars or people",
        "do not remove the power lines",
        "baby blue door, safe with an alarm",
        "traditional brick house in a quiet street",
        "no logos, no text",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert codes(text) == []


def test_a_room_is_asked_about_only_when_it_is_invented_for_a_listing() -> None:
    assert codes("a living room", free=True, listing=True) == ["invented-interior"]
    assert codes("a living room", free=True, listing=False) == []
    assert codes("a living room", free=False, listing=True) == []


def test_every_rule_of_the_house_explains_itself() -> None:
    for rule in content_rules.house():
        assert all((rule.words, rule.name, rule.why, rule.instead, rule.source, rule.read_on)), rule.code
    assert {"people", "protected-classes", "structure", "staging", "brands"} <= {
        rule.code for rule in content_rules.house()
    }
    assert len({rule.code for rule in content_rules.house()}) == len(content_rules.house())


def _words() -> Iterable[tuple[Rule, str]]:
    return ((rule, word) for rule in content_rules.house() for word in rule.words)


def test_no_word_of_the_house_is_swallowed_by_an_exception() -> None:
    assert [word for rule, word in _words() if not content_rules.check([f"x {word} x"], [rule])] == []


@given(st.text(max_size=300))
def test_any_text_can_be_checked(text: str) -> None:
    content_rules.check([text], content_rules.house())


@pytest.mark.parametrize(
    "row", [{"words": ["x"]}, {"why": "x"}, {"words": ["x"], "why": "y", "severity": "shouts"}, {"surprise": 1}, 7]
)
def test_a_group_that_cannot_be_read_is_refused(row: Any) -> None:
    with pytest.raises(BadTemplate):
        content_rules.parse([row])

"""Prompts: what goes in is said, what must not go in is refused, and nothing typed is ever evaluated."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.prompt_templates import content_rules, prompts
from generation.prompt_templates.prompts import BadTemplate, Field, FieldKind

TEMPLATES: dict[str, Any] = tomllib.loads(
    (Path(prompts.__file__).parent / "data" / "templates.toml").read_text(encoding="utf-8")
)
SUBJECT = Field(name="subject", label="Subject")
LIGHT = Field(name="light", label="Light", required=False)


def test_a_field_stands_where_the_body_names_it() -> None:
    assert prompts.resolve("A {subject} at dusk.", [SUBJECT], {"subject": "brick house"}) == "A brick house at dusk."


def test_a_line_whose_only_field_is_empty_is_left_out() -> None:
    assert prompts.resolve("A {subject}.\nLight: {light}.", [SUBJECT, LIGHT], {"subject": "house"}) == "A house."


def test_the_house_voice_comes_last() -> None:
    assert prompts.resolve("A {subject}.", [SUBJECT], {"subject": "house"}, "Calm.") == "A house.\nCalm."


@given(st.text(max_size=400))
def test_a_value_that_looks_like_a_placeholder_stays_text(value: str) -> None:
    told = prompts.resolve("{subject}|{light}", [SUBJECT, LIGHT], {"subject": "{light}", "light": value or "x"})
    assert told.startswith("{light}|")


@pytest.mark.parametrize("hostile", ["{0.__class__}", "{{ settings.SECRET_KEY }}", "%s", "{% debug %}", "{subject!r}"])
def test_format_and_template_syntax_is_not_evaluated(hostile: str) -> None:
    assert prompts.resolve("{subject}", [SUBJECT], {"subject": hostile}) == hostile


@given(st.text())
def test_no_control_or_direction_character_reaches_the_prompt(value: str) -> None:
    told = prompts.resolve("A {subject}.", [SUBJECT], {"subject": value})
    hidden = [sign for sign in told if sign not in "\n\u200c\u200d" and unicodedata.category(sign)[0] == "C"]
    assert hidden == []


@given(st.text())
def test_cleaning_twice_changes_nothing_more(value: str) -> None:
    once = prompts.clean(value)
    assert prompts.clean(once) == once


@given(st.text(min_size=300, max_size=2000))
def test_a_field_is_never_longer_than_it_may_be(value: str) -> None:
    assert len(prompts.said([SUBJECT], {"subject": value})["subject"]) <= SUBJECT.most


def test_a_prompt_is_cut_at_its_cap() -> None:
    assert len(prompts.resolve("x" * 20_000, [], {})) == prompts.MOST_IN_PROMPT


def test_a_color_is_said_by_name_and_number() -> None:
    field = Field(name="accent", label="Accent", kind=FieldKind.COLOR)
    assert prompts.said([field], {"accent": "#2A3A62"})["accent"] == "navy (#2a3a62)"


def test_a_body_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(BadTemplate, match=r"\{light\}"):
        prompts.check_body("A {subject} in {light}", [SUBJECT])


def test_a_field_nobody_uses_is_refused() -> None:
    with pytest.raises(BadTemplate, match=r"never uses \{light\}"):
        prompts.check_body("A {subject}", [SUBJECT, LIGHT])


@pytest.mark.parametrize(
    "row",
    [
        {"label": "No name"},
        {"name": "Bad Name", "label": "x"},
        {"name": "a", "label": "x", "kind": "code"},
        {"name": "a", "label": "x", "kind": "choice"},
        {"name": "a", "label": "x", "surprise": 1},
    ],
)
def test_a_field_that_cannot_be_drawn_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(BadTemplate):
        prompts.parse_fields([row])


def test_fields_survive_their_json() -> None:
    fields = prompts.parse_fields(TEMPLATES["virtual-staging"]["fields"])
    assert prompts.parse_fields(prompts.as_rows(fields)) == fields


@pytest.mark.parametrize("slug", TEMPLATES)
def test_a_starter_template_works_with_its_defaults(slug: str) -> None:
    row = TEMPLATES[slug]
    fields = prompts.parse_fields(row["fields"])
    prompts.check_body(row["body"], fields)
    defaults = {field.name: field.default for field in fields}
    told = prompts.resolve(row["body"], fields, defaults, row["house_voice"])
    assert "{" not in told
    assert 5 <= len(fields) <= 8
    every = [*content_rules.parse(row["forbidden"]), *content_rules.applying(free=False, listing=True)]
    assert [hit.words for hit in content_rules.check(map(str, defaults.values()), every)] == []


@pytest.mark.parametrize("slug", TEMPLATES)
def test_every_default_choice_can_be_chosen(slug: str) -> None:
    fields = prompts.parse_fields(TEMPLATES[slug]["fields"])
    closed = [field for field in fields if field.kind == FieldKind.CHOICE]
    assert all(field.default in field.choices for field in closed)

"""Hand-off: the exact text to copy, and user text that cannot smuggle parameters in."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.providers.base import ImageSpec, Pending, Reference
from generation.providers.egress.http import Client
from generation.providers.handoff import ChatGPT, HandOff, Midjourney, harmless
from tests.generation.providers.contract import ATTEMPT, PNG, ProviderContract, model


class HandOffContract(ProviderContract):
    adapter: ClassVar[type[HandOff]]

    def test_it_waits_for_a_person(self) -> None:
        result = self.provider().start(self.spec, attempt=ATTEMPT)
        assert isinstance(result, Pending)
        assert result.ask_again_in is None
        assert result.parameters_sent == {"text": self.provider().compose(self.spec)}

    def test_pictures_that_go_along_are_noted_in_order(self) -> None:
        spec = replace(self.spec, references=(Reference(PNG, name="one.png"), Reference(b"two", name="two.png")))
        assert self.provider().unsupported(spec) == []
        attached = self.provider().start(spec, attempt=ATTEMPT).parameters_sent["attached"]
        assert [each["name"] for each in attached] == ["one.png", "two.png"]
        assert attached[0]["sha256"] == hashlib.sha256(PNG).hexdigest()
        assert self.adapter.attaching

    def test_asking_again_changes_nothing(self) -> None:
        result = self.provider().resume("x")
        assert isinstance(result, Pending)
        assert result.ask_again_in is None

    def test_it_says_where_to_go_and_what_to_do(self) -> None:
        assert self.adapter.link.startswith("https://")
        assert len(self.adapter.steps) >= 3


class TestMidjourney(HandOffContract):
    adapter = Midjourney
    model_id = "midjourney-7"

    def test_parameters_follow_the_text(self) -> None:
        spec = replace(self.spec, ratio="16:9", seed=5, negative="people, cars")
        assert self.provider().compose(spec) == (
            "A brick house with a green door --ar 16:9 --seed 5 --no people, cars --raw --v 7"
        )


class TestMidjourney81(HandOffContract):
    adapter = Midjourney
    model_id = "midjourney-8.1"

    def test_a_parameter_this_version_lacks_is_left_out_and_named(self) -> None:
        spec = replace(self.spec, negative="people")
        assert "--no" not in self.provider().compose(spec)
        assert self.provider().unsupported(spec) == ["negative"]


class TestChatGPT(HandOffContract):
    adapter = ChatGPT
    model_id = "chatgpt"

    def test_shape_and_exclusions_are_sentences(self) -> None:
        text = self.provider().compose(replace(self.spec, ratio="4:5", negative="people", count=2))
        assert "portrait" in text
        assert "Leave out: people." in text
        assert "2 separate pictures" in text


@pytest.mark.parametrize(
    "text",
    [
        "house --v 5",
        "house —v 5",
        "house - - ar 1:1",
        "house -\u200b-no walls",
        "a -\n- b",
        "house ‐‐seed 1",
        "x ––chaos 100",
        "sky::2 house::1",
    ],
)
def test_nothing_a_user_types_reads_as_a_parameter(text: str) -> None:
    assert not re.search(r"--|[–—]|::|-\s+-", harmless(text))


@given(st.text(alphabet="a1 -–—‐:\n\u200b", max_size=40))
def test_no_mixture_of_dashes_reads_as_a_parameter(text: str) -> None:
    assert not re.search(r"--|[–—]|::", harmless(text))


def test_ordinary_hyphens_stay() -> None:
    assert harmless("a two-story, well-lit home") == "a two-story, well-lit home"


def test_a_wish_of_one_line_stays_one_line() -> None:
    text = Midjourney({}, Client()).compose(ImageSpec("one\ntwo", model("midjourney-7")))
    assert "\n" not in text

"""The sketch: free, deterministic, and honest about being one."""

from __future__ import annotations

import io
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from generation.prompt_templates import prompts
from generation.providers.base import Finished, ImageSpec
from generation.providers.colors import NAMES
from generation.providers.sketch.adapter import Sketch
from generation.providers.sketch.reading import read_brief
from tests.generation.providers.contract import ATTEMPT, ProviderContract, model
from tests.share import share

SUBJECTS = {
    "exterior": "A two-story family home at twilight",
    "interior": "Virtual staging of a bright living room",
    "district": "Illustrated map of the neighborhood",
    "notice": "Maintenance notice about the boiler",
    "plan": "Floor plan of a two-bedroom flat",
    "landscape": "A red bicycle by the sea",
}


SMALL = (384, 256)
"""Enough to see what is drawn; a whole sketch takes thirty times as long."""


def drawn(spec: ImageSpec) -> Finished:
    return TestContract().sketch.start(spec, attempt=ATTEMPT)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


class TestContract(ProviderContract):
    adapter = Sketch
    model_id = "sketch-1"

    @property
    def sketch(self) -> Sketch:
        provider = self.provider()
        assert isinstance(provider, Sketch)
        return provider

    @property
    def small(self) -> ImageSpec:
        return replace(self.spec, size=SMALL)

    def test_sending_again_is_harmless(self) -> None:
        assert Sketch.capabilities.repeat_is_harmless
        assert "costs nothing" in self.sketch.check()

    def test_it_costs_nothing_and_says_so(self) -> None:
        result = drawn(self.small)
        assert result.cost_basis == "free"
        assert not result.cost
        assert self.sketch.quote(self.spec).basis == "free"

    def test_the_same_wish_gives_the_same_bytes(self) -> None:
        assert drawn(self.small).pictures == drawn(self.small).pictures

    def test_the_seed_it_chose_is_told_and_repeats_the_picture(self) -> None:
        first = drawn(self.small)
        again = drawn(replace(self.small, seed=first.seed))
        assert first.pictures == again.pictures

    def test_variations_differ_visibly(self) -> None:
        one, other = (opened(picture.data) for picture in drawn(replace(self.small, count=2)).pictures)
        difference = ImageChops.difference(one, other).convert("L")
        share = sum(difference.histogram()[40:]) / (one.width * one.height)
        assert share > 0.05

    def test_the_file_says_that_it_is_a_sketch_and_its_seed(self) -> None:
        picture = opened(drawn(replace(self.small, seed=12)).pictures[0].data)
        assert "not a photograph" in picture.info["Comment"]
        assert picture.info["Seed"] == "12"

    @pytest.mark.parametrize("ratio", share(["3:2", "1:1", "16:9", "4:5", "9:16"], "ratios", of=3))
    def test_the_shape_is_the_one_asked_for(self, ratio: str) -> None:
        spec = replace(self.spec, ratio=ratio)
        assert opened(drawn(spec).pictures[0].data).size == spec.pixels

    def test_an_exact_size_is_exact(self) -> None:
        assert opened(drawn(replace(self.spec, size=(640, 420))).pictures[0].data).size == (640, 420)


@pytest.mark.parametrize(("scene", "subject"), SUBJECTS.items())
def test_subject_words_choose_the_scene(scene: str, subject: str) -> None:
    assert read_brief(subject, {}, "3:2").scene == scene


@pytest.mark.parametrize("subject", SUBJECTS.values())
def test_every_scene_is_drawn_and_is_not_flat(subject: str) -> None:
    spec = ImageSpec(subject, model("sketch-1"), size=SMALL)
    picture = opened(drawn(spec).pictures[0].data)
    assert len(picture.convert("P", palette=Image.Palette.ADAPTIVE).getcolors() or []) > 40


def test_the_palette_named_in_the_brief_is_used() -> None:
    board = read_brief("A house", {"palette": "#204060, cream walls and a teal door"}, "3:2")
    assert board.palette.colors[:3] == ((0x20, 0x40, 0x60), NAMES["cream"], NAMES["teal"])
    assert board.palette.part("door", (0, 0, 0)) == NAMES["teal"]


@pytest.mark.parametrize(("words", "mood"), [("at dusk", "twilight"), ("golden hour", "golden"), ("", "daylight")])
def test_the_light_is_read_from_the_words(words: str, mood: str) -> None:
    assert read_brief(f"A house {words}", {}, "3:2").mood == mood


def test_words_no_font_has_do_not_stop_it() -> None:
    spec = ImageSpec("Дом 家 🏠 " + "x" * 500, model("sketch-1"), size=SMALL, hints={"subject": "家 — “home”"})
    assert drawn(spec).pictures


def test_every_starter_template_gets_the_scene_it_describes() -> None:
    text = Path("generation/prompt_templates/data/templates.toml").read_text(encoding="utf-8")
    found = [read_brief(*_filled(entry), "3:2").scene for entry in tomllib.loads(text).values()]
    assert found == ["exterior", "interior", "district", "notice", "exterior", "plan"]


def test_what_must_not_appear_is_not_drawn() -> None:
    board = read_brief("Floor plan with no north arrow", {}, "3:2", "dimensions, people")
    assert board.avoids("north")
    assert board.avoids("dimensions")
    assert not board.avoids("furniture")


def _filled(entry: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """A template's body and fields with the values they start with."""
    fields = prompts.parse_fields(entry["fields"])
    values = {field["name"]: str(field.get("default", "")) for field in entry["fields"]}
    return prompts.resolve(entry["body"], fields, values, entry.get("house_voice", "")), values

"""The sketch drawn over a photograph: staged where it may be, untouched elsewhere, and marked."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageDraw

from assets.imaging import masks
from generation.providers.base import Finished, ImageSpec, Reference
from generation.providers.egress.http import Client
from generation.providers.sketch.adapter import Sketch
from generation.providers.sketch.colors import colors_of
from tests.generation.providers.contract import ATTEMPT, model

SIZE = (900, 600)
WALL, FLOOR = (224, 220, 212), (150, 112, 84)
STAGED = "Virtual staging of a bright living room with an oak table"


def room(size: tuple[int, int] = SIZE) -> bytes:
    """An empty room as a camera might see it: a wall above a floor."""
    picture = Image.new("RGB", size, WALL)
    ImageDraw.Draw(picture).rectangle([0, size[1] * 0.66, *size], fill=FLOOR)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def sketch() -> Sketch:
    return Sketch({}, Client())


@pytest.fixture
def spec() -> ImageSpec:
    return ImageSpec(STAGED, model("sketch-1"), references=(Reference(room()),), edits=True, seed=7)


def drawn(sketch: Sketch, spec: ImageSpec) -> Finished:
    return sketch.start(spec, attempt=ATTEMPT)


def picture(found: Finished) -> Image.Image:
    return Image.open(io.BytesIO(found.pictures[0].data)).convert("RGB")


def changed(found: Image.Image, before: bytes, box: tuple[int, int, int, int]) -> float:
    """How much of a part of the picture is not as it was, of 1."""
    was = Image.open(io.BytesIO(before)).convert("RGB")
    difference = ImageChops.difference(found.crop(box), was.crop(box)).convert("L")
    return sum(difference.histogram()[1:]) / (difference.width * difference.height)


def test_it_stages_the_room_and_keeps_what_it_does_not_cover(sketch: Sketch, spec: ImageSpec) -> None:
    staged = picture(drawn(sketch, spec))
    assert staged.size == SIZE
    assert 0.15 < changed(staged, room(), (0, 0, *SIZE)) < 0.7
    assert changed(staged, room(), (0, 0, SIZE[0], 120)) == 0


def test_it_states_a_size_only_where_it_decides_it(sketch: Sketch, spec: ImageSpec) -> None:
    assert sketch.size(spec) is None
    assert sketch.size(replace(spec, edits=False)) == spec.pixels


def test_nothing_but_the_mark_changes_outside_the_mask(sketch: Sketch, spec: ImageSpec) -> None:
    left_half = masks.written(masks.rectangle(0, 0, 50, 100, SIZE))
    staged = picture(drawn(sketch, replace(spec, mask=left_half)))
    assert changed(staged, room(), (0, 0, 440, 600)) > 0.1
    assert changed(staged, room(), (460, 0, 900, 520)) == 0


def test_the_picture_itself_and_its_file_say_that_it_is_a_sketch(sketch: Sketch, spec: ImageSpec) -> None:
    found = drawn(sketch, spec)
    corner = (500, 540, 900, 600)
    assert changed(picture(found), room(), corner) > 0.3
    assert "over a photograph" in Image.open(io.BytesIO(found.pictures[0].data)).info["Comment"]


def test_a_front_gets_planting_and_no_furniture(sketch: Sketch, spec: ImageSpec) -> None:
    planted = picture(drawn(sketch, replace(spec, prompt="The house front with new planting")))
    red, green, blue = planted.resize((60, 40), Image.Resampling.BOX).split()
    greener = ImageChops.subtract(green, ImageChops.lighter(red, blue))
    assert sum(greener.histogram()[10:]) > 60


def test_the_same_wish_gives_the_same_bytes_and_another_seed_others(sketch: Sketch, spec: ImageSpec) -> None:
    assert drawn(sketch, spec).pictures == drawn(sketch, spec).pictures
    assert drawn(sketch, spec).pictures[0].data != drawn(sketch, replace(spec, seed=8)).pictures[0].data


def test_a_picture_that_is_only_looked_at_lends_its_colors(sketch: Sketch, spec: ImageSpec) -> None:
    looked_at = replace(spec, prompt="A bright living room", edits=False)
    with_it, without = drawn(sketch, looked_at), drawn(sketch, replace(looked_at, references=()))
    assert picture(with_it).size == looked_at.pixels
    assert with_it.pictures[0].data != without.pictures[0].data
    assert "not a photograph" in Image.open(io.BytesIO(with_it.pictures[0].data)).info["Comment"]


def test_the_main_colors_come_in_order_of_how_much_there_is() -> None:
    first, second, *_ = colors_of(room())
    assert max(abs(a - b) for a, b in zip(first, WALL, strict=True)) < 8
    assert max(abs(a - b) for a, b in zip(second, FLOOR, strict=True)) < 8

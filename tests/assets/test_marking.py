"""The mark across copies that are only for looking: it stands out from any ground, in every part of any picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from assets.imaging import rendering
from assets.imaging.marking import NOT_RELEASED, mark


@pytest.mark.parametrize("ground", ["white", "black", "#808080", "#c0392b", "#27ae60"])
@pytest.mark.parametrize("size", [(1600, 1200), (400, 900), (1600, 260), (60, 60)])
def test_white_and_black_stand_in_each_quarter(ground: str, size: tuple[int, int]) -> None:
    """They are 21:1 against each other, so that one of them stands out from whatever is there."""
    marked = mark(Image.new("RGB", size, ground), NOT_RELEASED).convert("L")
    middle = size[0] // 2, size[1] // 2
    for left, top in ((0, 0), (middle[0], 0), (0, middle[1]), middle):
        tones = marked.crop((left, top, left + middle[0], top + middle[1])).histogram()
        area = middle[0] * middle[1]
        assert sum(tones[:60]) > area / 100, "black"
        assert sum(tones[200:]) > area / 100, "white"


def test_a_marked_copy_is_small_and_says_nothing_else() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (3000, 2000), "white").save(stream, "PNG")
    copy = rendering.for_looking(stream.getvalue())
    assert (copy.width, copy.height, copy.media_type) == (1600, 1067, "image/jpeg")
    assert not Image.open(io.BytesIO(copy.data)).getexif()


def test_what_is_transparent_stays_so_around_the_words() -> None:
    marked = mark(Image.new("RGBA", (900, 600)), NOT_RELEASED)
    assert marked.mode == "RGBA"
    assert marked.getchannel("A").getextrema() == (0, 255)

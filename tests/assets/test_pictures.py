"""Decoding behind the fence: what is taken, what is refused and in which words, and what copies carry."""

from __future__ import annotations

import contextlib
import io
import struct
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assets.imaging import inspection, rendering
from assets.imaging.inspection import Unreadable
from assets.imaging.rendering import SPECS, Spec
from tests.assets.factories import picture


def bomb(width: int, height: int) -> bytes:
    """A PNG of one color that is a few kilobytes long and unpacks to width × height × 3 bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    row = bytes(1 + width * 3)
    rows = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("AVIF", "image/avif"),
    ],
)
def test_the_type_is_read_from_the_bytes(form: str, media_type: str) -> None:
    facts = inspection.inspect(picture(120, 80, form=form))
    assert (facts.media_type, facts.width, facts.height, facts.flat) == (media_type, 120, 80, False)
    assert facts.trailing == 0


REFUSED = {
    "nothing": b"",
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "half a jpeg": picture(400, 300, form="JPEG")[:2000],
    "half a png": picture(400, 300)[:-80],
    "a tiff": picture(form="TIFF"),
    "a bmp": picture(form="BMP"),
    "a dot": picture(4, 4),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(name: str) -> None:
    with pytest.raises(Unreadable):
        inspection.inspect(REFUSED[name])


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = bomb(9000, 9000)
    started = time.perf_counter()
    with pytest.raises(Unreadable, match="million pixels"):
        inspection.inspect(data)
    assert time.perf_counter() - started < 1


def test_a_bomb_beyond_pillows_own_limit_is_refused_in_the_same_words() -> None:
    with pytest.raises(Unreadable, match="million pixels"):
        inspection.inspect(bomb(15_000, 15_000))


def test_a_file_over_the_byte_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "MAX_BYTES", 1024)
    with pytest.raises(Unreadable, match="larger"):
        inspection.inspect(picture() + bytes(2000))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_what_hides_behind_the_picture_is_counted(form: str) -> None:
    hidden = b"<script>alert(1)</script>"
    assert inspection.inspect(picture(form=form) + hidden).trailing == len(hidden)


def test_what_hides_behind_the_picture_is_not_in_its_copies() -> None:
    copy = rendering.render(picture() + b"<script>alert(1)</script>", SPECS["preview"])
    assert b"<script>" not in copy.data


def test_a_moving_picture_is_noticed() -> None:
    frames = [Image.effect_noise((64, 64), 40 + n) for n in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert inspection.inspect(out.getvalue()).animated


def test_a_phone_jpeg_with_a_second_picture_behind_it_is_a_jpeg_that_stands_still() -> None:
    out = io.BytesIO()
    first, second = (Image.effect_noise((64, 64), 40).convert("RGB") for _ in range(2))
    first.save(out, "MPO", save_all=True, append_images=[second])
    facts = inspection.inspect(out.getvalue())
    assert (facts.media_type, facts.animated) == ("image/jpeg", False)


@pytest.mark.parametrize("color", ["black", "white", "#336699"])
def test_one_color_is_flat(color: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), color).save(out, "PNG")
    assert inspection.inspect(out.getvalue()).flat


def test_a_rotated_photograph_is_measured_as_it_is_looked_at() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = inspection.inspect(picture(120, 80, form="JPEG", exif=exif))
    assert (facts.width, facts.height) == (80, 120)
    copy = rendering.render(picture(120, 80, form="JPEG", exif=exif), SPECS["preview"])
    assert (copy.width, copy.height) == (80, 120)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_copy_fits_its_box_and_keeps_its_shape(spec: Spec) -> None:
    copy = rendering.render(picture(3000, 1500, form="JPEG"), spec)
    assert (copy.width, copy.height) == rendering.fitted(3000, 1500, spec)
    facts = inspection.inspect(copy.data)
    assert (facts.media_type, facts.width, facts.height, facts.sha256) == (
        spec.media_type,
        copy.width,
        copy.height,
        copy.sha256,
    )


def test_a_small_picture_is_not_enlarged() -> None:
    copy = rendering.render(picture(50, 40), SPECS["web"])
    assert (copy.width, copy.height) == (50, 40)


@pytest.mark.parametrize("mode", ["RGBA", "L", "LA", "P", "1", "I;16"])
def test_every_kind_of_pixel_is_rendered(mode: str) -> None:
    for spec in (SPECS["thumb"], SPECS["mls-4x3"]):
        assert rendering.render(picture(mode=mode), spec).width == 96


def test_a_cmyk_jpeg_is_rendered() -> None:
    assert rendering.render(picture(form="JPEG", mode="CMYK"), SPECS["preview"]).media_type == "image/webp"


def test_sixteen_bit_grays_keep_their_brightness() -> None:
    out = io.BytesIO()
    Image.new("I;16", (64, 64), 0x8000).save(out, "PNG")
    copy = rendering.render(out.getvalue(), Spec("test", 64, 64, "image/png", 100))
    with Image.open(io.BytesIO(copy.data)) as image:
        assert image.getpixel((5, 5)) == (128, 128, 128)


def test_transparency_is_kept_where_the_format_can_and_white_where_not() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (64, 64), (255, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(rendering.render(out.getvalue(), SPECS["thumb"]).data)) as image:
        assert image.convert("RGBA").getchannel("A").getpixel((5, 5)) == 0
    with Image.open(io.BytesIO(rendering.render(out.getvalue(), SPECS["print"]).data)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_rendering_twice_gives_the_same_bytes() -> None:
    data = picture(300, 200)
    assert rendering.render(data, SPECS["thumb"]).sha256 == rendering.render(data, SPECS["thumb"]).sha256


SEEDS = [picture(64, 64, form=form) for form in ("PNG", "JPEG", "WEBP", "GIF", "AVIF")]


@settings(max_examples=150, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    places=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8),
    cut=st.integers(0, 200),
)
def test_a_mangled_file_is_taken_or_refused_and_nothing_else(
    seed: bytes, places: list[tuple[int, int]], cut: int
) -> None:
    mangled = bytearray(seed)
    for at, value in places:
        mangled[at % len(mangled)] = value
    with contextlib.suppress(Unreadable):
        inspection.inspect(bytes(mangled[: len(mangled) - cut]))

"""Colors as Chromium shows them, in whichever way a file states them. The right values are Chromium 156's."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page

from assets.imaging import colors, profiles, rendering
from assets.imaging.rendering import Spec
from tests.assets.hostile import INPUTS, chunk

EXACT = Spec("exact", 640, 640, "image/png", 100)
SIDE = 32
GREEN = (60, 240, 90)

P3 = profiles.profile(profiles.PRIMARIES[12], profiles.SRGB_CURVE)
WIDE = profiles.profile(profiles.PRIMARIES[9], (2.2,))
GRAY = profiles.profile(profiles.BT709, (1.0,)).replace(b"RGB XYZ ", b"GRAYXYZ ").replace(b"rTRC", b"kTRC")
SRGB_POINTS = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
P3_POINTS = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
D50_POINTS = (34570, 35850, 64000, 33000, 30000, 60000, 15000, 6000)


def png(depth: int, kind: int, pixel: bytes, chunks: bytes = b"") -> bytes:
    """A PNG of one color. `pixel` holds one pixel, or of less than eight bits one byte of them."""
    row = b"\0" + pixel * (SIDE if depth >= 8 else SIDE * depth // 8)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, depth, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunks + chunk(b"IDAT", zlib.compress(row * SIDE)) + chunk(b"IEND", b"")


def saved(form: str, mode: str = "RGB", color: Any = GREEN, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (SIDE, SIDE), color).save(out, form, **options)
    return out.getvalue()


def icc(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))


def gamma(value: int, points: tuple[int, ...] = ()) -> bytes:
    return (chunk(b"cHRM", struct.pack(">8I", *points)) if points else b"") + chunk(b"gAMA", struct.pack(">I", value))


def clear(*values: int) -> bytes:
    return chunk(b"tRNS", struct.pack(f">{len(values)}H", *values))


def avif(primaries: int, transfer: int) -> bytes:
    data = saved("AVIF", quality=100, subsampling="4:4:4")
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def gif(left: int) -> bytes:
    """A GIF whose one frame stands so far from the edge of a larger screen."""
    data = saved("GIF")
    frame = data.index(b",\0\0\0\0 \0 \0")
    return data[:6] + struct.pack("<HH", 64, 64) + data[10:frame] + struct.pack("<cH", b",", left) + data[frame + 3 :]


def cicp(primaries: int, transfer: int) -> bytes:
    return chunk(b"cICP", bytes((primaries, transfer, 0, 1)))


RGB, LINEAR = bytes(GREEN), gamma(100_000)
FILES: dict[str, tuple[bytes, tuple[int, int, int]]] = {
    "nothing stated": (png(8, 2, RGB), (60, 240, 90)),
    "profile, RGB": (png(8, 2, RGB, icc(P3)), (0, 244, 58)),
    "profile, RGBA": (png(8, 6, RGB + b"\xff", icc(P3)), (0, 244, 58)),
    "profile, half clear": (png(8, 6, RGB + b"\x80", icc(P3)), (127, 249, 156)),
    "profile, palette": (png(8, 3, b"\0", icc(P3) + chunk(b"PLTE", RGB)), (0, 244, 58)),
    "profile, 16 bits": (png(16, 2, bytes((60, 60, 240, 240, 90, 90)), icc(P3)), (0, 244, 58)),
    "gray profile, gray": (png(8, 0, b"\x64", icc(GRAY)), (168, 168, 168)),
    "gray profile, gray and alpha": (png(8, 4, b"\x64\xff", icc(GRAY)), (168, 168, 168)),
    "gray profile, RGB": (png(8, 2, RGB, icc(GRAY)), (60, 240, 90)),
    "linear": (png(8, 2, RGB, LINEAR), (133, 248, 160)),
    "linear gray": (png(8, 0, b"\x64", LINEAR), (168, 168, 168)),
    "gamma of screens": (png(8, 2, RGB, gamma(45455)), (60, 240, 90)),
    "gamma of old Macs": (png(8, 2, RGB, gamma(55556)), (77, 243, 109)),
    "gamma and primaries of sRGB": (png(8, 2, RGB, gamma(55556, SRGB_POINTS)), (77, 243, 109)),
    "gamma and primaries of P3": (png(8, 2, RGB, gamma(45455, P3_POINTS)), (0, 245, 57)),
    "gamma and a warm white": (png(8, 2, RGB, gamma(45455, D50_POINTS)), (0, 240, 98)),
    "primaries alone": (png(8, 2, RGB, chunk(b"cHRM", struct.pack(">8I", *P3_POINTS))), (60, 240, 90)),
    "sRGB before gamma": (png(8, 2, RGB, chunk(b"sRGB", b"\0") + LINEAR), (60, 240, 90)),
    "profile before gamma": (png(8, 2, RGB, icc(P3) + LINEAR), (0, 244, 58)),
    "numbers": (png(8, 2, RGB, cicp(12, 13)), (0, 244, 58)),
    "numbers before profile": (png(8, 2, RGB, cicp(12, 13) + icc(WIDE)), (0, 244, 58)),
    "numbers of television": (png(8, 2, RGB, cicp(9, 1)), (0, 252, 14)),
    "16 bits of gray": (png(16, 0, b"\x80\xff"), (128, 128, 128)),
    "16 bits of gray, another clear": (png(16, 0, b"\x9c\x40", clear(40001)), (156, 156, 156)),
    "16 bits of gray, clear": (png(16, 0, b"\x9c\x40", clear(40000)), (255, 255, 255)),
    "16 bits of gray and alpha": (png(16, 4, b"\x9c\x40\xff\xff"), (156, 156, 156)),
    "gray profile, 16 bits of gray": (png(16, 0, b"\x64\x00", icc(GRAY)), (168, 168, 168)),
    "gray profile, 16 bits of gray and alpha": (png(16, 4, b"\x64\0\xff\xff", icc(GRAY)), (168, 168, 168)),
    "linear, 16 bits of gray and alpha": (png(16, 4, b"\x64\0\xff\xff", LINEAR), (168, 168, 168)),
    "16 bits of clear RGB": (png(16, 2, b"\x9c\x40" * 3, clear(40000, 40000, 40000)), (255, 255, 255)),
    "4 bits of gray": (png(4, 0, b"\x77", clear(6)), (119, 119, 119)),
    "4 bits of clear gray": (png(4, 0, b"\x77", clear(7)), (255, 255, 255)),
    "1 bit of clear black": (png(1, 0, b"\0", clear(0)), (255, 255, 255)),
    "gif, in its frame": (gif(0), (60, 240, 90)),
    "gif, beside its frame": (gif(16), (255, 255, 255)),
    "jpeg, profile": (saved("JPEG", quality=100, subsampling=0, icc_profile=P3), (0, 244, 57)),
    "jpeg, gray profile": (saved("JPEG", "L", 100, quality=100, icc_profile=GRAY), (168, 168, 168)),
    "jpeg, ink": (saved("JPEG", "CMYK", (200, 20, 160, 30), quality=100), (48, 207, 83)),
    "webp, profile": (saved("WEBP", lossless=True, icc_profile=P3), (0, 244, 58)),
    "webp, profile, RGBA": (saved("WEBP", "RGBA", (*GREEN, 255), lossless=True, icc_profile=P3), (0, 244, 58)),
    "avif, profile": (saved("AVIF", quality=100, subsampling="4:4:4", icc_profile=P3), (0, 245, 58)),
    "avif, numbers": (avif(12, 13), (0, 245, 58)),
    "avif, numbers of television": (avif(9, 1), (0, 254, 44)),
}


def shown(data: bytes, at: tuple[int, int] = (10, 10)) -> tuple[int, ...]:
    """The color that a copy has on a white page."""
    image = Image.open(io.BytesIO(rendering.render(data, EXACT).data)).convert("RGBA")
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image)
    return _color(page.convert("RGB"), at)


def _color(image: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    color = image.getpixel(at)
    assert isinstance(color, tuple)
    return tuple(int(part) for part in color)


def apart(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", FILES)
def test_a_copy_has_the_colors_that_the_file_states(name: str) -> None:
    data, right = FILES[name]
    assert apart(shown(data), right) <= 2


@pytest.mark.parametrize("name", ["rgba-p3.png", "palette-p3.png"])
def test_a_wide_green_is_the_green_of_a_browser(name: str) -> None:
    assert apart(shown((INPUTS / name).read_bytes(), (5, 60)), (0, 247, 57)) <= 2


def test_shrinking_before_converting_shows_the_same() -> None:
    ramp = Image.linear_gradient("L").resize((900, 600))
    turned = ramp.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    wide = Image.merge("RGB", [ramp, turned, ramp.rotate(90)])
    grainy = Image.blend(wide, Image.merge("RGB", [Image.effect_noise(wide.size, 60) for _ in range(3)]), 0.2)
    half = colors.in_srgb(grainy.resize((300, 200), Image.Resampling.LANCZOS), P3)
    whole = colors.in_srgb(grainy, P3).resize((300, 200), Image.Resampling.LANCZOS)
    counts = ImageChops.difference(half, whole).convert("L").histogram()
    assert sum(value * count for value, count in enumerate(counts)) / (300 * 200) < 2


@pytest.mark.parametrize("profile", [b"", b"x" * 200, P3[:200], P3[:128] + bytes(300)])
def test_a_profile_that_nobody_can_read_counts_for_nothing(profile: bytes) -> None:
    assert _color(colors.in_srgb(Image.new("RGB", (4, 4), GREEN), profile), (0, 0)) == GREEN


@pytest.mark.parametrize("points", [(0,) * 8, (31270, 0) * 4, (2**32 - 1,) * 8, (31270, 32900) * 4])
def test_primaries_that_make_no_sense_are_left_out(points: tuple[int, ...]) -> None:
    assert shown(png(8, 2, RGB, gamma(55556, points)))


@pytest.mark.browser
def test_chromium_agrees(page: Page) -> None:
    page.set_viewport_size({"width": 100, "height": 100})
    differ = {}
    for name, (data, _) in FILES.items():
        media_type = rendering.see(data).facts.media_type
        address = f"data:{media_type};base64,{base64.b64encode(data).decode()}"
        page.set_content(f'<body style="margin: 0; background: white"><img style="display: block" src="{address}">')
        page.wait_for_function("document.images[0].complete && document.images[0].naturalWidth")
        there = _color(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), (10, 10))
        if apart(here := shown(data), there) > 2:
            differ[name] = here, there
    assert differ == {}

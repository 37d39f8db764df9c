"""What every browser shows is taken, what costs is refused before it does, and each refusal gives its true reason."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import ExifTags, Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from assets.imaging import boxes, colors, decoding, fence, formats, inspection, rendering
from assets.imaging.inspection import Unreadable
from assets.imaging.refusals import TooHeavy
from assets.imaging.rendering import SPECS, Spec
from assets.library.forms import UploadForm
from tests.assets import misdeeds, worded
from tests.assets.factories import picture
from tests.assets.hostile import HOSTILE, INPUTS, chunk, many_profiles, many_scans, noise, with_chunks

WHOLE = Spec("whole", 4000, 4000, "image/png", 100)


def pixels(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(rendering.render(data, WHOLE).data)).convert("RGB")


# Taken

PNG, JPEG, SLOW, WEBP = (
    noise("PNG"),
    noise("JPEG", quality=90),
    noise("JPEG", quality=90, progressive=True),
    noise("WEBP", lossless=True),
)
DAMAGED_TEXT = chunk(b"tEXt", b"a\0b")[:-1] + b"?"
BOMB = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000)))


def unsummed_png() -> bytes:
    """Its chunks are sound, and its stream of pixels says another sum than it has."""
    start = PNG.index(b"IDAT") - 4
    size = int.from_bytes(PNG[start : start + 4], "big")
    return PNG[:start] + chunk(b"IDAT", PNG[start + 8 : start + 4 + size] + bytes(4)) + chunk(b"IEND", b"")


ODD = {
    "no end of a png": (PNG[:-12], PNG),
    "a text with a wrong sum": (with_chunks(DAMAGED_TEXT, PNG), PNG),
    "a text that unpacks to 200 MB": (with_chunks(BOMB, PNG), PNG),
    "a text of 3 MB": (with_chunks(chunk(b"tEXt", b"a\0" + b"x" * 3_000_000), PNG), PNG),
    "half a gamma": (with_chunks(chunk(b"gAMA", b"\0\0"), PNG), PNG),
    "a profile that is none": (with_chunks(chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile")), PNG), PNG),
    "half the numbers of its colors": (with_chunks(chunk(b"cICP", b"\1"), PNG), PNG),
    "half a clear color": (with_chunks(chunk(b"tRNS", b"\0\0\0"), PNG), PNG),
    "a wrong sum behind the pixels": (unsummed_png(), PNG),
    "half a mark of JFIF": (JPEG[:2] + worded.segment(0xE0, b"JFIF\0\1") + JPEG[20:], JPEG),
    "half a mark of Adobe": (JPEG[:20] + worded.segment(0xEE, b"Adobe\0") + JPEG[20:], JPEG),
    "no end of a jpeg": (JPEG[:-2], JPEG),
    "half an end of a jpeg": (JPEG[:-1], JPEG),
    "no end of a progressive jpeg": (SLOW[:-2], SLOW),
    "exif that is text": ((INPUTS / "exif-text.webp").read_bytes(), None),
    "a profile of 1.3 MB": ((INPUTS / "icc-1.3MB.png").read_bytes(), None),
    "a photograph without its end": ((INPUTS / "baseline-cut2.jpg").read_bytes(), None),
    "many passes, and not too many": (many_scans(80), None),
}


@pytest.mark.parametrize("name", ODD)
def test_what_every_browser_shows_is_taken(name: str) -> None:
    odd, as_meant = ODD[name]
    assert not inspection.inspect(odd).flat
    if as_meant is not None:
        assert ImageChops.difference(pixels(odd), pixels(as_meant)).getbbox() is None


# Refused


@pytest.mark.parametrize("whole", [JPEG, SLOW, (INPUTS / "baseline-cut2.jpg").read_bytes()])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.98])
def test_a_photograph_that_was_cut_off_is_called_so(whole: bytes, share: float) -> None:
    with pytest.raises(Unreadable, match="cut off"):
        inspection.inspect(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_cost_is_refused_before_it_does(name: str) -> None:
    make, words = HOSTILE[name]
    data = make()
    with pytest.raises(Unreadable, match=words):
        inspection.inspect(data)
    assert fence.run(misdeeds.cost, data) < 1


def test_what_is_within_bounds_and_takes_for_ever_is_stopped() -> None:
    with pytest.raises(TooHeavy, match="takes longer"):
        inspection.inspect(many_profiles())


def test_a_picture_that_needs_too_much_memory_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MOST_MEMORY", 64 * 64)
    with pytest.raises(TooHeavy, match="memory"):
        decoding.decode(PNG)


def test_running_out_of_memory_is_not_called_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(data: bytes, wanted: object) -> None:
        raise MemoryError

    monkeypatch.setattr(decoding, "_load", fail)
    with pytest.raises(MemoryError):
        decoding.decode(PNG)


@pytest.mark.parametrize("broken", [TypeError, ValueError, OSError, KeyError])
def test_a_mistake_of_ours_is_not_called_damage(broken: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise broken("ours")

    monkeypatch.setattr(colors, "in_srgb", fail)
    with pytest.raises(broken, match="ours"):
        rendering._render(PNG, rendering._as_plain(rendering.Order(SPECS["thumb"])))


# HEIC

HEIC = (INPUTS / "p3.heic").read_bytes()


def test_a_heic_is_taken_and_shown_in_its_colors() -> None:
    seen = rendering.see(HEIC, SPECS["preview"], SPECS["mls-4x3"])
    assert (seen.facts.media_type, seen.facts.width, seen.facts.height) == ("image/heic", 96, 64)
    assert (seen.facts.animated, seen.facts.flat) == (False, False)
    assert [copy.media_type for copy in seen.copies.values()] == ["image/webp", "image/jpeg"]
    shown = pixels(HEIC).getpixel((10, 10))
    assert isinstance(shown, tuple)
    assert max(abs(a - b) for a, b in zip(shown, (2, 244, 57), strict=True)) <= 2


def test_a_heic_that_would_crash_its_decoder_is_refused_before() -> None:
    assert boxes.item_types(HEIC) == [b"hvc1", b"Exif"]
    with pytest.raises(Unreadable, match="names a part"):
        inspection.inspect(HEIC.replace(b"hvc1\0", b"hv\xe91\0", 1))


def test_boxes_without_end_are_not_counted_to_the_end() -> None:
    box = struct.pack(">I4s", 8, b"free")
    with pytest.raises(Unreadable, match="parts"):
        inspection.inspect(struct.pack(">I4s4sI", 16, b"ftyp", b"heic", 0) + box * 1_000_000)


FILM = worded.box(b"ftyp", b"mp42\0\0\0\0") + worded.box(b"moov", bytes(100)) + worded.box(b"mdat", bytes(100))
BEHIND = [b"\0", bytes(8), bytes(100), b"hello world", b"\0\0\x01\x0aMotionPhoto_Data" + bytes(50) + b"SEFT", FILM]


@pytest.mark.parametrize("whole", [HEIC, noise("AVIF")], ids=["HEIC", "AVIF"])
@pytest.mark.parametrize("behind", BEHIND)
def test_bytes_behind_the_boxes_of_a_picture_are_noted_and_do_no_harm(whole: bytes, behind: bytes) -> None:
    seen, alone = rendering.see(whole + behind), rendering.see(whole)
    assert (seen.facts.trailing, alone.facts.trailing) == (len(behind), 0)
    assert ImageChops.difference(pixels(whole + behind), pixels(whole)).getbbox() is None
    assert seen.found == alone.found


@pytest.mark.parametrize("whole", [HEIC, noise("AVIF")], ids=["HEIC", "AVIF"])
def test_a_picture_whose_boxes_are_cut_off_is_refused(whole: bytes) -> None:
    with pytest.raises(Unreadable, match="do not fit"):
        inspection.inspect(whole[:-1])


def test_every_format_that_is_opened_is_offered_and_has_a_name() -> None:
    taken = set(formats.MEDIA_TYPES.values())
    assert taken == set(formats.EXTENSIONS)
    assert taken <= set(UploadForm().fields["pictures"].widget.attrs["accept"].split(","))
    assert "HEIC" in str(UploadForm().fields["pictures"].help_text)


# One decoding


def test_a_large_photograph_looks_the_same_drafted_as_whole() -> None:
    data = picture(3000, 2000, form="JPEG", quality=92)
    whole = Image.open(io.BytesIO(data)).resize((480, 320), Image.Resampling.LANCZOS)
    drafted = pixels_of(rendering.render(data, Spec("small", 480, 480, "image/png", 100)).data)
    difference = ImageChops.difference(whole, drafted).convert("L").histogram()
    assert sum(value * count for value, count in enumerate(difference)) / (480 * 320) < 0.5


def pixels_of(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_several_copies_are_those_that_one_by_one_would_be() -> None:
    data = picture(300, 200, form="JPEG")
    specs = (SPECS["thumb"], SPECS["web"])
    assert rendering.see(data, *specs).copies == {spec.name: rendering.render(data, spec) for spec in specs}


# Upright


@pytest.mark.parametrize("said", ["exif", "xmp", "another program's text"])
def test_a_picture_is_turned_by_its_exif_as_browsers_do_and_by_nothing_else(said: str) -> None:
    lying = Image.new("RGB", (120, 80), "white")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    out, chunks = io.BytesIO(), PngInfo()
    if said == "xmp":
        chunks.add_itxt("XML:com.adobe.xmp", '<x tiff:Orientation="6" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"/>')
    if said == "another program's text":
        chunks.add_text("Raw profile type exif", f"\nexif\n{len(exif.tobytes()):>8}\n{exif.tobytes().hex()}\n")
    lying.save(out, "PNG", pnginfo=chunks, **({"exif": exif.tobytes()} if said == "exif" else {}))
    seen = inspection.inspect(out.getvalue())
    assert (seen.width, seen.height) == ((80, 120) if said == "exif" else (120, 80))

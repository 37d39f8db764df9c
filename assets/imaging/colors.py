"""Pixels of every kind as sRGB, as a browser shows them. Plain Python over Pillow, for use behind the fence.

Two steps, since shrinking comes between them: `workable` makes pixels that can be shrunk and changes no color;
`in_srgb` changes the colors of what is left. Shrinking first costs a fraction and looks the same.
"""

from __future__ import annotations

import io
import struct
from contextlib import suppress

from PIL import Image, ImageCms

from assets.imaging import boxes, containers, profiles

_SRGB = ImageCms.createProfile("sRGB")
_SPACES = {"RGB": "RGB", "RGBA": "RGB", "L": "GRAY", "LA": "GRAY", "CMYK": "CMYK"}
"""Mode of pixels → the color space of the profiles that are for them."""

_GRAY_WITH_ALPHA = 4
"""The kind of a PNG that Pillow makes RGBA of where it has sixteen bits."""

_INTENTS = {
    "RGB": ImageCms.Intent.PERCEPTUAL,
    "GRAY": ImageCms.Intent.PERCEPTUAL,
    "CMYK": ImageCms.Intent.RELATIVE_COLORIMETRIC,  # the other one darkens ink, which browsers do not
}


def workable(image: Image.Image, data: bytes) -> Image.Image:
    """The same pixels as gray, RGB or CMYK of eight bits, with an alpha channel where anything is clear."""
    clear = image.info.get("transparency")
    if image.mode.startswith("I"):
        return _from_sixteen_bits(image, clear if isinstance(clear, int) else None)
    extent = getattr(image, "dispose_extent", None)
    if extent not in {None, (0, 0, *image.size)} and clear is None:
        return _with_clear_border(image, extent)
    if image.mode == "RGBA" and data.startswith(containers.PNG_HEAD) and data[25] == _GRAY_WITH_ALPHA:
        return Image.merge("LA", (image.getchannel("R"), image.getchannel("A")))
    if image.mode in _SPACES and clear is None:
        return image
    if image.mode in {"1", "L", "RGB"} and clear is not None:
        return _with_clear_color(image, clear, data)
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if image.mode in {"PA", "La", "RGBa"} or clear is not None else "RGB")


def _with_clear_border(image: Image.Image, extent: tuple[int, int, int, int]) -> Image.Image:
    """What the first frame of a GIF leaves of its screen shows nothing."""
    alpha = Image.new("L", image.size, 0)
    alpha.paste(255, extent)
    framed = image.convert("RGB")
    framed.putalpha(alpha)
    return framed


def _from_sixteen_bits(image: Image.Image, clear: int | None) -> Image.Image:
    """The upper eight bits; clear is what has all sixteen bits of the clear gray."""
    wide = image.convert("I")
    gray = wide.point([value >> 8 for value in range(65536)], "L")
    if clear is None:
        return gray
    alpha = wide.point([0 if value == clear else 255 for value in range(65536)], "L")
    return Image.merge("LA", (gray, alpha))


def _with_clear_color(image: Image.Image, clear: object, data: bytes) -> Image.Image:
    """One color of a PNG is clear. The file says which in its own depth; Pillow has made eight bits of all others."""
    depth = data[24] if data.startswith(containers.PNG_HEAD) else 8
    values = clear if isinstance(clear, tuple) else (clear,)
    if image.mode == "1":
        image, depth = image.convert("L"), 8
    scaled = tuple(_scaled(value, depth) for value in values if isinstance(value, int))
    image = image.copy()
    image.info["transparency"] = scaled if image.mode == "RGB" else scaled[0]
    return image.convert("RGBA" if image.mode == "RGB" else "LA")


def _scaled(value: int, depth: int) -> int:
    return value >> 8 if depth == 16 else value * 255 // (2**depth - 1)


def stated_profile(image: Image.Image, data: bytes) -> bytes:
    """The ICC profile of a picture: embedded, or made from what else the file states. Empty where it means sRGB."""
    if data.startswith(containers.PNG_HEAD):
        return _png_profile(image, data)
    embedded = image.info.get("icc_profile") or b""
    if not embedded and data[4:8] == b"ftyp":
        with suppress(boxes.BadBoxes, ValueError):
            primaries, transfer = boxes.stated_colors(data) or (1, 13)
            # Cameras name the curve of television and mean the one of screens; browsers take it so.
            return _by_numbers(primaries, 13 if transfer in profiles.TELEVISION else transfer)
    return bytes(embedded)


def _png_profile(image: Image.Image, data: bytes) -> bytes:
    """The order of precedence is the one of the PNG standard: cICP, iCCP, sRGB, then gAMA with cHRM.

    A chunk that is not as long as it must be counts for nothing, as it does in a browser.
    """
    chunks: dict[str, bytes] = {}
    for name, start, end in containers.png_chunks(data):
        if name == "IDAT":
            break
        if _LENGTHS.get(name) == end - start:
            chunks.setdefault(name, data[start:end])
    with suppress(ValueError):
        if "cICP" in chunks and chunks["cICP"][0] in profiles.PRIMARIES and chunks["cICP"][1] in profiles.CURVES:
            return _by_numbers(chunks["cICP"][0], chunks["cICP"][1])
        if image.info.get("icc_profile"):
            return bytes(image.info["icc_profile"])
        if "sRGB" not in chunks and "gAMA" in chunks:
            return _by_gamma(chunks)
    return b""


_LENGTHS = {"cICP": 4, "sRGB": 1, "gAMA": 4, "cHRM": 32}


def _by_gamma(chunks: dict[str, bytes]) -> bytes:
    gamma = struct.unpack(">I", chunks["gAMA"])[0] / 100_000
    if not 0.01 <= gamma <= 10 or (abs(gamma - 1 / 2.2) < 0.001 and "cHRM" not in chunks):
        return b""  # nonsense; or what writers say when they mean sRGB
    primaries = profiles.BT709
    if "cHRM" in chunks:
        parts = [value / 100_000 for value in struct.unpack(">8I", chunks["cHRM"])]
        white, red, green, blue = ((parts[at], parts[at + 1]) for at in range(0, 8, 2))
        primaries = profiles.Primaries(red, green, blue, white)
    return profiles.profile(primaries, (1 / gamma,))


def _by_numbers(primaries: int, transfer: int) -> bytes:
    """A profile for numbers of H.273; empty for sRGB itself and for what has no profile."""
    if (primaries, transfer) == (1, 13) or primaries not in profiles.PRIMARIES or transfer not in profiles.CURVES:
        return b""
    return profiles.profile(profiles.PRIMARIES[primaries], profiles.CURVES[transfer])


def in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Workable pixels as RGB, or RGBA where there is an alpha channel.

    A profile that is not for such pixels, or that nobody can read, counts for nothing, as it does in a browser.
    """
    alpha = image.getchannel("A") if image.mode in {"RGBA", "LA"} else None
    opaque = image if alpha is None else image.convert("RGB" if image.mode == "RGBA" else "L")
    converted = _converted(opaque, profile) or opaque.convert("RGB")
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def _converted(image: Image.Image, profile: bytes) -> Image.Image | None:
    space = profile[16:20].decode("latin-1").strip()
    if image.mode == "L" and space == "RGB":
        image = image.convert("RGB")
    if not profile or space != _SPACES[image.mode]:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, _SRGB, renderingIntent=_INTENTS[space], outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None

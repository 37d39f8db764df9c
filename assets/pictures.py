"""Bytes in, facts or bytes out: what a picture is, whether it can be trusted to open, and smaller copies of it.

Nothing here touches the database or the disk. Decoding is fenced by four rules: only the listed formats, a limit on
bytes and on pixels that is checked before anything is decoded, everything decoded to the last pixel (a check of
the structure alone lets half a JPEG pass), and one decoding at a time in each process. The pixel limit is what
bounds the memory: 40 Mpx in four channels are 160 MB. There is no child process around the decoder.
"""

from __future__ import annotations

import hashlib
import io
import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageCms, ImageOps, ImageStat, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from assets import metadata
from assets.framing import trailing_bytes

if TYPE_CHECKING:
    from assets.metadata import Card

MAX_BYTES = 40 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_SIDE = 16
"""Pixels. Anything smaller is a spacer or a tracking dot, not a picture."""
FLAT_BELOW = 2.0
"""Standard deviation of brightness, of 255, below which a picture is one colour: a provider's black frame."""

MEDIA_TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
}
"""Pillow's name → media type. MPO is a JPEG with a second picture behind it, as many phones write them.

TIFF and PSD are left out on purpose: their decoders have the longest record of faults.
"""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif", "image/avif": "avif"}


class Unreadable(Exception):
    """These bytes are not a picture that the portal can take. The message says why, for people."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file is, learnt from its bytes alone. Width and height are as it is looked at, rotation applied."""

    sha256: str
    media_type: str
    width: int
    height: int
    size: int
    flat: bool
    animated: bool
    trailing: int = 0
    """Bytes after the end of the picture: a second picture, or something that hides there."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A kind of copy: the box in pixels that it fits into, its media type, and the encoder's quality of 100."""

    name: str
    width: int
    height: int
    media_type: str
    quality: int


SPECS: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        Spec("thumb", 480, 480, "image/webp", 78),
        Spec("preview", 1600, 1600, "image/webp", 84),
        Spec("mls-4x3", 2048, 1536, "image/jpeg", 85),
        Spec("web", 1920, 1920, "image/webp", 82),
        Spec("print", 6000, 6000, "image/jpeg", 92),
    )
}
"""The copies that the portal makes: two for its own pages, the others for channels."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished copy."""

    data: bytes
    sha256: str
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Seen:
    """All that one look at a picture brings."""

    facts: Facts
    copy: Rendered
    found: dict[str, Any]
    """What the file says about itself, as `metadata.read` gives it."""


_one_at_a_time = threading.Lock()


def inspect(data: bytes) -> Facts:
    """Decode the whole picture and say what it is. Raises Unreadable with words for the person who brought it."""
    _check_bytes(data)
    with _opened(data) as image:
        return _facts(data, image)


def render(data: bytes, spec: Spec, card: Card | None = None) -> Rendered:
    """A copy that fits into the spec's box, never enlarged, with nothing in it but the pixels and the given card."""
    _check_bytes(data)
    with _opened(data) as image:
        pixels = _plain(image)
    return _rendered(pixels, spec, card)


def see(data: bytes, spec: Spec) -> Seen:
    """`inspect`, `render` and `metadata.read` at the price of one decoding, which is what each of them costs most."""
    _check_bytes(data)
    with _opened(data) as image:
        facts, found, pixels = _facts(data, image), metadata.read(data, image), _plain(image)
    return Seen(facts, _rendered(pixels, spec, None), found)


def fitted(width: int, height: int, spec: Spec) -> tuple[int, int]:
    """The size in pixels that a picture of this size would have as a copy of this spec."""
    scale = min(1.0, spec.width / width, spec.height / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """The decoded picture. Whatever the decoder trips over is the file's fault and becomes Unreadable."""
    with _one_at_a_time, warnings.catch_warnings():
        # Odd EXIF makes Pillow warn about many a good photograph, and nothing here relies on EXIF.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_pixels(image.width, image.height)
                image.load()
                yield image
        except Unreadable:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Unreadable(_TOO_MANY_PIXELS) from error
        except UnidentifiedImageError as error:
            raise Unreadable("This is not a picture in PNG, JPEG, WebP, AVIF or GIF format.") from error
        except Exception as error:  # a decoder may raise anything on hostile bytes
            raise Unreadable("The picture is damaged: it cannot be decoded to its last pixel.") from error


_TOO_MANY_PIXELS = f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels, the most that is taken."


def _facts(data: bytes, image: Image.Image) -> Facts:
    media_type = MEDIA_TYPES[image.format or ""]
    upright = ImageOps.exif_transpose(image)
    return Facts(
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        width=upright.width,
        height=upright.height,
        size=len(data),
        flat=_is_flat(upright),
        animated=image.format != "MPO" and bool(getattr(image, "is_animated", False)),
        trailing=trailing_bytes(data, media_type),
    )


def _rendered(pixels: Image.Image, spec: Spec, card: Card | None) -> Rendered:
    pixels.thumbnail((spec.width, spec.height), Image.Resampling.LANCZOS)
    encoded = _encode(pixels, spec, card)
    return Rendered(encoded, hashlib.sha256(encoded).hexdigest(), spec.media_type, pixels.width, pixels.height)


def _check_bytes(data: bytes) -> None:
    if not data:
        raise Unreadable("The file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB, the most that is taken.")


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Unreadable(_TOO_MANY_PIXELS)
    if min(width, height) < MIN_SIDE:
        raise Unreadable(f"The picture is only {width} × {height} pixels; both sides need {MIN_SIDE} or more.")


def _is_flat(image: Image.Image) -> bool:
    colours = image if image.mode in {"RGB", "RGBA"} else image.convert("RGBA")
    small = colours.resize((64, 64), Image.Resampling.BOX, reducing_gap=2.0).convert("RGBA")
    ground = Image.new("RGBA", small.size, "white")
    deviations = ImageStat.Stat(Image.alpha_composite(ground, small).convert("RGB")).stddev
    return math.fsum(deviations) / 3 < FLAT_BELOW


def _plain(image: Image.Image) -> Image.Image:
    """Upright sRGB pixels, with the alpha channel where there is one, and nothing else that the file carried."""
    upright = ImageOps.exif_transpose(image)
    has_alpha = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    pixels = _in_srgb(upright, "RGBA" if has_alpha else "RGB")
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    return bare


def _in_srgb(image: Image.Image, mode: str) -> Image.Image:
    """Convert by the embedded colour profile; by the plain formula where there is none, or none that can be read."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                return converted.convert(mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L").convert(mode)
    return image.convert(mode)


def _encode(image: Image.Image, spec: Spec, card: Card | None) -> bytes:
    out = io.BytesIO()
    xmp = card.as_xmp() if card else None
    if spec.media_type == "image/jpeg":
        image = _on_white(image)
        image.save(out, "JPEG", quality=spec.quality, optimize=True, progressive=True, **({"xmp": xmp} if xmp else {}))
    elif spec.media_type == "image/png":
        chunks = PngInfo()
        if xmp:
            chunks.add_itxt("XML:com.adobe.xmp", xmp.decode())
        image.save(out, "PNG", optimize=True, pnginfo=chunks)
    elif spec.media_type == "image/avif":
        image.save(out, "AVIF", quality=spec.quality, speed=8, **({"xmp": xmp} if xmp else {}))
    else:
        # Half the time of method 4, Pillow's own choice, for one to seven per cent more bytes.
        image.save(out, "WEBP", quality=spec.quality, method=2, **({"xmp": xmp} if xmp else {}))
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground

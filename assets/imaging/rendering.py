"""Smaller copies of a picture: shrunk, in sRGB, upright, and saying only what they are given to say."""

from __future__ import annotations

import hashlib
import io
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from assets.imaging import colors, credentials, decoding, fence, marking, metadata, profiles
from assets.imaging.decoding import Decoded, Size
from assets.imaging.inspection import ImageInfo, check_bytes, info_of, seen_of
from assets.imaging.marking import NOT_RELEASED
from assets.imaging.metadata import EmbeddedMetadata, twins
from assets.imaging.refusals import Fault


@dataclass(frozen=True, slots=True)
class Spec:
    """A kind of copy: the box in pixels that it fits into, its media type, and the encoder's quality of 100.

    `effort` is how hard a WebP encoder tries to save bytes, of 6: the pixels are as good with little.
    """

    name: str
    width: int
    height: int
    media_type: str
    quality: int
    effort: int = 2
    """Half the time of 4, Pillow's own choice, for one to seven percent more bytes."""


SPECS: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        Spec("thumb", 480, 480, "image/webp", 78),
        # Of every picture that comes, while others wait: half the time of 2, for seven percent more bytes.
        Spec("small", 800, 800, "image/webp", 80, effort=0),
        Spec("preview", 1600, 1600, "image/webp", 84, effort=0),
        Spec("mls-4x3", 2048, 1536, "image/jpeg", 85),
        Spec("web", 1920, 1920, "image/webp", 82),
        Spec("print", 6000, 6000, "image/jpeg", 92),
    )
}
"""The copies that the portal makes: three for its own pages, the others for channels."""
FOR_PAGES = ("thumb", "small", "preview")
"""Those that are for looking, within the portal."""
FOR_LOOKING = Spec("looking", 1600, 1600, "image/jpeg", 84)
"""What may be downloaded of a picture that is not released: no larger than a preview, with a mark across it."""
AS_LARGE_AS_IT_IS = Spec("full", 16_000, 16_000, "image/jpeg", 92)
"""For whoever judges a picture down to its pixels."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished copy."""

    data: bytes
    sha256: str
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Order:
    """A copy that is wanted: its kind, what it says about itself, and the bytes that it may have."""

    spec: Spec
    card: EmbeddedMetadata | None = None
    max_bytes: int = 0
    """0 for as many as it takes."""
    lowest_quality: int = 0
    """How far the quality may be lowered, step by step, to stay within the bytes. Below it, the copy is too large."""
    mark: str = ""
    """Words that are drawn across it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that one look at a picture brings."""

    facts: ImageInfo
    copies: dict[str, Rendered]
    """Name of a spec → the copy."""
    found: dict[str, Any]
    """What the file says about itself, as `metadata.read` gives it."""


LARGEST_PACKET = 65_500
"""Bytes of XMP that a JPEG holds in one piece."""
STEP = 10
ENCODING = fence.Limits(cpu=30, wall=60)
"""Large copies take their time, all of it in our own encoder."""


def render(data: bytes, spec: Spec, card: EmbeddedMetadata | None = None) -> Rendered:
    """A copy that fits into the spec's box, never enlarged, with nothing in it but the pixels and the given card."""
    return render_all(data, [Order(spec, card)])[0]


def for_looking(data: bytes) -> Rendered:
    """The copy that may be downloaded of what is not released: small, and marked across. Raises Unreadable."""
    return render_all(data, [Order(FOR_LOOKING, mark=NOT_RELEASED)])[0]


def render_all(data: bytes, orders: Sequence[Order]) -> list[Rendered]:
    """A copy for each order, at the price of one decoding. Raises Unreadable."""
    check_bytes(data)
    return [_finished(copy) for copy in fence.run(_render, data, *map(_as_plain, orders), limits=ENCODING)]


def see(data: bytes, *specs: Spec) -> Seen:
    """`inspect`, `render` and `metadata.read` at the price of one decoding, which is what each of them costs most."""
    seen, copies = _steps(data, specs)
    return Seen(seen.facts, copies, seen.found)


class Look:
    """A look at a picture that goes on in a thread of its own: whoever has the facts need not wait for the copies."""

    def __init__(self, data: bytes, *specs: Spec) -> None:
        self._seen, self._copies = Future[Seen](), Future[dict[str, Rendered]]()
        threading.Thread(target=self._go_on, args=(data, specs), name="a look at a picture", daemon=True).start()

    @property
    def seen(self) -> Seen:
        """What is known before there are any copies, as soon as it is. Raises Unreadable."""
        return self._seen.result()

    @property
    def copies(self) -> dict[str, Rendered]:
        """Name of a spec → the copy, once all are made. Raises Unreadable."""
        return self._copies.result()

    def _go_on(self, data: bytes, specs: Sequence[Spec]) -> None:
        try:
            with closing(_steps(data, specs)) as steps:
                self._seen.set_result(next(steps))
                self._copies.set_result(next(steps))
        except BaseException as error:  # raised for whoever asks
            for step in (self._seen, self._copies):
                if not step.done():
                    step.set_exception(error)


def _steps(data: bytes, specs: Sequence[Spec]) -> Generator[Any, None, None]:
    """What is seen, and then the copies."""
    check_bytes(data)
    orders = (_as_plain(Order(spec)) for spec in specs)
    with closing(fence.steps(_see, data, credentials.trusted(), *orders)) as steps:
        try:
            came = next(steps)
            yield Seen(info_of(data, came["seen"]), {}, came["found"])
            yield {spec.name: _finished(copy) for spec, copy in zip(specs, next(steps), strict=True)}
        except (StopIteration, LookupError, TypeError, ValueError) as error:  # no child of ours speaks so
            raise Fault from error


def srcset_of(width: int, height: int, small: str, whole: str) -> str:
    """The addresses of the copy for phones and of the preview of a picture, for HTML; empty where they are as large."""
    widths = [fitted(width, height, SPECS[name])[0] for name in ("small", "preview")]
    return f"{small} {widths[0]}w, {whole} {widths[1]}w" if widths[0] < widths[1] else ""


def get_ready() -> None:
    """Start this process's helper now, which takes most of a second, and not when the first picture comes."""
    fence.run(warm_up)


def fitted(width: int, height: int, spec: Spec) -> tuple[int, int]:
    """The size in pixels that a picture of this size would have as a copy of this spec."""
    scale = min(1.0, spec.width / width, spec.height / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def warm_up() -> None:
    """Load what the tasks of this module need: a child can open no file."""
    decoding.warm_up()
    marking.warm_up()


def _as_plain(order: Order) -> dict[str, Any]:
    """An order as it goes to a child."""
    return {
        "spec": asdict(order.spec),
        "said": _said(order.card, order.spec.media_type) if order.card else {},
        "most": order.max_bytes,
        "lowest": order.lowest_quality or order.spec.quality,
        "mark": order.mark,
    }


def _said(card: EmbeddedMetadata, media_type: str) -> dict[str, Any]:
    """What a copy is to carry, as the arguments of Pillow, and what Pillow has no argument for."""
    most = LARGEST_PACKET if media_type == "image/jpeg" else sys.maxsize
    xmp, extension = card.as_xmp_within(most)
    resources = twins.photoshop_resources(card)
    said: dict[str, Any] = {"icc_profile": profiles.srgb(), "exif": twins.exif(card), "xmp": xmp}
    if media_type == "image/jpeg":
        said["extra"] = twins.jpeg_segments(resources, extension)
    if media_type == "image/png":
        said["resources"] = resources
    return said | ({"dpi": (card.dpi, card.dpi)} if card.dpi else {})


def _finished(copy: dict[str, Any]) -> Rendered:
    return Rendered(sha256=hashlib.sha256(copy["data"]).hexdigest(), **copy)


# In the child


def _render(data: bytes, *orders: dict[str, Any]) -> list[dict[str, Any]]:
    return _copies(decoding.decode(data, _largest(orders)), orders)


def _see(data: bytes, anchors: str, *orders: dict[str, Any]) -> Iterator[Any]:
    picture = decoding.decode(data, _largest(orders))
    yield {"seen": seen_of(picture), "found": metadata.read(data, picture.source, anchors)}
    yield _copies(picture, orders)


def _largest(orders: Sequence[dict[str, Any]]) -> Size:
    """The box that holds every copy. It may be turned, so it is square."""
    side = max((max(order["spec"]["width"], order["spec"]["height"]) for order in orders), default=1)
    return side, side


def _copies(picture: Decoded, orders: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The copies in the order in which they were wanted; made from the largest down, each from less than the last."""
    specs = [Spec(**order["spec"]) for order in orders]
    sizes = [fitted(*picture.size, spec) for spec in specs]
    shrinking, made = _Shrinking(picture), {}
    for number in sorted(range(len(orders)), key=lambda number: sizes[number], reverse=True):
        made[number] = _copy(shrinking.to(sizes[number]), specs[number], orders[number])
    return [made[number] for number in range(len(orders))]


def _copy(pixels: Image.Image, spec: Spec, order: dict[str, Any]) -> dict[str, Any]:
    pixels = marking.mark(pixels, order["mark"]) if order["mark"] else pixels
    for quality in range(spec.quality, order["lowest"] - 1, -STEP):
        encoded = _encode(pixels, replace(spec, quality=quality), order["said"])
        if not order["most"] or len(encoded) <= order["most"]:
            break
    return {"data": encoded, "media_type": spec.media_type, "width": pixels.width, "height": pixels.height}


class _Shrinking:
    """A decoded picture that becomes smaller and smaller: by averages down to twice a size, and the rest by Lanczos."""

    def __init__(self, picture: Decoded) -> None:
        self.picture, self.pixels = picture, picture.pixels
        self.width, self.height = map(float, picture.pixels.size)
        """Of the part of the pixels that is the picture: averages leave a fraction of a pixel at the edge."""

    def to(self, size: Size) -> Image.Image:
        """Upright sRGB pixels in this size, and nothing else that the file carried. Never larger than the last."""
        lying = size[::-1] if self.picture.lies else size
        self._average(int(min(self.width / lying[0], self.height / lying[1]) / 2))
        small = self.pixels.resize(lying, Image.Resampling.LANCZOS, box=(0, 0, self.width, self.height))
        small = colors.in_srgb(small, self.picture.profile)
        upright = small if self.picture.turned is None else small.transpose(self.picture.turned)
        upright.info = {}
        return upright

    def _average(self, factor: int) -> None:
        if factor > 1:
            self.pixels = self.pixels.reduce(factor)
            self.width, self.height = self.width / factor, self.height / factor


def _encode(image: Image.Image, spec: Spec, said: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    if spec.media_type == "image/jpeg":
        own = {"optimize": True, "progressive": True, "comment": b""}
        _on_white(image).save(out, "JPEG", quality=spec.quality, **own, **said)
    elif spec.media_type == "image/png":
        image.save(out, "PNG", optimize=True, **_as_chunks(said))
    elif spec.media_type == "image/avif":
        image.save(out, "AVIF", quality=spec.quality, speed=8, **said)
    else:
        image.save(out, "WEBP", quality=spec.quality, method=spec.effort, **said)
    return out.getvalue()


def _as_chunks(said: dict[str, Any]) -> dict[str, Any]:
    """The same, with what a PNG keeps as text."""
    chunks, rest = PngInfo(), dict(said)
    if xmp := rest.pop("xmp", b""):
        chunks.add_itxt("XML:com.adobe.xmp", xmp.decode())
    if resources := rest.pop("resources", b""):
        chunks.add_text(*twins.raw_profile(resources), zip=True)
    return rest | {"pnginfo": chunks}


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground

"""The draftsman that needs nothing: draws a storyboard of the brief on this computer, free, the same for a seed."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

from PIL.PngImagePlugin import PngInfo

from generation.providers.base import Capabilities, Finished, ImageSpec, Money, Picture, Provider
from generation.providers.sketch.colors import Palette, colors_of
from generation.providers.sketch.overlay import draw_over
from generation.providers.sketch.reading import Storyboard, read_brief
from generation.providers.sketch.scenes import draw

LARGEST_SEED = 2**31 - 1


class Sketch(Provider):
    """Pencil and wash from the words of a brief; for trying things out and for laying out pages.

    It draws over a photograph that is to be changed, and takes its colors from a picture that is only looked at.
    """

    key = "sketch"
    label = "Sketch"
    capabilities = Capabilities(
        seed=True,
        negative=True,
        references=True,
        mask=True,
        several=True,
        exact_size=True,
        repeat_is_harmless=True,
    )

    @property
    def is_inside(self) -> bool:
        """It draws on this computer."""
        return True

    def ai_system(self, model: str) -> str:
        """A drawing program, which nobody trained."""
        return ""

    def size(self, spec: ImageSpec) -> tuple[int, int] | None:
        return None if _is_edit(spec) else spec.pixels

    def start(self, spec: ImageSpec, *, attempt: UUID) -> Finished:
        first = spec.seed if spec.seed is not None else seed_of(spec)
        seeds = [(first + number) % (LARGEST_SEED + 1) for number in range(spec.count)]
        with ThreadPoolExecutor(max_workers=2) as pool:
            pictures = tuple(pool.map(lambda seed: Picture(self._png(spec, seed), seed), seeds))
        width, height = spec.pixels
        sent = {"prompt": spec.prompt, "size": f"{width}x{height}", "n": spec.count, "seed": first}
        return Finished(
            pictures=pictures,
            cost=Money(0),
            cost_basis="free",
            model_reported=spec.model.id,
            seed=first,
            parameters_sent=sent | ({"references": len(spec.references)} if spec.references else {}),
            parameters_in_effect={"size": "as the photograph" if _is_edit(spec) else sent["size"], "seeds": seeds},
            raw={"seeds": seeds, "seed_from": "wish" if spec.seed is not None else "prompt"},
        )

    def check(self) -> str:
        return "Ready: draws on this computer, needs no key and costs nothing."

    def _png(self, spec: ImageSpec, seed: int) -> bytes:
        board = read_brief(spec.prompt, spec.hints, spec.ratio, spec.negative)
        facts = PngInfo()
        facts.add_text("Software", "Imprimatur sketch")
        if _is_edit(spec):
            picture = draw_over(spec.references[0].data, spec.mask, board, seed)
            facts.add_text("Comment", "A sketch drawn by a program over a photograph.")
        else:
            picture = draw(_in_the_colors_of(spec, board), *spec.pixels, seed)
            facts.add_text("Comment", "A sketch drawn by a program, not a photograph.")
        facts.add_text("Seed", str(seed))
        facts.add_itxt("Description", board.title)
        stream = io.BytesIO()
        picture.save(stream, "PNG", pnginfo=facts, compress_level=4)
        return stream.getvalue()


def _is_edit(spec: ImageSpec) -> bool:
    return spec.edits and bool(spec.references)


def _in_the_colors_of(spec: ImageSpec, board: Storyboard) -> Storyboard:
    """The storyboard in the colors of the first picture that is looked at, unless its words name colors themselves."""
    if not spec.references or board.palette.named:
        return board
    return replace(board, palette=Palette(colors_of(spec.references[0].data), named=False))


def seed_of(spec: ImageSpec) -> int:
    """A seed from the wish itself, so that the same wish gives the same sketch."""
    words = "\n".join([spec.prompt, spec.ratio, *(f"{name}={value}" for name, value in sorted(spec.hints.items()))])
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:4], "big") & LARGEST_SEED

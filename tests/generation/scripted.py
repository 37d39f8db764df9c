"""A provider that says what a test tells it to, and counts what it was asked."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from PIL import Image, ImageDraw

from generation.providers.base import Capabilities, Finished, ImageSpec, Pending, Picture, Provider
from generation.providers.handoff import Ask, HandOff

Answer = Finished | Pending | Exception


@dataclass(frozen=True)
class ScriptOptions:
    name: str = ""


class Scripted(Provider):
    """Answers from a list; when the list is empty, with one picture for each one asked."""

    key = "scripted"
    label = "Scripted"
    capabilities = Capabilities(negative=True, several=True, exact_size=True, resumable=True)
    Options = ScriptOptions

    answers: ClassVar[list[Answer | Callable[[], Answer]]] = []
    sent: ClassVar[list[tuple[ImageSpec, UUID]]] = []
    asked: ClassVar[list[str]] = []

    @classmethod
    def will(cls, *answers: Answer | Callable[[], Answer]) -> None:
        cls.answers[:] = answers
        cls.sent.clear()
        cls.asked.clear()

    def start(self, spec: ImageSpec, *, attempt: UUID) -> Finished | Pending:
        self.sent.append((spec, attempt))
        return self._next(Finished(pictures=tuple(picture(f"{attempt}{n}") for n in range(spec.count))))

    def resume(self, handle: str) -> Finished | Pending:
        self.asked.append(handle)
        return self._next(Finished(pictures=(picture(handle),)))

    def check(self) -> str:
        return "Ready."

    def _next(self, otherwise: Finished) -> Finished | Pending:
        answer = self.answers.pop(0) if self.answers else otherwise
        answer = answer() if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer


class Harmless(Scripted):
    """One that may be asked twice, carries seeds, and draws one picture for each request."""

    key = "harmless"
    label = "Harmless"
    capabilities = Capabilities(seed=True, negative=True, repeat_is_harmless=True)


class Seeing(Scripted):
    """One that carries pictures and a mask."""

    key = "seeing"
    label = "Seeing"
    capabilities = Capabilities(references=True, mask=True, several=True)


class ByHand(HandOff):
    """One that a person must run."""

    key = "by-hand"
    label = "By hand"
    capabilities = Capabilities(seed=True, negative=True, several=True, by_hand=True)
    link = "https://by-hand.example/"
    steps = ("Paste it there.",)
    asks = (Ask("plan", "Plan", ("Basic", "Pro")),)

    def compose(self, spec: ImageSpec) -> str:
        return spec.prompt

    def start(self, spec: ImageSpec, *, attempt: UUID) -> Pending:
        return Pending(handle="Paste the prompt there.", ask_again_in=None)


SETTINGS = {
    "scripted": {"adapter": "tests.generation.scripted.Scripted", "options": {}},
    "harmless": {"adapter": "tests.generation.scripted.Harmless", "options": {}},
    "seeing": {"adapter": "tests.generation.scripted.Seeing", "options": {}},
    "by-hand": {"adapter": "tests.generation.scripted.ByHand", "options": {}},
}


def picture(name: str = "a", size: tuple[int, int] = (96, 64)) -> Picture:
    """A small picture that differs with its name."""
    return Picture(png(name, size))


def png(name: str = "a", size: tuple[int, int] = (96, 64)) -> bytes:
    image = Image.new("RGB", size, "#e8e0d0")
    tint = zlib.crc32(name.encode()) & 0xFFFFFF
    ImageDraw.Draw(image).rectangle((10, 10, size[0] // 2, size[1] - 12), fill=f"#{tint:06x}")
    ImageDraw.Draw(image).ellipse((size[0] // 2, 8, size[0] - 6, size[1] // 2), fill="#203048")
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def flat_png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (96, 64), "black").save(stream, "PNG")
    return stream.getvalue()


def gif() -> bytes:
    """A picture that moves."""
    first, second = (Image.open(io.BytesIO(png(name))) for name in "ab")
    stream = io.BytesIO()
    first.save(stream, "GIF", save_all=True, append_images=[second], duration=100)
    return stream.getvalue()

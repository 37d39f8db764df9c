"""Services that people must drive themselves: the portal composes the exact text, a person brings the picture.

Midjourney forbids automation and offers no API; ChatGPT's own page has none either. So nothing is sent from here.
Parameters of Midjourney 7 and 8.1 as documented at docs.evolink.ai, read 2026-11-22.
"""

from __future__ import annotations

import hashlib
import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar
from unicodedata import category
from uuid import UUID

from generation.providers.base import Capabilities, Finished, ImageSpec, Pending, Provider
from generation.providers.models import ratio_of

_DASH = r"\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"  # hyphens, and the dashes that keyboards make of two of them
_PARAMETER = re.compile(rf"[{_DASH}](?:\s*[{_DASH}])+|[\u2012-\u2015\u2212]")
_WEIGHT = re.compile(r"::+")


@dataclass(frozen=True)
class Ask:
    """A fact that only the person knows who ran the prompt; the rights in the picture hang on it."""

    name: str
    label: str
    choices: tuple[str, ...]


class HandOff(Provider):
    """A provider that waits for a person; subclasses say what to copy and what to do with it."""

    link: ClassVar[str]  # where the person goes
    steps: ClassVar[tuple[str, ...]]  # what the person does there, in order
    attaching: ClassVar[str] = ""  # where pictures that go along are attached there
    asks: ClassVar[tuple[Ask, ...]] = ()  # what the person says when bringing the picture

    def size(self, spec: ImageSpec) -> tuple[int, int] | None:
        return None if spec.edits and spec.references else spec.pixels

    def start(self, spec: ImageSpec, *, attempt: UUID) -> Pending:
        """Nothing is sent: what the person is to paste and to attach is noted, pictures by their SHA-256, in order."""
        sent: dict[str, Any] = {"text": self.compose(spec)}
        if spec.references:
            sent["attached"] = [
                {"name": each.name, "sha256": hashlib.sha256(each.data).hexdigest()} for each in spec.references
            ]
        return Pending(handle=str(attempt), ask_again_in=None, parameters_sent=sent)

    def resume(self, handle: str) -> Finished | Pending:
        return Pending(handle=handle, ask_again_in=None)

    @abstractmethod
    def compose(self, spec: ImageSpec) -> str:
        """The exact text for the person to copy."""

    def check(self) -> str:
        return "Ready: a person runs the prompt there and brings the picture here."


class Midjourney(HandOff):
    """The prompt with its parameters at the end; user text cannot smuggle in parameters of its own."""

    key = "midjourney"
    label = "Midjourney (by hand)"
    system = "Midjourney"
    capabilities = Capabilities(seed=True, negative=True, references=True, several=True, by_hand=True)
    link = "https://www.midjourney.com/imagine"
    attaching = "Add them with the picture button in the prompt bar, as image prompts, in this order."
    steps = (
        "Copy the prompt with its parameters.",
        "Paste it at midjourney.com, or after /imagine in Discord, and run it.",
        "Upscale the picture you want and download it from the website, not from a preview.",
        "Drop the file here, and say which plan the account has and whether Stealth was on.",
    )
    # Who may use a picture depends on the plan of the day; without Stealth everybody could see it (help.midjourney.com
    # 8150363, read 2026-11-22).
    asks = (
        Ask("plan", "Plan of the account", ("Basic", "Standard", "Pro", "Mega", "Trial")),
        Ask("stealth", "Stealth was on", ("Yes", "No")),
    )

    def compose(self, spec: ImageSpec) -> str:
        text = harmless(spec.prompt)
        settings = spec.model.settings
        parameters = [f"--ar {spec.ratio}"]
        if spec.seed is not None:
            parameters.append(f"--seed {spec.seed}")
        if spec.negative and "negative" not in spec.model.lacks:
            parameters.append(f"--no {harmless(spec.negative)}")
        if settings.get("raw") == "yes":
            parameters.append("--raw")
        if quality := spec.model.quality(spec.quality):
            parameters.append(quality)
        parameters.append(f"--v {settings.get('version', spec.model.id)}")
        return " ".join([text, *parameters])


class ChatGPT(HandOff):
    """The prompt in plain words, with shape, count and exclusions said as sentences."""

    key = "chatgpt"
    label = "ChatGPT (by hand)"
    system = "ChatGPT"
    capabilities = Capabilities(negative=True, references=True, several=True, by_hand=True)
    link = "https://chatgpt.com/"
    attaching = "Drop them into the message box in this order, before you send the text."
    steps = (
        "Copy the text.",
        "Start a new chat at chatgpt.com, paste it and send.",
        "Download the picture with the arrow on it; do not take a screenshot, which loses what the file says.",
        "Drop the file here.",
    )

    def compose(self, spec: ImageSpec) -> str:
        sentences = [spec.prompt.strip(), f"Make the picture {_shape(spec.ratio)}, in the ratio {spec.ratio}."]
        if spec.negative:
            sentences.append(f"Leave out: {spec.negative.strip().rstrip('.')}.")
        if spec.count > 1:
            sentences.append(f"Make {spec.count} separate pictures, one after another.")
        return "\n\n".join(sentences)


def harmless(text: str) -> str:
    """User text on one line, in which nothing reads as a Midjourney parameter or weight."""
    visible = "".join(sign for sign in text if sign.isspace() or category(sign)[0] != "C")
    text = _PARAMETER.sub(" - ", " ".join(visible.split()))
    return _WEIGHT.sub(":", " ".join(text.split()))


def _shape(ratio: str) -> str:
    shape = ratio_of(ratio)
    if shape == 1:
        return "square"
    return "landscape (wider than tall)" if shape > 1 else "portrait (taller than wide)"

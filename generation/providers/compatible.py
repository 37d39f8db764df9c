"""Servers that speak OpenAI's images interface, each in its own dialect: stable-diffusion.cpp, LocalAI, gateways.

Facts from leejet/stable-diffusion.cpp (examples/server, August 2026) and LocalAI's documentation of image generation,
read 2026-11-22. Both read commands out of a prompt, so what would be one is taken out before sending.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from generation.providers.answers import objects, text
from generation.providers.base import FREE, CostBasis, ImageSpec, Money, Picture, Quote, Secret
from generation.providers.egress.http import FormPart, Request
from generation.providers.encoding import white_where_clear
from generation.providers.errors import Rejected
from generation.providers.models import ModelSpec
from generation.providers.openai import CHOICES, OpenAIImages, OpenAIOptions
from generation.providers.options import NO_KEY, setting
from generation.providers.prices import Free, Reserve, Tokens
from generation.providers.questions import Question

CONFIGURED = "default"
"""The id of the row that stands for whichever model the server is set up with."""

_ARGUMENTS = re.compile(r"<sd_cpp_extra_args>.*?</sd_cpp_extra_args>|</?sd_cpp_extra_args>", re.DOTALL | re.IGNORECASE)
_NEGATIVE_FOLLOWS = re.compile(r"\|")
COMMON = frozenset({"model", "prompt", "n", "size"})


@dataclass(frozen=True)
class Profile:
    """One dialect: the fields it takes, how pictures go along, and what it would read in a prompt as a command."""

    sends: frozenset[str]
    asks_for_base64: bool = False  # by response_format, which OpenAI's own newer models refuse
    edits: bool = True
    always_a_list: bool = False  # a single picture goes as image[] too
    white_mask: bool = False  # white where the picture may change, instead of transparent
    commands: tuple[re.Pattern[str], ...] = (_ARGUMENTS,)
    is_own: bool = False  # a machine of one's own: nothing is charged for a picture


PROFILES: Mapping[str, Profile] = {
    "openai": Profile(
        COMMON
        | {"quality", "output_format", "output_compression", "background", "moderation", "safety_identifier", *CHOICES}
    ),
    "gateway": Profile(COMMON | {"quality"}),
    "localai": Profile(
        COMMON, asks_for_base64=True, edits=False, commands=(_ARGUMENTS, _NEGATIVE_FOLLOWS), is_own=True
    ),
    "sd.cpp": Profile(
        frozenset({"prompt", "n", "size", "output_format", "output_compression"}),
        always_a_list=True,
        white_mask=True,
        is_own=True,
    ),
}


@dataclass(frozen=True)
class CompatibleOptions(OpenAIOptions):
    """The server's address up to and with /v1; a key only if it asks for one.

    `model` is sent for the row "default"; `result_hosts` are further hosts from which pictures may be fetched,
    separated by spaces: the server's own host always may, over https.
    """

    api_key: Secret = setting("COMPATIBLE_API_KEY", NO_KEY)
    base_url: str = setting(
        "COMPATIBLE_BASE_URL",
        "http://127.0.0.1:1234/v1",
        needed=True,
        reading="address",
        help="Any server that speaks OpenAI's images interface.",
    )
    profile: Literal["gateway", "sd.cpp", "localai", "openai"] = setting(
        "COMPATIBLE_PROFILE", "gateway", help="What it speaks; sd.cpp is stable-diffusion.cpp."
    )
    model: str = setting("COMPATIBLE_MODEL", "")
    result_hosts: str = setting(
        "COMPATIBLE_RESULT_HOSTS",
        "",
        reading="list",
        help="Further hosts from which its finished pictures may be fetched, separated by commas.",
    )


class Compatible(OpenAIImages):
    """The same requests as OpenAI Images, cut down to what the profile takes."""

    key = "compatible"
    label = "OpenAI-compatible server"
    Options = CompatibleOptions

    @property
    def profile(self) -> Profile:
        return PROFILES[self.options.profile]

    def narrowed(self, question: Question, model: ModelSpec) -> Question | None:
        return super().narrowed(question, model) if question.name in self.profile.sends else None

    def ai_system(self, model: str) -> str:
        """Whose server it is says nothing of what draws on it: the model does."""
        return model

    def compose(self, spec: ImageSpec) -> str:
        prompt = spec.prompt
        for command in self.profile.commands:
            prompt = command.sub(" ", prompt)  # a space, so that what stood around it does not make a new one
        return prompt.strip()

    def unsupported(self, spec: ImageSpec) -> list[str]:
        """Also pictures sent along, where the server has no edits."""
        lost = super().unsupported(spec)
        if not self.profile.edits:
            lost += [name for name in ("references", "mask") if getattr(spec, name) and name not in lost]
        return lost

    def quote(self, spec: ImageSpec) -> Quote:
        return FREE if self.profile.is_own else super().quote(spec)

    def fields(self, spec: ImageSpec) -> dict[str, Any]:
        if not self.profile.edits and spec.references:
            raise Rejected("This server draws from words alone.", field="references")
        if unknown := sorted(set(spec.extra) - self.profile.sends):
            raise Rejected(f"This server does not take {', '.join(unknown)}.", field="extra")
        ours = super().fields(spec) | {"model": self._model(spec)}
        if not spec.model.quality(spec.quality):
            del ours["quality"]  # "auto" is OpenAI's word
        sent = {name: value for name, value in ours.items() if name in self.profile.sends and value != ""}
        return sent | ({"response_format": "b64_json"} if self.profile.asks_for_base64 else {})

    def files(self, spec: ImageSpec) -> tuple[FormPart, ...]:
        return tuple(map(self._in_dialect, super().files(spec)))

    def picture(self, item: Any) -> Picture:
        """Out of the answer itself, or through the guarded door from the address that stands in it."""
        address = text(item, "url")
        if not address or text(item, "b64_json"):
            return super().picture(item)
        own = urlsplit(self.options.base_url).hostname or ""
        return Picture(self.picture_at(address, (own, *self.options.result_hosts.split())))

    def cost(self, data: Mapping[str, Any], spec: ImageSpec) -> tuple[Money | None, CostBasis]:
        if self.profile.is_own:
            return Money(0), "free"
        if isinstance(spec.model.price, Tokens | Reserve):
            return super().cost(data, spec)
        return self.quote(spec).amount, "free" if isinstance(spec.model.price, Free) else "fixed"

    def check(self) -> str:
        with self.redacted():
            found = self.ask(Request("GET", self._url("models"), self._headers)).facts
        offered, wanted = [text(one, "id") for one in objects(found, "data")], self.options.model
        missing = f", but not {wanted}" if wanted and wanted not in offered and "model" in self.profile.sends else ""
        return f"Answers: {len(offered)} models offered{missing}. Asking costs nothing."

    def _model(self, spec: ImageSpec) -> str:
        return self.options.model if spec.model.id == CONFIGURED else spec.model.id

    def _in_dialect(self, part: FormPart) -> FormPart:
        if part.name == "image" and self.profile.always_a_list:
            return replace(part, name="image[]")
        if part.name == "mask" and self.profile.white_mask:
            return replace(part, data=white_where_clear(part.data))
        return part

"""Stability AI, v2beta: core, ultra and Stable Diffusion 3.5; one picture a call, answered at once.

Facts from the vendor's OpenAPI document (tryAGI/StabilityAI, May 2026 or later), read 2026-11-22. Two traps: the body
must be multipart even without a file, and a picture that was filtered comes blurred with status 200.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from generation.providers.answers import inside, number, text
from generation.providers.base import Capabilities, Finished, ImageSpec, Picture, Secret
from generation.providers.encoding import decoded
from generation.providers.errors import BadAnswer, ProviderError, RateLimited, Refused, Rejected
from generation.providers.http import Answer, HTTPProvider, Part, Request, by_status
from generation.providers.options import NO_KEY

TIME_OUT = 60.0  # seconds for which a key rests after 150 requests in ten; no Retry-After is documented
DECLINED = frozenset({"content_moderation", "invalid_language", "public_figure"})
LARGEST_SEED = 4_294_967_294  # 0 stands for "any"


@dataclass(frozen=True)
class StabilityOptions:
    api_key: Secret = NO_KEY
    base_url: str = "https://api.stability.ai"


@dataclass(frozen=True)
class StabilityExtra:
    """`strength` (0 to 1) is how far a picture that goes along may be left behind; core knows no style of 3.5."""

    style_preset: str = ""
    strength: float = 0.6


class Stability(HTTPProvider):
    """POST /v2beta/stable-image/generate/{core, ultra, sd3}; which one is a setting of the model's row."""

    key = "stability"
    label = "Stability AI"
    capabilities = Capabilities(seed=True, negative=True, references=True)
    Options = StabilityOptions
    Extra = StabilityExtra

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        if spec.seed is not None and not 1 <= spec.seed <= LARGEST_SEED:
            raise Rejected(f"A seed for Stability is from 1 to {LARGEST_SEED}.", field="seed")
        path = f"v2beta/stable-image/generate/{spec.model.settings.get('endpoint', 'core')}"
        return Request("POST", self._url(path), self._headers, form=self._fields(spec), files=_files(spec))

    def parse(self, answer: Answer, spec: ImageSpec) -> Finished:
        data = answer.facts
        reason = text(data, "finish_reason")
        if reason == "CONTENT_FILTERED":
            words = "Stability declined the finished picture and sent a blurred one, which is not kept."
            raise Refused(words, stage="output", request_id=answer.request_id, raw=data, charged="unknown")
        if reason != "SUCCESS":
            raise BadAnswer(f"Stability ended with {reason[:40]!r}.", request_id=answer.request_id, raw=data)
        seed, quote = number(data, "seed"), self.quote(spec)
        return Finished(
            pictures=(Picture(decoded(inside(data, "image")), seed),),
            cost=quote.amount,
            cost_basis="fixed",
            seed=seed,
            request_id=answer.request_id,
            raw=data,
        )

    def explain(self, answer: Answer) -> ProviderError:
        name, words = text(answer.excerpt, "name"), text(answer.excerpt, "errors", 0)
        known: dict[str, Any] = {"request_id": answer.request_id, "raw": answer.excerpt}
        if name in DECLINED:
            return Refused(f"Stability declined this wish. {words}".strip(), stage="input", categories=(name,), **known)
        error = by_status(answer, words)
        if isinstance(error, RateLimited) and error.retry_after is None:
            error.retry_after = TIME_OUT
        return error

    def check(self) -> str:
        with self.redacted():
            credit = self.ask(Request("GET", self._url("v1/user/balance"), self._headers)).facts.get("credits")
        return f"Answers: {credit} credits left. Asking costs nothing."

    def _fields(self, spec: ImageSpec) -> dict[str, str]:
        extra, settings = self.extras(spec), spec.model.settings
        mode: Literal["text-to-image", "image-to-image"] = "image-to-image" if spec.references else "text-to-image"
        fields = {
            "prompt": self.compose(spec),
            "negative_prompt": spec.negative,
            "aspect_ratio": "" if spec.references and "model" in settings else spec.ratio,
            "seed": "" if spec.seed is None else str(spec.seed),
            "output_format": "png",
            "style_preset": extra.style_preset,
            "model": settings.get("model", ""),
            "mode": mode if "model" in settings else "",
            "strength": str(extra.strength) if spec.references else "",
        }
        return {name: value for name, value in fields.items() if value}

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.options.api_key.reveal()}", "Accept": "application/json"}

    def _url(self, path: str) -> str:
        return f"{self.options.base_url.rstrip('/')}/{path}"


def _files(spec: ImageSpec) -> tuple[Part, ...]:
    return tuple(Part("image", one.name or "image.png", one.data, one.media_type) for one in spec.references[:1])

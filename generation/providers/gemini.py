"""Google Gemini's image models: one picture a call, answered at once; most refusals come with status 200.

Facts from google-genai 3.4.0 and the price map of LiteLLM 1.109.1, read 2026-11-22. The declared media type of a
picture is not to be believed (googleapis/python-genai#1824), so only the bytes are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from generation.providers.answers import LONGEST_SENTENCE, inside, is_nonsense, number, objects, sentence, text
from generation.providers.base import Capabilities, CostBasis, Finished, ImageSpec, Money, Picture, Quote, Secret
from generation.providers.egress.http import Answer, Request, pause
from generation.providers.encoding import decoded, encoded, readable
from generation.providers.errors import (
    BadAnswer,
    ModelGone,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Refused,
    Unauthorized,
)
from generation.providers.http import HTTPProvider, by_status
from generation.providers.models import ModelSpec
from generation.providers.options import NO_KEY, setting
from generation.providers.prices import Tokens
from generation.providers.questions import Question, question

DECLINED = frozenset(
    {
        "SAFETY",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "IMAGE_OTHER",
        "PROHIBITED_CONTENT",
        "RECITATION",
        "SPII",
        "BLOCKLIST",
        "MODEL_ARMOR",
    }
)
ACCOUNT_LIMITED = "PUP_LIMITED_DISABLED"
DEARER = {"2K": 2, "4K": 4}  # times the price of 1K: our own careful guess, as few of these prices are published
# No code tells an empty account from a busy one, only words: a plan without pictures (Bin-Huang/chatbox 1361), credit
# that was paid ahead and is used up, a cap on what a month may cost, and no billing at all (seen in public 2026).
_NO_MONEY = re.compile(
    r"limit:\s*0\b|credits?\b.{0,40}\b(?:depleted|exhausted|used up)|\brun out of\b.{0,40}\bcredits?\b"
    r"|\bspend(?:ing)? cap\b|\benable billing\b",
    re.IGNORECASE,
)
_NO_KEY = re.compile(r"API key (?:not valid|expired)", re.IGNORECASE)
MONEY_STATUSES = frozenset({"RESOURCE_EXHAUSTED", "FAILED_PRECONDITION"})
NO_BILLING = frozenset({"BILLING_DISABLED", "BILLING_NOT_ENABLED"})


@dataclass(frozen=True)
class GeminiOptions:
    api_key: Secret = setting("GEMINI_API_KEY", NO_KEY, needed=True)
    base_url: str = "https://generativelanguage.googleapis.com/v1beta"


@dataclass(frozen=True)
class GeminiExtra:
    """The longer side, in Google's words. Rows list the sizes that a model has beside 1K."""

    image_size: Literal["1K", "2K", "4K"] = question("1K", "Size", "2K and 4K cost more.")


class Gemini(HTTPProvider):
    """POST /models/{model}:generateContent, asking for a picture and nothing else."""

    key = "gemini"
    label = "Google Gemini"
    capabilities = Capabilities(references=True)
    Options = GeminiOptions
    Extra = GeminiExtra

    def narrowed(self, question: Question, model: ModelSpec) -> Question | None:
        sizes = {"1K", *model.settings.get("image_sizes", "").split()}
        choices = tuple(each for each in question.choices if each[0] in sizes)
        return replace(question, choices=choices) if len(choices) > 1 else None

    def quote(self, spec: ImageSpec) -> Quote:
        """By the count of tokens for the size where the row has one, else by a careful multiple of that for 1K."""
        price, size = spec.model.price, spec.extra.get("image_size", "1K")
        if isinstance(price, Tokens) and size in price.picture_tokens:
            return price.quote(replace(spec.order, quality=size))
        one = super().quote(spec)
        return Quote(one.amount * DEARER.get(size, 1), one.basis)

    def size(self, spec: ImageSpec) -> tuple[int, int]:
        width, height = spec.pixels
        times = int(spec.extra.get("image_size", "1K")[0])
        return width * times, height * times

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        parts: list[dict[str, Any]] = [{"text": self.compose(spec)}]
        parts += [{"inlineData": {"mimeType": one.media_type, "data": encoded(one.data)}} for one in spec.references]
        body = {
            "contents": [{"role": "user", "parts": parts}],
            "generationConfig": {
                "responseModalities": ["IMAGE"],  # or the model may answer in words
                "imageConfig": {"aspectRatio": spec.ratio, "imageSize": self.extras(spec).image_size},
            },
        }
        return Request("POST", self._url(f"models/{spec.model.id}:generateContent"), self._headers, json=body)

    def parse(self, answer: Answer, spec: ImageSpec) -> Finished:
        data = answer.facts
        drawn = [part for part in _parts(data) if inside(part, "inlineData") and not part.get("thought")]
        if not drawn:
            raise _without_picture(data)
        pictures, problems = readable(drawn, _picture, request_id=text(data, "responseId"), raw=data)
        cost, basis = _cost(data, spec)
        return Finished(
            pictures=pictures,
            cost=cost,
            cost_basis=basis,
            model_reported=text(data, "modelVersion"),
            request_id=text(data, "responseId"),
            raw=data,
            warnings=problems,
        )

    def explain(self, answer: Answer) -> ProviderError:
        status, words = text(answer.excerpt, "error", "status"), sentence(answer.excerpt, "error", "message")
        reasons = {text(detail, "reason") for detail in objects(answer.excerpt, "error", "details")}
        known: dict[str, Any] = {"request_id": answer.request_id, "raw": answer.excerpt}
        if reasons & NO_BILLING or (status in MONEY_STATUSES and _NO_MONEY.search(words)):
            return OutOfMoney(f"The Google account has no money or no pictures left. {words}".strip(), **known)
        # A key that is wrong, expired or restricted comes as 400 INVALID_ARGUMENT.
        if any(reason.startswith("API_KEY") for reason in reasons) or _NO_KEY.search(words):
            return Unauthorized(f"Google does not accept the key. {words}".strip(), **known)
        if status == "RESOURCE_EXHAUSTED":
            return RateLimited(f"Google is asked too often. {words}".strip(), retry_after=_delay(answer), **known)
        if status == "NOT_FOUND":
            return ModelGone(f"Google does not offer this model. {words}".strip(), **known)
        error = by_status(answer, words)
        error.retry_after = _delay(answer)
        return error

    def check(self) -> str:
        with self.redacted():
            models = objects(self.ask(Request("GET", self._url("models"), self._headers)).facts, "models")
        return f"Answers: {len(models)} models offered to this key. Asking costs nothing."

    @property
    def _headers(self) -> dict[str, str]:
        return {"x-goog-api-key": self.options.api_key.reveal()}

    def _url(self, path: str) -> str:
        return f"{self.options.base_url.rstrip('/')}/{path}"


def _parts(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What an answer is made of: pictures, words and thoughts."""
    for candidate in objects(data, "candidates"):
        yield from objects(candidate, "content", "parts")


def _picture(part: dict[str, Any]) -> Picture:
    return Picture(decoded(inside(part, "inlineData", "data")))


def _without_picture(data: dict[str, Any]) -> ProviderError:
    """Why there is none: the wish was blocked, the picture was, or the model chose to say something."""
    request_id = text(data, "responseId")
    if blocked := sentence(data, "promptFeedback", "blockReason"):
        said = sentence(data, "promptFeedback", "blockReasonMessage")
        words = f"Google declined this wish ({blocked}). {said}".strip()
        return Refused(words, stage="input", categories=(blocked,), request_id=request_id, raw=data)
    reason = sentence(data, "candidates", 0, "finishReason")
    said = sentence(data, "candidates", 0, "finishMessage")
    if reason in DECLINED:
        words = f"Google declined the finished picture ({reason}). {said}".strip()
        return Refused(words, stage="output", categories=(reason,), request_id=request_id, raw=data, charged="unknown")
    if reason == ACCOUNT_LIMITED:
        return Unauthorized(f"Google has limited this account. {said}".strip(), request_id=request_id, raw=data)
    spoken = " ".join(sentence(part, "text") for part in _parts(data) if not part.get("thought"))[:LONGEST_SENTENCE]
    words = f"Google's answer holds no picture ({reason or 'no reason given'}). {said} {spoken}".strip()
    return BadAnswer(words, request_id=request_id, raw=data)


def _cost(data: dict[str, Any], spec: ImageSpec) -> tuple[Money | None, CostBasis]:
    """From the usage: picture tokens at the picture's rate, words and thoughts at that of words."""
    usage, price = inside(data, "usageMetadata"), spec.model.price
    prompt, out = number(usage, "promptTokenCount"), number(usage, "candidatesTokenCount")
    if not isinstance(price, Tokens) or prompt is None or out is None:
        return None, "doubtful" if is_nonsense(usage, "promptTokenCount", "candidatesTokenCount") else "unknown"
    details = objects(usage, "candidatesTokensDetails")
    drawn = [number(one, "tokenCount") or 0 for one in details if one.get("modality") == "IMAGE"]
    pictures = min(sum(drawn), out) if drawn else out  # not told apart: all at the dearer rate
    words = out - pictures + (number(usage, "thoughtsTokenCount") or 0)
    said = replace(price, image_out=_text_rate(price, spec)).cost(0, 0, words)
    return price.cost(prompt, 0, pictures) + said, "computed"


def _text_rate(price: Tokens, spec: ImageSpec) -> Money:
    """What a million tokens of words in the answer cost; where the row does not say, as much as of picture."""
    rate = spec.model.settings.get("text_out")
    return Money.of(rate, price.image_out.currency) if rate else price.image_out


def _delay(answer: Answer) -> float | None:
    """Seconds from RetryInfo ("17s") in the details, else from the header."""
    for detail in objects(answer.excerpt, "error", "details"):
        if (seconds := pause(text(detail, "retryDelay").removesuffix("s"))) is not None:
            return seconds
    return answer.retry_after

"""OpenAI Images, and any server that speaks the same dialect (stable-diffusion.cpp, LocalAI, gateways).

Facts from openai-python 3.54.0 and openai-openapi of 2026-08-21, read 2026-11-22. The service answers in one long
request, has no seed, no negative prompt and no idempotency key: a lost connection is a picture lost and billed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from generation.providers.base import Capabilities, CostBasis, Finished, ImageSpec, Money, Picture, Secret
from generation.providers.errors import (
    BadAnswer,
    ModelGone,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Stage,
)
from generation.providers.http import Answer, HTTPProvider, Part, Request, by_status, message_in
from generation.providers.options import NO_KEY
from generation.providers.prices import Tokens

# Look at code and type before the status: an empty account answers 429, like a busy one (seen in public 2026).
NO_MONEY = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    }
)
REFUSALS = frozenset(
    {"moderation_blocked", "content_policy_violation", "contentFilter", "image_content_policy_violation"}
)
STAGES: Mapping[str, Stage] = {"input": "input", "output": "output"}


@dataclass(frozen=True)
class OpenAIOptions:
    """Where to send and as whom. Profile "compatible" sends only what every such server understands."""

    api_key: Secret = NO_KEY
    base_url: str = "https://api.openai.com/v1"
    profile: Literal["openai", "compatible"] = "openai"
    organisation: str = ""
    project: str = ""


@dataclass(frozen=True)
class OpenAIExtra:
    """What one wish may ask of this provider besides the common words."""

    background: Literal["", "auto", "opaque", "transparent"] = ""
    moderation: Literal["", "auto", "low"] = ""  # "low" may cost the customer the provider's indemnity
    safety_identifier: str = ""


class OpenAIAccount(HTTPProvider):
    """What every door of this service has in common: the key, its words for trouble, the list of models."""

    Options = OpenAIOptions

    def explain(self, answer: Answer) -> ProviderError:
        return explain(answer)

    def check(self) -> str:
        with self.redacted():
            models = self.ask(Request("GET", self._url("models"), self._headers)).facts.get("data")
        count = len(models) if isinstance(models, list) else 0
        return f"Answers: {count} models offered to this key. Asking costs nothing."

    @property
    def _headers(self) -> dict[str, str]:
        found = {
            "Authorization": f"Bearer {self.options.api_key.reveal()}" if self.options.api_key else "",
            "OpenAI-Organization": self.options.organisation,
            "OpenAI-Project": self.options.project,
        }
        return {name: value for name, value in found.items() if value}

    def _url(self, path: str) -> str:
        return f"{self.options.base_url.rstrip('/')}/{path}"


class OpenAIImages(OpenAIAccount):
    """POST /images/generations, or /images/edits when pictures go along."""

    key = "openai"
    label = "OpenAI Images"
    capabilities = Capabilities(references=True, mask=True, several=True, exact_size=True, quality=True)
    Extra = OpenAIExtra

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        if spec.mask is not None and not spec.references:
            raise Rejected("A mask needs the picture that it belongs to.", field="mask")
        headers = self._headers | {"X-Client-Request-Id": str(attempt)}
        fields = self._fields(spec)
        if not spec.references:
            return Request("POST", self._url("images/generations"), headers, json=fields)
        form = {name: str(value) for name, value in fields.items()}
        return Request("POST", self._url("images/edits"), headers, form=form, files=_files(spec))

    def parse(self, answer: Answer, spec: ImageSpec) -> Finished:
        data = answer.facts
        pictures = tuple(_picture(item, answer) for item in data.get("data") or [])
        if not pictures:
            raise BadAnswer("The answer holds no picture.", request_id=answer.request_id, raw=data)
        cost, basis = self._cost(data, spec)
        missing = spec.count - len(pictures)
        return Finished(
            pictures=pictures,
            cost=cost,
            cost_basis=basis,
            model_reported=str(data.get("model", "")),
            revised_prompt=_revised(data),
            request_id=answer.request_id,
            parameters_in_effect={
                name: data[name] for name in ("size", "quality", "background", "output_format") if name in data
            },
            raw=data,
            warnings=(f"{missing} of {spec.count} pictures did not come.",) if missing > 0 else (),
        )

    def _fields(self, spec: ImageSpec) -> dict[str, Any]:
        width, height = spec.pixels
        common = {"model": spec.model.id, "prompt": self.compose(spec), "n": spec.count, "size": f"{width}x{height}"}
        if self.options.profile == "compatible":
            return common | {"response_format": "b64_json"}
        extra = self.extras(spec)
        ours = {
            "quality": spec.model.quality(spec.quality) or "auto",
            "output_format": "png",
            "background": extra.background,
            "moderation": extra.moderation,
            "safety_identifier": extra.safety_identifier,
        }
        return common | {name: value for name, value in ours.items() if value}

    def _cost(self, data: Mapping[str, Any], spec: ImageSpec) -> tuple[Money | None, CostBasis]:
        """From the usage that came with the answer; picture tokens at the picture rate."""
        usage, price = data.get("usage"), spec.model.price
        if self.options.profile == "compatible" and not isinstance(price, Tokens):
            quote = self.quote(spec)
            return quote.amount, "free" if quote.basis == "free" else "fixed"
        if not isinstance(price, Tokens) or not isinstance(usage, dict):
            return None, "unknown"
        details = usage.get("input_tokens_details")
        given = details if isinstance(details, dict) else {}
        text = given.get("text_tokens", usage.get("input_tokens", 0))
        counts = [text, given.get("image_tokens", 0), usage.get("output_tokens", 0)]
        known = [count for count in counts if isinstance(count, int) and count >= 0]
        return (price.cost(*known), "computed") if len(known) == len(counts) else (None, "unknown")


def explain(answer: Answer) -> ProviderError:
    """What OpenAI means by an error answer; its Responses API speaks the same way."""
    error = _error(answer)
    code, kind = str(error.get("code") or ""), str(error.get("type") or "")
    words = message_in(answer)
    known: dict[str, Any] = {"request_id": answer.request_id, "raw": answer.excerpt}
    if code in NO_MONEY or kind in NO_MONEY:
        return OutOfMoney(f"The OpenAI account has no money left for this. {words}".strip(), **known)
    if code in REFUSALS:
        return _refusal(error, words, known)
    if code == "model_not_found":
        return ModelGone(f"The model does not exist any more, or not for this account. {words}".strip(), **known)
    if kind == "rate_limit_error" or code == "rate_limit_exceeded":
        return RateLimited(f"OpenAI is asked too often. {words}".strip(), retry_after=answer.retry_after, **known)
    found = by_status(answer, words)
    if isinstance(found, Rejected):
        found.field = str(error.get("param") or "")
    return found


def _files(spec: ImageSpec) -> tuple[Part, ...]:
    """One picture goes as `image`, several as `image[]`; the mask belongs to the first."""
    name = "image" if len(spec.references) == 1 else "image[]"
    pictures = [
        Part(name, reference.name or f"reference-{number}.png", reference.data, reference.media_type)
        for number, reference in enumerate(spec.references, 1)
    ]
    return (*pictures, Part("mask", "mask.png", spec.mask)) if spec.mask is not None else tuple(pictures)


def _picture(item: Any, answer: Answer) -> Picture:
    text = item.get("b64_json") if isinstance(item, dict) else None
    try:
        data = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError, TypeError):
        data = b""
    if not data:
        raise BadAnswer("A picture in the answer cannot be decoded.", request_id=answer.request_id, raw=answer.excerpt)
    return Picture(data)


def _revised(data: Mapping[str, Any]) -> str:
    first = data["data"][0]
    return str(first.get("revised_prompt") or "") if isinstance(first, dict) else ""


def _error(answer: Answer) -> dict[str, Any]:
    body = answer.excerpt
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _refusal(error: Mapping[str, Any], words: str, known: dict[str, Any]) -> Refused:
    details = error.get("moderation_details")
    found = details if isinstance(details, dict) else {}
    categories = found.get("categories")
    stage: Stage = STAGES.get(str(found.get("moderation_stage")), "unknown")
    return Refused(
        f"OpenAI declined this wish. {words}".strip(),
        stage=stage,
        categories=tuple(map(str, categories)) if isinstance(categories, list) else (),
        charged="no" if stage == "input" else "unknown",  # whether declined output is billed is not published
        **known,
    )

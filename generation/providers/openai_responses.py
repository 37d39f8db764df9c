"""OpenAI Responses with the image tool, which is how ChatGPT draws: begun in the background, so a lost line is resumed.

A text model reads the wish and calls the tool: the prompt may come back revised, and its tokens are charged too.
Facts from openai-python 3.54.0 (types/responses: response_create_params, tool_param, response, response_error,
response_output_item), read 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any
from urllib.parse import quote as quoted
from uuid import UUID

from generation.providers.answers import inside, is_nonsense, number, objects, sentence, text, ticket
from generation.providers.base import (
    Capabilities,
    CostBasis,
    Finished,
    ImageSpec,
    Money,
    Pending,
    Picture,
    Quote,
    Refusal,
)
from generation.providers.egress.http import Answer, Request
from generation.providers.encoding import data_url, decoded, encoded, readable
from generation.providers.errors import (
    BadAnswer,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Stopped,
    Unclear,
)
from generation.providers.openai import OpenAIAccount, OpenAIExtra, OpenAIOptions
from generation.providers.openai_errors import by_error
from generation.providers.options import setting
from generation.providers.prices import CHARACTERS_PER_TOKEN, MICROS, Tokens
from generation.providers.questions import question

ASK_AFTER = 4.0  # seconds
TALK_ALLOWANCE = (3_000, 1_000)  # the text model's tokens in and out; our own careful guess, no figure is published
CONTENT_CODES = frozenset(
    {"invalid_prompt", "bio_policy", "misalignment_policy_violation", "image_content_policy_violation"}
)
PICTURE_CODES = frozenset(
    {
        "invalid_image",
        "invalid_image_format",
        "invalid_base64_image",
        "invalid_image_url",
        "invalid_image_mode",
        "image_too_large",
        "image_too_small",
        "image_parse_error",
        "image_file_too_large",
        "image_file_not_found",
        "unsupported_image_media_type",
        "empty_image_file",
        "failed_to_download_image",
    }
)
"""About pictures that were sent along."""


@dataclass(frozen=True)
class ResponsesOptions(OpenAIOptions):
    """`background` has OpenAI keep every answer for a while: resuming and refining need it, some people may not.

    So `agreed` says that the team has chosen this way beside the plain one.
    """

    background: bool = True
    agreed: bool = setting(
        "OPENAI_RESPONSES",
        False,
        needed=True,
        help="OpenAI's Responses API, which can go on from an earlier picture. OpenAI keeps its answers for a while.",
    )


@dataclass(frozen=True)
class ResponsesExtra(OpenAIExtra):
    """`previous_response_id` goes on from what that answer drew; the request id of a job is such an id."""

    previous_response_id: str = question("", of_pictures=True)


@dataclass(frozen=True)
class Rates:
    """Micro-units for a million tokens. They travel in the handle, since whoever resumes has no model row."""

    talk_in: int
    talk_out: int
    text_in: int
    image_in: int
    image_out: int
    currency: str

    @classmethod
    def of(cls, spec: ImageSpec) -> Rates | None:
        """The image model's rates and, from its settings, those of the text model that calls the tool."""
        price, settings = spec.model.price, spec.model.settings
        if not isinstance(price, Tokens) or not {"text_model_in", "text_model_out"} <= settings.keys():
            return None
        return cls(
            talk_in=Money.of(settings["text_model_in"]).micros,
            talk_out=Money.of(settings["text_model_out"]).micros,
            text_in=price.text_in.micros,
            image_in=price.image_in.micros,
            image_out=price.image_out.micros,
            currency=price.image_out.currency,
        )

    def cost(self, talk_in: int, talk_out: int, text_in: int = 0, image_in: int = 0, image_out: int = 0) -> Money:
        """What so many tokens cost, cached ones at the full rate, rounded up once."""
        total = self.talk_in * talk_in + self.talk_out * talk_out
        total += self.text_in * text_in + self.image_in * image_in + self.image_out * image_out
        return Money(ceil(Fraction(total, MICROS)), self.currency)


class OpenAIResponses(OpenAIAccount):
    """One picture per answer; `model.id` is the image model, `model.settings["text_model"]` the one that calls it."""

    key = "openai-responses"
    label = "OpenAI Responses"
    system = "OpenAI"
    capabilities = Capabilities(
        references=True, mask=True, exact_size=True, quality=True, cancellable=True, resumable=True
    )
    Options = ResponsesOptions
    Extra = ResponsesExtra

    def quote(self, spec: ImageSpec) -> Quote:
        """The image tool's estimate, and what the text model may take on top."""
        image, rates = super().quote(spec), Rates.of(spec)
        if rates is None:
            return image
        prompt = ceil(len(spec.prompt) / CHARACTERS_PER_TOKEN)
        return Quote(image.amount + rates.cost(TALK_ALLOWANCE[0] + prompt, TALK_ALLOWANCE[1]), "estimate")

    def going_on(self, request_id: str) -> Mapping[str, str]:
        return {"previous_response_id": request_id} if self.options.background else {}

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        if spec.mask is not None and not spec.references:
            raise Rejected("A mask needs the picture that it belongs to.", field="mask")
        kept = self.options.background
        pictures = [{"type": "input_image", "detail": "auto", "image_url": data_url(one)} for one in spec.references]
        words = {"type": "input_text", "text": self.compose(spec)}
        body: dict[str, Any] = {
            "model": _text_model(spec),
            "input": [{"role": "user", "content": [words, *pictures]}],
            "tools": [self._tool(spec)],
            "tool_choice": {"type": "image_generation"},  # or the text model may answer in words
            "background": kept,
            "store": kept,
            "metadata": {"attempt": str(attempt)},
        }
        extra = self.extras(spec)
        if extra.previous_response_id and not kept:
            raise Rejected("Refining needs answers kept at OpenAI, which is switched off here.", field="extra")
        more = {"previous_response_id": extra.previous_response_id, "safety_identifier": extra.safety_identifier}
        body |= {name: value for name, value in more.items() if value}
        headers = self._headers | {"X-Client-Request-Id": str(attempt)}
        return Request("POST", self._url("responses"), headers, json=body)

    def parse(self, answer: Answer, spec: ImageSpec) -> Finished | Pending:
        return _read(answer, Rates.of(spec))

    def resume(self, handle: str) -> Finished | Pending:
        job = ticket(handle, "id", "rates")
        with self.redacted():
            answer = self.client.send(Request("GET", self._url(_path(job)), self._headers))
            if answer.status == 404:
                words = "OpenAI does not have this answer any more; the picture may have been made and charged."
                raise Unclear(words, request_id=job["id"], raw=answer.excerpt)
            if answer.status >= 300:
                raise self.explain(answer)
            if answer.facts.get("id") != job["id"]:
                raise BadAnswer("The answer is about another job than ours.", request_id=job["id"], raw=answer.excerpt)
            result = _read(answer, Rates(**job["rates"]) if job["rates"] else None)
        return self.clean(result) if isinstance(result, Finished) else result

    def cancel(self, handle: str) -> None:
        job = ticket(handle, "id")
        with self.redacted():
            self.ask(Request("POST", self._url(f"{_path(job)}/cancel"), self._headers, json={}))

    def _tool(self, spec: ImageSpec) -> dict[str, Any]:
        width, height = spec.pixels
        extra = self.extras(spec)
        mask = {"image_url": f"data:image/png;base64,{encoded(spec.mask)}"} if spec.mask is not None else None
        ours = {
            "type": "image_generation",
            "model": spec.model.id,
            "size": f"{width}x{height}",
            "quality": spec.model.quality(spec.quality) or "auto",
            "output_format": "png",
            "background": extra.background,
            "moderation": extra.moderation,
            "input_image_mask": mask,
        }
        return {name: value for name, value in ours.items() if value}


def _text_model(spec: ImageSpec) -> str:
    if not (model := spec.model.settings.get("text_model", "")):
        raise Rejected(f"The row of {spec.model.name} names no text model to call it.", field="model")
    return model


def _path(job: dict[str, Any]) -> str:
    return f"responses/{quoted(str(job['id']), safe='')}"


# Answers


def _read(answer: Answer, rates: Rates | None) -> Finished | Pending:
    """What a response object means, the same from POST and from GET."""
    data = answer.facts
    status, response = data.get("status"), text(data, "id")
    if status in ("queued", "in_progress") and response:
        handle = json.dumps({"id": response, "rates": rates and vars(rates)})
        return Pending(handle=handle, ask_again_in=ASK_AFTER, request_id=response)
    if status in ("completed", "incomplete"):
        return _finished(data, rates)
    if status == "failed":
        raise _no_picture(data)
    if status == "cancelled":
        raise Stopped("The picture was cancelled at OpenAI.", request_id=response, raw=data)
    raise BadAnswer(f"OpenAI answered with status {status!r:.60}.", request_id=response, raw=data)


def _finished(data: dict[str, Any], rates: Rates | None) -> Finished:
    drawn = [call for call in _calls(data) if call.get("status") == "completed" and call.get("result")]
    if not drawn:
        raise _no_picture(data)
    cost, basis = _cost(data, rates)
    pictures, problems = readable(drawn, _picture, request_id=text(data, "id"), raw=data)
    effective = ("size", "quality", "background", "output_format", "action")
    return Finished(
        pictures=pictures,
        cost=cost,
        cost_basis=basis,
        model_reported=text(data, "tools", 0, "model"),
        revised_prompt=text(drawn, 0, "revised_prompt"),
        request_id=text(data, "id"),
        parameters_in_effect={name: drawn[0][name] for name in effective if drawn[0].get(name) is not None},
        raw=data,
        warnings=problems,
        refusals=tuple(_refusals(data)),
    )


def _picture(call: dict[str, Any]) -> Picture:
    return Picture(decoded(call["result"]))


def _cost(data: dict[str, Any], rates: Rates | None) -> tuple[Money | None, CostBasis]:
    """From both meters: `usage` counts the text model, `tool_usage.image_gen` the image tool, neither the other."""
    talk, tool = inside(data, "usage"), inside(data, "tool_usage", "image_gen")
    details = inside(tool, "input_tokens_details")
    meters = (
        (talk, "input_tokens"),
        (talk, "output_tokens"),
        (details, "text_tokens"),
        (details, "image_tokens"),
        (tool, "output_tokens"),
    )
    known = [count for meter, name in meters if (count := number(meter, name)) is not None]
    if rates is not None and len(known) == len(meters):
        return rates.cost(*known), "computed"
    return None, "doubtful" if any(is_nonsense(meter, name) for meter, name in meters) else "unknown"


def _calls(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls of the image tool in an answer."""
    return [item for item in objects(data, "output") if item.get("type") == "image_generation_call"]


def _call_errors(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [item["error"] for item in objects(data, "output") if isinstance(item.get("error"), dict)]


def _refusals(data: dict[str, Any]) -> Iterator[Refusal]:
    """The calls that were declined while another one brought its picture."""
    for error in _call_errors(data):
        if isinstance(found := _explained(error, data), Refused):
            yield Refusal(sentence(error, "message") or found.words, found.stage, found.categories)


def _no_picture(data: dict[str, Any]) -> ProviderError:
    """Why an answer that is over has none: an error in it, a no of the text model or of a filter, or words instead."""
    known: dict[str, Any] = {"request_id": text(data, "id"), "raw": data}
    errors = [*objects([data.get("error")]), *_call_errors(data)]
    found = filter(None, (_explained(error, data) for error in errors))
    for each in sorted(found, key=lambda error: error.may_resend):  # sent again only where nothing else is said
        return each
    parts = [part for item in objects(data, "output") for part in objects(item, "content")]
    for said in filter(None, (sentence(part, "refusal") for part in parts)):
        return Refused(f"OpenAI declined this wish. {said}", stage="input", charged="unknown", **known)
    if text(data, "incomplete_details", "reason") == "content_filter":
        return Refused("OpenAI stopped at its content filter.", stage="output", charged="unknown", **known)
    said = next(filter(None, (sentence(error, "message") for error in errors)), "")
    said = said or " ".join(sentence(part, "text") for part in parts)
    return BadAnswer(f"OpenAI answered without a picture. {said}".strip(), **known)


def _explained(error: dict[str, Any], data: dict[str, Any]) -> ProviderError | None:
    """What an error of an answer, or of a call in it, stands for; None where nothing is known of it."""
    code, said = text(error, "code"), sentence(error, "message")
    known: dict[str, Any] = {"request_id": text(data, "id"), "raw": data}
    if code in CONTENT_CODES:
        return Refused(f"OpenAI declined this wish. {said}".strip(), stage="input", charged="unknown", **known)
    if code == "data_residency_mismatch":
        return Rejected(f"OpenAI may not do this where the account keeps its data. {said}".strip(), **known)
    if code in PICTURE_CODES:
        return Rejected(f"OpenAI cannot use a picture that was sent. {said}".strip(), field="references", **known)
    has_failed = all(call.get("status") == "failed" for call in _calls(data))
    is_undrawn = has_failed and not number(data, "usage", "total_tokens")  # nor was the text model paid
    found = by_error(error, said, known | {"charged": "no" if is_undrawn else "unknown"})
    if isinstance(found, Refused):
        found.charged = "unknown"  # the text model has read the wish
    if code == "server_error" or (isinstance(found, RateLimited) and not is_undrawn):
        return BadAnswer(f"OpenAI had trouble with this picture. {said}".strip(), **known)
    if isinstance(found, RateLimited):
        found.ends_job = True  # it stays failed however often it is asked for, and the wish may be sent again
    return found

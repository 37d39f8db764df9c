"""OpenAI Images: drawing from words, and editing with reference pictures and a mask.

Facts from openai-python 3.54.0 and openai-openapi of 2026-08-21, read 2026-11-22. The service answers in one long
request, has no seed, no negative prompt and no idempotency key: a lost connection is a picture lost and billed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from generation.providers.answers import inside, is_nonsense, number, objects, text
from generation.providers.base import Capabilities, CostBasis, Finished, ImageSpec, Money, Picture, Secret
from generation.providers.egress.http import Answer, FormPart, Request
from generation.providers.encoding import decoded, readable
from generation.providers.errors import ProviderError, Rejected
from generation.providers.http import HTTPProvider
from generation.providers.models import ModelSpec
from generation.providers.openai_errors import explain, instead
from generation.providers.options import NO_KEY, setting
from generation.providers.prices import Tokens
from generation.providers.questions import Question, question

CHOICES = ("complexity", "input_fidelity")  # a model's settings list what it takes of each; nothing listed: none
LOW = "“Low” declines less, and may cost you OpenAI's promise to answer for the picture."
ECHOED = ("size", "quality", "background", "output_format")  # the answer says what they really were


@dataclass(frozen=True)
class OpenAIOptions:
    """Where to send and as whom."""

    api_key: Secret = setting("OPENAI_API_KEY", NO_KEY, needed=True)
    base_url: str = setting(
        "OPENAI_BASE_URL",
        "https://api.openai.com/v1",
        reading="address",
        help="Any server that speaks the same API.",
    )
    organization: str = ""
    project: str = ""


@dataclass(frozen=True)
class OpenAIExtra:
    """What one wish may ask of this provider besides the common words."""

    background: Literal["", "auto", "opaque", "transparent"] = question("", "Background")
    moderation: Literal["", "auto", "low"] = question("", "Moderation", LOW)
    safety_identifier: str = ""


@dataclass(frozen=True)
class ImagesExtra(OpenAIExtra):
    """What only the Images interface takes; a transparent background needs png or webp, compression jpeg or webp."""

    moderation: Literal["", "auto", "low"] = question("", "Moderation", LOW, of_words=True)  # edits have no such field
    output_format: Literal["png", "jpeg", "webp"] = question("png", "File format")
    output_compression: int = question(
        100, "Compression", "Percent, for JPEG and WebP only; less makes a smaller file.", least=0, most=100
    )
    input_fidelity: Literal["", "low", "high"] = question(
        "", "Input fidelity", "How closely it keeps to the pictures that go along.", of_pictures=True
    )
    complexity: Literal["", "low", "medium", "high"] = question("", "Complexity")


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
            "OpenAI-Organization": self.options.organization,
            "OpenAI-Project": self.options.project,
        }
        return {name: value for name, value in found.items() if value}

    def _url(self, path: str) -> str:
        return f"{self.options.base_url.rstrip('/')}/{path}"


class OpenAIImages(OpenAIAccount):
    """POST /images/generations, or /images/edits when pictures go along."""

    key = "openai"
    label = "OpenAI Images"
    system = "OpenAI"
    capabilities = Capabilities(references=True, mask=True, several=True, exact_size=True, quality=True)
    Extra = ImagesExtra

    def narrowed(self, question: Question, model: ModelSpec) -> Question | None:
        if question.name not in CHOICES:
            return question
        taken = {"", *model.settings.get(question.name, "").split()}
        choices = tuple(each for each in question.choices if each[0] in taken)
        return replace(question, choices=choices) if len(choices) > 1 else None

    def amiss(self, model: ModelSpec, extra: Mapping[str, str]) -> Mapping[str, str]:
        found, file_format = dict(super().amiss(model, extra)), extra.get("output_format", "png")
        if extra.get("background") == "transparent" and file_format == "jpeg":
            found["output_format"] = "A transparent background needs PNG or WebP. Choose one of them."
        if extra.get("output_compression", "100") != "100" and file_format == "png":
            found["output_compression"] = "PNG is not compressed in this way. Choose JPEG or WebP, or leave it at 100."
        return found

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        if spec.mask is not None and not spec.references:
            raise Rejected("A mask needs the picture that it belongs to.", field="mask")
        headers = self._headers | {"X-Client-Request-Id": str(attempt)}
        fields = self.fields(spec)
        if not spec.references:
            return Request("POST", self._url("images/generations"), headers, json=fields)
        form = {name: str(value) for name, value in fields.items()}
        return Request("POST", self._url("images/edits"), headers, form=form, files=self.files(spec))

    def parse(self, answer: Answer, spec: ImageSpec) -> Finished:
        data = answer.facts
        items = objects(data, "data")
        known: dict[str, Any] = {"request_id": answer.request_id, "raw": data}
        if not any(map(_is_drawn, items)) and (error := instead(data, known)):  # gateways say no with status 200, too
            error.retry_after = answer.retry_after
            raise error
        pictures, problems = readable(items, self.picture, **known)
        cost, basis = self.cost(data, spec)
        return Finished(
            pictures=pictures,
            cost=cost,
            cost_basis=basis,
            model_reported=text(data, "model"),
            revised_prompt=text(data, "data", 0, "revised_prompt"),
            request_id=answer.request_id,
            parameters_in_effect={name: data[name] for name in ECHOED if data.get(name) is not None},
            raw=data,
            warnings=(*problems, *_deviations(self.fields(spec), data, len(pictures))),
        )

    def fields(self, spec: ImageSpec) -> dict[str, Any]:
        """The fields of a request, files aside."""
        extra = self.extras(spec)
        if extra.moderation and spec.references:  # edits have no such field (openai-python 3.51.0)
            raise Rejected("How strictly is judged can be chosen only without pictures sent along.", field="extra")
        width, height = spec.pixels
        ours = {
            "model": spec.model.id,
            "prompt": self.compose(spec),
            "n": spec.count,
            "size": f"{width}x{height}",
            "quality": spec.model.quality(spec.quality) or "auto",
            "output_format": extra.output_format,
            "output_compression": None if extra.output_compression == 100 else extra.output_compression,
            "background": extra.background,
            "moderation": extra.moderation,
            "safety_identifier": extra.safety_identifier,
        }
        ours |= {name: _chosen(name, getattr(extra, name), spec) for name in CHOICES}
        return {name: value for name, value in ours.items() if value not in (None, "")}

    def files(self, spec: ImageSpec) -> tuple[FormPart, ...]:
        """One picture goes as `image`, several as `image[]`; the mask belongs to the first."""
        name = "image" if len(spec.references) == 1 else "image[]"
        pictures = [
            FormPart(name, reference.name or f"reference-{number}.png", reference.data, reference.media_type)
            for number, reference in enumerate(spec.references, 1)
        ]
        return (*pictures, FormPart("mask", "mask.png", spec.mask)) if spec.mask is not None else tuple(pictures)

    def picture(self, item: Any) -> Picture:
        """One picture out of the answer's list; raises the error that stands in its place."""
        if not _is_drawn(item) and (error := instead(item, {})):
            raise error
        return Picture(decoded(inside(item, "b64_json")))

    def cost(self, data: Mapping[str, Any], spec: ImageSpec) -> tuple[Money | None, CostBasis]:
        """From the usage that came with the answer: each kind of token at its own rate."""
        price, usage = spec.model.price, data.get("usage")
        given, drawn = number(usage, "input_tokens"), number(usage, "output_tokens")
        if not isinstance(price, Tokens) or given is None or drawn is None:
            return None, "doubtful" if is_nonsense(usage, "input_tokens", "output_tokens") else "unknown"
        words, images = (number(usage, "input_tokens_details", kind) for kind in ("text_tokens", "image_tokens"))
        if words is None or images is None:  # not told apart: all at the dearer rate if pictures went along
            words, images = (0, given) if spec.references else (given, 0)
        said = min(number(usage, "output_tokens_details", "text_tokens") or 0, drawn)
        spoken = replace(price, image_out=_text_rate(price, spec)).cost(0, 0, said)
        return price.cost(words, images, drawn - said) + spoken, "computed"


def _is_drawn(item: Any) -> bool:
    """Whether an entry of the answer's list tells of a picture, in itself or at an address."""
    return bool(text(item, "b64_json") or text(item, "url"))


def _chosen(name: str, value: str, spec: ImageSpec) -> str:
    """The value, if this model takes it; newer models refuse a field that an older one had."""
    if value and value not in spec.model.settings.get(name, "").split():
        raise Rejected(f"{spec.model.name} does not take {name.replace('_', ' ')} “{value}”.", field="extra")
    if value and name == "input_fidelity" and not spec.references:
        raise Rejected("Input fidelity is about pictures sent along: send one.", field="references")
    return value


def _deviations(sent: Mapping[str, Any], data: Mapping[str, Any], count: int) -> Iterator[str]:
    """In words, where the answer is not what was asked for."""
    if (missing := sent["n"] - count) > 0:
        yield f"{missing} of {sent['n']} pictures did not come."
    for name in ECHOED:
        if data.get(name) is not None and sent.get(name, "auto") not in ("auto", data[name]):
            yield f"The {name.replace('_', ' ')} is {str(data[name])[:20]}, not {sent[name]} as asked for."


def _text_rate(price: Tokens, spec: ImageSpec) -> Money:
    """What a million tokens of words in the answer cost; where the row does not say, as much as of picture."""
    rate = spec.model.settings.get("text_out")
    return Money.of(rate, price.image_out.currency) if rate else price.image_out

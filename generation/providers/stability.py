"""Stability AI, v2beta: drawing (core, ultra, Stable Diffusion 3.5) and editing; one picture a call, answered at once.

Facts from the vendor's OpenAPI document (tryAGI/StabilityAI, May 2026 or later), read 2026-11-22. Two traps: the body
must be multipart even without a file, and a picture that was filtered comes blurred with status 200.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from generation.providers.answers import inside, number, sentence, text
from generation.providers.base import Capabilities, Finished, ImageSpec, Picture, Secret
from generation.providers.egress.http import Answer, FormPart, Request
from generation.providers.encoding import decoded, readable, white_where_clear
from generation.providers.errors import BadAnswer, ModelGone, ProviderError, RateLimited, Refused, Rejected
from generation.providers.http import HTTPProvider, by_status
from generation.providers.models import ModelSpec
from generation.providers.options import NO_KEY, setting
from generation.providers.questions import Question, question

TIME_OUT = 60.0  # seconds for which a key rests after 150 requests in ten; no Retry-After is documented
DECLINED = frozenset({"content_moderation", "invalid_language", "public_figure"})


@dataclass(frozen=True)
class Edit:
    """One way of editing: the fields that it takes besides the picture."""

    takes: frozenset[str] = frozenset()
    needs_mask: bool = False


WORDS = frozenset({"prompt", "seed", "style_preset"})
SIDES = ("left", "right", "up", "down")
EDITS: Mapping[str, Edit] = {
    "inpaint": Edit(WORDS | {"negative_prompt", "grow_mask"}, needs_mask=True),
    "erase": Edit(frozenset({"seed", "grow_mask"}), needs_mask=True),
    "outpaint": Edit(WORDS | {*SIDES, "creativity"}),
    "search-and-replace": Edit(WORDS | {"negative_prompt", "search_prompt", "grow_mask"}),
    "remove-background": Edit(),
}
"""What stands after edit/ in the address -> what goes along."""


@dataclass(frozen=True)
class StabilityOptions:
    api_key: Secret = setting("STABILITY_API_KEY", NO_KEY, needed=True)
    base_url: str = "https://api.stability.ai"


Style = Literal[
    "", "enhance", "anime", "photographic", "digital-art", "comic-book", "fantasy-art", "line-art", "analog-film",
    "neon-punk", "isometric", "low-poly", "origami", "modeling-compound", "cinematic", "3d-model", "pixel-art",
    "tile-texture",
]  # fmt: skip


@dataclass(frozen=True)
class StabilityExtra:
    """What one wish may ask besides the common words; each way of drawing or editing takes some of them."""

    search_prompt: str = question("", "What to find", "A word or two, such as “the car”.", required=True)
    left: int = question(0, "Add on the left", "Pixels; one side at least.", least=0, most=2000, one_of="sides")
    right: int = question(0, "Add on the right", "Pixels; one side at least.", least=0, most=2000, one_of="sides")
    up: int = question(0, "Add at the top", "Pixels; one side at least.", least=0, most=2000, one_of="sides")
    down: int = question(0, "Add at the bottom", "Pixels; one side at least.", least=0, most=2000, one_of="sides")
    creativity: float | None = question(
        None, "Creativity", "From 0, which keeps close to the picture, to 1.", least=0, most=1
    )
    grow_mask: int | None = question(None, "Soften the mask", "Pixels, 5 as a rule.", least=0, most=20)
    strength: float = question(
        0.6, "Strength", "0 keeps the picture that goes along, 1 leaves it behind.", least=0, most=1, of_pictures=True
    )
    style_preset: Style = question("", "Style")


class Stability(HTTPProvider):
    """POST /v2beta/stable-image/generate/… or edit/…: a model's row says which, by "endpoint" or "edit"."""

    key = "stability"
    label = "Stability AI"
    capabilities = Capabilities(seed=True, negative=True, references=True, mask=True)
    Options = StabilityOptions
    Extra = StabilityExtra
    seeds = range(1, 4_294_967_295)  # 0 stands for "any"

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        edit, name = _edit_of(spec), spec.model.settings.get("edit", "")
        path = f"edit/{name}" if name else f"generate/{spec.model.settings.get('endpoint', 'core')}"
        fields = self._edit(spec, edit) if edit else self._fields(spec)
        form = {name: value for name, value in fields.items() if value}
        url = self._url(f"v2beta/stable-image/{path}")
        return Request("POST", url, self._headers, form=form, files=_files(spec, edit))

    def narrowed(self, question: Question, model: ModelSpec) -> Question | None:
        return question if question.name in _taken(model) else None

    def size(self, spec: ImageSpec) -> tuple[int, int] | None:
        return None if spec.model.settings.get("edit") else spec.pixels

    def compose(self, spec: ImageSpec) -> str:
        """The prompt, unless it is an edit that takes no words."""
        edit = _edit_of(spec)
        return spec.prompt if edit is None or "prompt" in edit.takes else ""

    def parse(self, answer: Answer, spec: ImageSpec) -> Finished:
        data = answer.facts
        reason = text(data, "finish_reason")
        if reason == "CONTENT_FILTERED":
            words = "Stability declined the finished picture and sent a blurred one, which is not kept."
            raise Refused(words, stage="output", request_id=answer.request_id, raw=data, charged="unknown")
        if reason != "SUCCESS":
            raise BadAnswer(f"Stability ended with {reason[:40]!r}.", request_id=answer.request_id, raw=data)
        seed, quote = number(data, "seed"), self.quote(spec)
        images = [inside(data, "image")]
        pictures, _ = readable(images, lambda one: Picture(decoded(one), seed), request_id=answer.request_id, raw=data)
        is_priced = quote.basis != "estimate"
        return Finished(
            pictures=pictures,
            cost=quote.amount if is_priced else None,
            cost_basis="fixed" if is_priced else "unknown",
            seed=seed,
            request_id=answer.request_id,
            raw=data,
        )

    def explain(self, answer: Answer) -> ProviderError:
        name, words = text(answer.excerpt, "name"), sentence(answer.excerpt, "errors", 0)
        known: dict[str, Any] = {"request_id": answer.request_id, "raw": answer.excerpt}
        if name in DECLINED:
            return Refused(f"Stability declined this wish. {words}".strip(), stage="input", categories=(name,), **known)
        if answer.status in (404, 410):
            return ModelGone(f"Stability does not offer this any more. {words}".strip(), **known)
        error = by_status(answer, words)
        if isinstance(error, RateLimited) and error.retry_after is None:
            error.retry_after = TIME_OUT
        return error

    def check(self) -> str:
        with self.redacted():
            credit = self.ask(Request("GET", self._url("v1/user/balance"), self._headers)).facts.get("credits")
        return f"Answers: {credit} credits left. Asking costs nothing."

    def _fields(self, spec: ImageSpec) -> dict[str, str]:
        extra, settings = self._extras(spec), spec.model.settings
        mode: Literal["text-to-image", "image-to-image"] = "image-to-image" if spec.references else "text-to-image"
        return self._common(spec) | {
            "aspect_ratio": "" if spec.references and "model" in settings else spec.ratio,
            "style_preset": extra.style_preset,
            "model": settings.get("model", ""),
            "mode": mode if "model" in settings else "",
            "strength": str(extra.strength) if spec.references else "",
        }

    def _edit(self, spec: ImageSpec, edit: Edit) -> dict[str, str]:
        if not spec.references:
            raise Rejected(f"{spec.model.name} changes a picture: send one along.", field="references")
        if edit.needs_mask and spec.mask is None:
            raise Rejected(f"{spec.model.name} needs a mask.", field="mask")
        for words in self.amiss(spec.model, spec.extra).values():
            raise Rejected(f"{spec.model.name}: {words}", field="extra")
        extra = vars(self._extras(spec))
        given = {
            name: "" if value is None else str(value)
            for name, value in extra.items()
            if value != 0 or name not in SIDES
        }
        fields = self._common(spec) | given
        return {name: value for name, value in fields.items() if name in edit.takes | {"output_format"}}

    def _extras(self, spec: ImageSpec) -> StabilityExtra:
        """The wish's extras; one that this endpoint does not take is refused rather than lost."""
        extra: StabilityExtra = self.extras(spec)
        if others := sorted(set(spec.extra) - _taken(spec.model)):
            raise Rejected(f"{spec.model.name} does not take {', '.join(others)}.", field="extra")
        return extra

    def _common(self, spec: ImageSpec) -> dict[str, str]:
        return {
            "prompt": self.compose(spec),
            "negative_prompt": spec.negative,
            "seed": "" if spec.seed is None else str(spec.seed),
            "output_format": "png",
        }

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.options.api_key.reveal()}", "Accept": "application/json"}

    def _url(self, path: str) -> str:
        return f"{self.options.base_url.rstrip('/')}/{path}"


def _taken(model: ModelSpec) -> frozenset[str]:
    """The extras that the way in which this model works takes."""
    edit = EDITS.get(model.settings.get("edit", ""))
    return edit.takes if edit else frozenset({"style_preset", "strength"})


def _edit_of(spec: ImageSpec) -> Edit | None:
    """How the model of this wish edits; None if it draws anew."""
    name = spec.model.settings.get("edit")
    if name and name not in EDITS:
        raise Rejected(f"The row of {spec.model.name} names an unknown edit, {name[:40]}.", field="model")
    return EDITS[name] if name else None


def _files(spec: ImageSpec, edit: Edit | None) -> tuple[FormPart, ...]:
    """The picture to start from, and where it may change: white there, as this service wants it."""
    picture = tuple(FormPart("image", one.name or "image.png", one.data, one.media_type) for one in spec.references[:1])
    if edit is None or not edit.needs_mask or spec.mask is None:
        return picture
    return (*picture, FormPart("mask", "mask.png", white_where_clear(spec.mask)))

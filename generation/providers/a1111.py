"""AUTOMATIC1111 and Forge: Stable Diffusion on a server of one's own, one picture after the other.

Facts from the server's modules/api and processing.py, read 2026-11-22; stable-diffusion.cpp imitates the same routes.
An unknown checkpoint is silently ignored there and another one draws: the model that answered is checked here.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from generation.providers.answers import inside, number, sentence, text
from generation.providers.base import Capabilities, Finished, ImageSpec, Money, Picture, Secret
from generation.providers.egress.http import Answer, Request
from generation.providers.encoding import decoded, encoded, readable, white_where_clear
from generation.providers.errors import BadAnswer, ModelGone, ProviderError, Rejected
from generation.providers.http import HTTPProvider, by_status, message_in
from generation.providers.options import NO_KEY, setting
from generation.providers.questions import question

# stable-diffusion.cpp reads further parameters out of this tag in a prompt (its api.md, 2026-08-19).
_SMUGGLED = re.compile(r"</?\s*sd_cpp_extra_args\s*>", re.IGNORECASE)
EFFECTIVE = ("seed", "all_seeds", "steps", "cfg_scale", "sampler_name", "width", "height", "sd_vae_name")
_ENDING = re.compile(r"\.(safetensors|ckpt|pt|gguf)$|\s*\[[0-9a-f]{8,64}\]$", re.IGNORECASE)


@dataclass(frozen=True)
class A1111Options:
    """`user` and `password` as in --api-auth; the server has no TLS, so keep it in a private network."""

    base_url: str = setting(
        "A1111_URL",
        example="http://127.0.0.1:7860",
        reading="address",
        help="A server of your own, in a private network.",
    )
    user: str = setting("A1111_USER", "")
    password: Secret = setting("A1111_PASSWORD", NO_KEY)


@dataclass(frozen=True)
class A1111Extra:
    """`strength` says how far the result may leave the picture sent along; an empty sampler is the server's choice."""

    strength: float = question(
        0.6, "Strength", "0 keeps the picture that goes along, 1 leaves it behind.", least=0, most=1, of_pictures=True
    )
    guidance: float = question(7.0, "Guidance", "How closely it keeps to the prompt.", least=1, most=30)
    sampler: str = question("", "Sampler", "By its name on your server. Left empty, the server chooses.")


class A1111(HTTPProvider):
    """`model.settings["checkpoint"]` is the checkpoint's name there; the word for a quality is a number of steps."""

    key = "a1111"
    label = "AUTOMATIC1111 / Forge"
    capabilities = Capabilities(
        seed=True, negative=True, references=True, mask=True, several=True, exact_size=True, quality=True,
        repeat_is_harmless=True,
    )  # fmt: skip
    Options = A1111Options
    Extra = A1111Extra

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        width, height = spec.pixels
        extra, steps = self.extras(spec), spec.model.quality(spec.quality)
        body: dict[str, Any] = {
            "prompt": self.compose(spec),
            "negative_prompt": _SMUGGLED.sub(" ", spec.negative),
            "seed": -1 if spec.seed is None else spec.seed,
            "width": width,
            "height": height,
            "batch_size": 1,
            "n_iter": spec.count,  # one after the other: a batch would need more of the card's memory
            "cfg_scale": extra.guidance,
            "override_settings": {"sd_model_checkpoint": _checkpoint(spec)},
            "save_images": False,
            "force_task_id": f"task({attempt})",
        }
        body |= {"steps": int(steps)} if steps.isdecimal() else {}
        body |= {"sampler_name": extra.sampler} if extra.sampler else {}
        if not spec.references:
            return self._request("POST", "txt2img", body)
        return self._request("POST", "img2img", body | _from_picture(spec, extra.strength))

    def compose(self, spec: ImageSpec) -> str:
        """The prompt without the tag through which some servers take orders."""
        return _SMUGGLED.sub(" ", spec.prompt)

    def parse(self, answer: Answer, spec: ImageSpec) -> Finished:
        data, info = answer.facts, _info(answer)
        model = text(info, "sd_model_name")
        if model and _plain(model) != _plain(_checkpoint(spec)):
            words = f"The server drew with {model}, not with {_checkpoint(spec)}: that checkpoint is not there."
            raise ModelGone(words, raw=info)
        first = number(info, "index_of_first_image") or 0  # a contact sheet may come before the pictures
        images = inside(data, "images")
        came = images[first:] if isinstance(images, list) else []
        drawn = list(enumerate(came[: spec.count]))  # masks and what controls the drawing may follow the pictures
        kept = {"parameters": data.get("parameters"), "info": info, "pictures": len(came)}
        pictures, problems = readable(
            drawn, lambda one: Picture(decoded(one[1]), number(info, "all_seeds", one[0])), raw=kept
        )
        seed = number(info, "seed")
        return Finished(
            pictures=pictures,
            cost=Money(0),
            cost_basis="free",
            model_reported=" ".join(filter(None, (model, text(info, "sd_model_hash")))),
            seed=seed,
            request_id=text(info, "job_timestamp"),
            parameters_in_effect={name: info[name] for name in EFFECTIVE if name in info},
            raw=kept,
            warnings=(*problems, *_remarks(model, len(came) - len(drawn))),
        )

    def explain(self, answer: Answer) -> ProviderError:
        body = answer.excerpt
        if "OutOfMemory" in text(body, "error") + text(body, "errors") + text(body, "detail"):
            words = "The graphics card has too little memory for this size."
            return Rejected(words, field="size", raw=body)
        return by_status(answer, message_in(answer))

    def check(self) -> str:
        with self.redacted():
            models = self.ask(self._request("GET", "sd-models")).data
        names = [sentence(one, "model_name") for one in models] if isinstance(models, list) else []
        return f"Answers: {len(names)} checkpoints ({', '.join(names[:5])}); free."

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Request:
        pair = f"{self.options.user}:{self.options.password.reveal()}".encode()
        basic = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"} if self.options.user else {}
        return Request(method, f"{self.options.base_url.rstrip('/')}/sdapi/v1/{path}", basic, json=body)


def _remarks(model: str, others: int) -> Iterator[str]:
    """In words, what is not as usual about an answer."""
    if not model:
        yield "The server did not say which model drew this."
    if others > 0:
        yield f"Left out, as more came than was asked for: {others} (masks or pictures that control the drawing)."


def _from_picture(spec: ImageSpec, strength: float) -> dict[str, Any]:
    more: dict[str, Any] = {"init_images": [encoded(spec.references[0].data)], "denoising_strength": strength}
    if spec.mask is not None:
        more |= {"mask": encoded(white_where_clear(spec.mask)), "inpainting_fill": 1, "inpainting_mask_invert": 0}
    return more


def _checkpoint(spec: ImageSpec) -> str:
    return spec.model.settings.get("checkpoint", spec.model.id)


def _plain(name: str) -> str:
    """A checkpoint's name without folder, ending and hash: "SDXL/base.safetensors [31e35c80fc]" is base."""
    name = name.replace("\\", "/").rpartition("/")[2]
    while (shorter := _ENDING.sub("", name)) != name:
        name = shorter
    return name.casefold()


def _info(answer: Answer) -> dict[str, Any]:
    """What the server says about the job, which is JSON in a text; stable-diffusion.cpp leaves it empty."""
    try:
        info = json.loads(answer.facts.get("info") or "{}")
    except (ValueError, TypeError):
        info = None
    if not isinstance(info, dict):
        raise BadAnswer("What the server says about the picture cannot be read.", raw=answer.excerpt)
    return info

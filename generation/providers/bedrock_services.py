"""Stability's services for changing pictures on Amazon Bedrock: what each takes, and the body of its request.

Fields and model ids from AWS's guide ("Stability AI Image Services") and from LiteLLM's adapter, read 2026-11-30. They
are called by the id of their US inference profile, in US regions only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generation.providers.base import ImageSpec
from generation.providers.encoding import encoded, white_where_clear
from generation.providers.errors import Rejected
from generation.providers.models import ModelSpec

WORDS = frozenset({"prompt", "seed"})
STYLED = WORDS | {"negative_prompt", "style_preset"}
SIDES = ("left", "right", "up", "down")


@dataclass(frozen=True)
class Service:
    """One way of changing a picture: the fields it takes besides, and what the pictures are called."""

    takes: frozenset[str] = frozenset()
    pictures: tuple[str, ...] = ("image",)
    needs_mask: bool = False


SERVICES: Mapping[str, Service] = {
    "inpaint": Service(STYLED | {"grow_mask"}, needs_mask=True),
    "outpaint": Service(WORDS | {"style_preset", "creativity", *SIDES}),
    "erase-object": Service(frozenset({"seed", "grow_mask"}), needs_mask=True),
    "search-replace": Service(STYLED | {"search_prompt", "grow_mask"}),
    "search-recolor": Service(STYLED | {"select_prompt", "grow_mask"}),
    "remove-background": Service(),
    "style-guide": Service(STYLED | {"aspect_ratio", "fidelity"}),
    "style-transfer": Service(
        WORDS | {"negative_prompt", "style_strength", "composition_fidelity", "change_strength"},
        pictures=("init_image", "style_image"),
    ),
    "control-sketch": Service(STYLED | {"control_strength"}),
    "control-structure": Service(STYLED | {"control_strength"}),
    "fast-upscale": Service(),
    "conservative-upscale": Service(WORDS | {"negative_prompt", "creativity"}),
    "creative-upscale": Service(STYLED | {"creativity"}),
}
"""The word in a model's row under "service" -> what the service takes."""


def service_of(model: ModelSpec) -> Service | None:
    """How a model changes pictures; None if it draws. Raises Rejected for a word that is no service."""
    name = model.settings.get("service")
    if name and name not in SERVICES:
        raise Rejected(f"The row of {model.name} names an unknown service, {name[:40]}.", field="model")
    return SERVICES[name] if name else None


def body_of(spec: ImageSpec, service: Service, extra: Mapping[str, Any]) -> dict[str, Any]:
    """The body for a service. `extra` holds answers under the names of its fields. Raises Rejected."""
    if len(spec.references) < len(service.pictures):
        needs = "two pictures: one to change, and one in the style" if len(service.pictures) > 1 else "a picture"
        raise Rejected(f"{spec.model.name} needs {needs}.", field="references")
    if service.needs_mask and spec.mask is None:
        raise Rejected(f"{spec.model.name} needs a mask.", field="mask")
    ours = {
        "prompt": spec.prompt,
        "negative_prompt": spec.negative,
        "seed": spec.seed,
        "aspect_ratio": spec.ratio,
        **extra,
    }
    body = {name: value for name, value in ours.items() if name in service.takes and value not in (None, "")}
    body |= {name: encoded(one.data) for name, one in zip(service.pictures, spec.references, strict=False)}
    if service.needs_mask and spec.mask is not None:
        body["mask"] = encoded(white_where_clear(spec.mask))
    return {**body, "output_format": "png"}

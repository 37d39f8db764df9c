"""An adapter as somebody else might write one, outside the portal, and some that are none."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from generation.providers.base import Capabilities, Finished, ImageSpec, Money, Provider, Secret
from generation.providers.options import NO_KEY
from tests.generation.scripted import picture


@dataclass(frozen=True)
class LumenOptions:
    api_key: Secret = NO_KEY
    steps: int = 20


class Lumen(Provider):
    """Draws at once."""

    key = "lumen"
    label = "Lumen"
    capabilities = Capabilities(exact_size=True)
    Options = LumenOptions

    def start(self, spec: ImageSpec, *, attempt: UUID) -> Finished:
        return Finished(pictures=(picture(spec.prompt),), cost=Money(40_000), cost_basis="fixed")

    def check(self) -> str:
        return f"Answers, with {self.options.steps} steps."


class Unfinished(Provider):
    key = "unfinished"
    label = "Unfinished"
    capabilities = Capabilities()


class Nameless(Lumen):
    """It says nothing of its own: its key is another one's."""


class Plain:
    """No provider at all."""

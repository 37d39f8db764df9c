"""Providers whose every request ends the worker at once, as a bug in a decoder or the lack of memory would."""

from __future__ import annotations

import os
from typing import NoReturn
from uuid import UUID

from generation.providers.base import Capabilities, ImageSpec, Provider


class Poison(Provider):
    """Asking it twice harms nobody, so the portal tries again by itself."""

    key = "poison"
    label = "Poison"
    capabilities = Capabilities(repeat_is_harmless=True)

    def start(self, spec: ImageSpec, *, attempt: UUID) -> NoReturn:
        os._exit(9)

    def check(self) -> str:
        return "Deadly."


class Costly(Poison):
    """The same where a request may cost money: the worker dies before it has sent one."""

    key = "costly"
    label = "Costly"
    capabilities = Capabilities()

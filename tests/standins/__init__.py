"""Stand-ins for the services, found by looking: what an adapter's tests run against."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from tests.standins.server import StandIn


@cache
def stand_ins() -> dict[str, type[StandIn]]:
    """Key of an adapter -> its stand-in."""
    found = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    kinds = {kind for module in found for kind in vars(module).values() if isinstance(kind, type)}
    return {kind.plays: kind for kind in kinds if issubclass(kind, StandIn) and kind.plays}

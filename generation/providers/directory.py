"""Which adapters there are: every finished Provider in this package, found by looking."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from inspect import isabstract
from pathlib import Path
from pkgutil import walk_packages

from generation.providers.base import Provider
from generation.providers.options import Setting, settings_of

HERE = Path(__file__).parent


@cache
def adapters() -> tuple[type[Provider], ...]:
    """Every adapter in this package or a folder of it: what needs no setting first, then by label."""
    for module in walk_packages([str(HERE)], "generation.providers."):
        import_module(module.name)
    found = {kind for kind in _below() if kind.__module__.startswith("generation.providers.")}
    return tuple(sorted((kind for kind in found if not isabstract(kind)), key=_rank))


def needs_of(kind: type[Provider]) -> tuple[Setting, ...]:
    """The settings that switch an adapter on; none where it is always there."""
    return tuple(each for each in settings_of(kind.Options) if each.needed)


def _rank(kind: type[Provider]) -> tuple[bool, bool, str]:
    return bool(needs_of(kind)), kind.capabilities.by_hand, kind.label.lower()


def _below() -> list[type[Provider]]:
    """Provider's subclasses, however far down."""
    found: list[type[Provider]] = list(Provider.__subclasses__())
    for kind in found:
        found.extend(kind.__subclasses__())
    return found

"""Which tests a run leaves out, which a second engine is asked too, what stays together and what comes first."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType
from typing import Any

import pytest

from tests import machine

WAITING = ("browser", "faults", "portals")
"""Groups whose tests wait more than they work. Each is one process's: two side by side would starve each other."""
SPEAKS_TO_ITS_ENGINE = re.compile(
    r"\b(IntegrityError|DatabaseError|OperationalError|select_for_update|connection\.\w+\(|\.raw\()"
)
"""What only the database can do or refuse."""


def left_out(item: pytest.Item, asked_for: str) -> bool:
    """Whether it belongs to another run: another engine's own, and `live` unless it is asked for."""
    elsewhere = {"sqlite"} if machine.on_postgres() else {"postgres"}
    unasked = set() if "live" in asked_for else {"live"}
    return any(item.get_closest_marker(name) for name in elsewhere | unasked)


def may_differ(item: pytest.Item) -> bool:
    """Whether a test could end otherwise on another engine, as far as one can see; else its module says so by mark."""
    if item.get_closest_marker("browser") or not isinstance(item, pytest.Function):
        return False
    mark = item.get_closest_marker("django_db")
    if mark is None and not {"db", "django_db_setup", "transactional_db"} & {*item.fixturenames}:
        return False
    is_transactional = "transactional_db" in item.fixturenames or bool(mark and mark.kwargs.get("transaction"))
    return is_transactional or any(_speaks_to_its_engine(function) for function in _written_for(item))


def group_of(item: pytest.Item) -> str | None:
    """Who stays with whom: those that wait, and those that share what is made once for their module or folder."""
    if item.get_closest_marker("browser"):
        return "browser"
    if "faults" in item.path.parts:
        return "faults"
    fixtures = _fixtures(item)
    if "portal" in fixtures:
        return "portals"
    shared = {"package": item.path.parent.name, "module": item.path.stem}
    return next((name for scope, name in shared.items() if scope in fixtures.values()), None)


def place(item: pytest.Item) -> int:
    """Those that wait begin first, then those that stay together; the rest fills up what is left of the time."""
    group = group_of(item)
    if group in WAITING:
        return WAITING.index(group)
    return len(WAITING) + (group is None)


def _fixtures(item: pytest.Item) -> dict[str, str]:
    """Name -> scope of the fixtures that it stands on."""
    found: dict[str, Any] = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    return {name: definitions[-1].scope for name, definitions in found.items()}


def _written_for(item: pytest.Function) -> Iterator[Callable[..., Any]]:
    """The test, and the fixtures and functions of its own module that it calls by name."""
    module = item.module
    yield item.function
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        yield from (each.func for each in definitions if each.func.__module__ == module.__name__)
    for name in item.function.__code__.co_names:
        named = getattr(module, name, None)
        if isinstance(named, FunctionType) and named.__module__ == module.__name__:
            yield named


@cache
def _speaks_to_its_engine(function: Callable[..., Any]) -> bool:
    function = inspect.unwrap(function)
    return _module_speaks(function.__module__) and bool(SPEAKS_TO_ITS_ENGINE.search(inspect.getsource(function)))


@cache
def _module_speaks(name: str) -> bool:
    return bool(SPEAKS_TO_ITS_ENGINE.search(inspect.getsource(sys.modules[name])))

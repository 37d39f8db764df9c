"""No ring of imports, between modules or between rooms; imports inside functions and for types alone count too.

import-linter holds the floors; this holds what may hide on one floor.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.portal import ROOT

APPS = ("core", "assets", "generation", "approvals", "config")


def modules() -> dict[str, Path]:
    """Dotted name of every module of the product → its file; a package is named as its folder."""
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts:
                found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """The modules that a file names in any import, wherever in it that stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if name := whole if whole in known else node.module if node.module in known else "":
                    yield name


def room_of(module: str, known: Mapping[str, Path]) -> str:
    """The folder within the app, or the module itself where it stands beside the rooms."""
    app, *rest = module.split(".")
    return ".".join((app, *rest[:1])) if rest else f"{app}.{known[module].stem}"


def ring_in(graph: Mapping[str, set[str]]) -> list[str]:
    """One ring, in the order of its imports; empty when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_is_in_a_ring() -> None:
    known = modules()
    assert ring_in({name: {*imported(path, known)} - {name} for name, path in known.items()}) == []


def test_no_room_is_in_a_ring() -> None:
    known = modules()
    rooms: dict[str, set[str]] = {}
    for name, path in known.items():
        here = room_of(name, known)
        rooms.setdefault(here, set()).update({room_of(other, known) for other in imported(path, known)} - {here})
    assert len(rooms) > 40
    assert ring_in(rooms) == []


def test_a_ring_is_found() -> None:
    assert ring_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []

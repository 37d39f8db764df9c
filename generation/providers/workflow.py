"""ComfyUI workflows as reviewed files: a graph in API form, and named holes that take values of one type each.

A graph can run any code that its server has nodes for, so none ever comes from a person's form: only from a file
that an administrator has put in place. A value fills a hole and can become nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "workflows"
HOLES: Mapping[str, type] = {
    "prompt": str,
    "negative": str,
    "checkpoint": str,
    "picture": str,
    "seed": int,
    "steps": int,
    "width": int,
    "height": int,
    "count": int,
    "strength": float,
}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class BadWorkflow(ValueError):
    """A workflow file that cannot be used, or a value that does not fit; the words say which and why."""


@dataclass(frozen=True)
class Workflow:
    """One reviewed graph; `holes` maps a name to node and input."""

    name: str
    about: str
    reviewed_on: str
    holes: Mapping[str, tuple[str, str]]
    graph: Mapping[str, Any]

    def filled(self, values: Mapping[str, str | int | float]) -> dict[str, Any]:
        """A copy of the graph with values in its holes. Raises BadWorkflow for a value that fits none."""
        graph: dict[str, Any] = deepcopy(dict(self.graph))
        for name, value in values.items():
            if name not in self.holes:
                raise BadWorkflow(f"The workflow {self.name} has no hole for {name}.")
            if type(value) is not HOLES[name]:
                raise BadWorkflow(f"The hole {name} takes {HOLES[name].__name__}, not {type(value).__name__}.")
            node, entry = self.holes[name]
            graph[node]["inputs"][entry] = value
        return graph


@cache
def load(name: str, folder: str = "") -> Workflow:
    """The workflow of this name, from a folder of one's own or else from those shipped; raises BadWorkflow."""
    if not _NAME.fullmatch(name):
        raise BadWorkflow(f"A workflow's name is lower case letters, digits and hyphens, not {name[:40]!r}.")
    folders = [Path(folder), SHIPPED] if folder else [SHIPPED]
    found = [path for path in (place / f"{name}.json" for place in folders) if path.is_file()]
    if not found:
        raise BadWorkflow(f"There is no workflow {name}. Shipped are: {', '.join(shipped())}.")
    return _read(name, found[0])


def shipped() -> list[str]:
    """The names of the workflows that come with the portal."""
    return sorted(path.stem for path in SHIPPED.glob("*.json"))


def _read(name: str, path: Path) -> Workflow:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        holes = {hole: (node, entry) for hole, (node, entry) in data["holes"].items()}
        workflow = Workflow(name, data["about"], data["reviewed_on"], holes, data["graph"])
        inputs = {hole: workflow.graph[node]["inputs"][entry] for hole, (node, entry) in holes.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadWorkflow(f"The workflow file {path.name} cannot be read: {error!r}.") from error
    for hole, value in inputs.items():
        if type(value) is not HOLES.get(hole):
            raise BadWorkflow(f"The workflow {name} has a hole {hole} of an unknown name or with the wrong type.")
    return workflow

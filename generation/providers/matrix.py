"""The table of what each adapter can carry, made from the code: `python -m generation.providers.matrix` writes it.

It stands in README.md between two marks; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from importlib import import_module
from inspect import isabstract
from pathlib import Path
from pkgutil import walk_packages

from generation.providers.base import Capabilities, Provider

HERE = Path(__file__).parent
README = HERE / "README.md"
BEGIN, END = "<!-- matrix: begin -->", "<!-- matrix: end -->"
WORDS = {
    "seed": "seed",
    "negative": "negative",
    "references": "references",
    "mask": "mask",
    "several": "several at once",
    "exact_size": "exact size",
    "quality": "quality",
    "cancellable": "can be stopped",
    "resumable": "can be resumed",
    "by_hand": "by hand",
    "repeat_is_harmless": "repeat is harmless",
}


def adapters() -> list[type[Provider]]:
    """Every adapter in this package or a folder of it, by label."""
    for module in walk_packages([str(HERE)], "generation.providers."):
        import_module(module.name)
    found = {kind for kind in _below() if kind.__module__.startswith("generation.providers.")}
    return sorted((kind for kind in found if not isabstract(kind)), key=lambda kind: kind.label.lower())


def matrix(kinds: Iterable[type[Provider]]) -> str:
    """A Markdown table, one row for each adapter and one column for each capability."""
    names = [field.name for field in fields(Capabilities)]
    rows = [["provider", "key", *(WORDS[name] for name in names)], ["---"] * (len(names) + 2)]
    for kind in kinds:
        marks = ["yes" if getattr(kind.capabilities, name) else "" for name in names]
        rows.append([kind.label, f"`{kind.key}`", *marks])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def with_matrix(text: str) -> str:
    """The README with today's table in its place."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{matrix(adapters())}\n{END}{tail}"


def _below() -> list[type[Provider]]:
    """Provider's subclasses, however far down."""
    found: list[type[Provider]] = list(Provider.__subclasses__())
    for kind in found:
        found.extend(kind.__subclasses__())
    return found


if __name__ == "__main__":
    README.write_text(with_matrix(README.read_text(encoding="utf-8")), encoding="utf-8")

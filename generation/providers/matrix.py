"""What is written from the adapters' declarations: `python -m generation.providers.matrix` writes it, a test compares.

In README.md the table of what each can carry; in .env.example and compose.yaml the variables that switch them on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from textwrap import wrap

from generation.providers.base import Capabilities, Provider
from generation.providers.directory import adapters
from generation.providers.options import Setting, settings_of

ROOT = Path(__file__).parents[2]
README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- matrix: begin -->", "<!-- matrix: end -->"
LINE_BEGIN, LINE_END = "# providers: begin", "# providers: end"
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
    return _between(text, BEGIN, END, matrix(sorted(adapters(), key=lambda kind: kind.label.lower())))


def with_variables(text: str) -> str:
    """.env.example with today's variables of the adapters, each commented out, as a person would set it."""
    return _between(text, LINE_BEGIN, LINE_END, "\n".join(_examples()))


def with_environment(text: str) -> str:
    """compose.yaml with today's variables of the adapters handed on to the portal."""
    names = dict.fromkeys(each.variable for kind in adapters() for each in settings_of(kind.Options))
    indent = " " * 4
    lines = "\n".join(f"{indent}{name}: ${{{name}:-}}" for name in names)
    return _between(text, f"{indent}{LINE_BEGIN}", f"{indent}{LINE_END}", lines)


DOCUMENTS: Mapping[Path, Callable[[str], str]] = {
    README: with_matrix,
    ROOT / ".env.example": with_variables,
    ROOT / "compose.yaml": with_environment,
}


def _examples() -> Iterator[str]:
    seen: set[str] = set()
    for kind in adapters():
        declared = [each for each in settings_of(kind.Options) if each.variable not in seen]
        seen |= {each.variable for each in declared}
        if declared:
            yield f"# {kind.label}"
        for each in declared:
            yield from (f"# {line}" for line in wrap(_help(each), 116))
            yield f"#{each.variable}={_value(each)}"


def _help(declared: Setting) -> str:
    choices = f"One of {', '.join(declared.choices)}." if declared.choices else ""
    return f"{declared.help} {choices}".strip()


def _value(declared: Setting) -> str:
    default = "" if declared.default is MISSING or declared.is_secret else declared.default
    return declared.example or ("1" if declared.is_flag else str(default))


def _between(text: str, begin: str, end: str, content: str) -> str:
    """The text with this content between two lines that stand in it once."""
    head, found, rest = text.partition(f"{begin}\n")
    _, closed, tail = rest.partition(f"{end}\n")
    if not found or not closed:
        raise ValueError(f"The text lacks the line {begin!r} or {end!r}.")
    return f"{head}{begin}\n{content}\n{end}\n{tail}"


if __name__ == "__main__":
    for path, renewed in DOCUMENTS.items():
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")

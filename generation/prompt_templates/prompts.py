"""From a template and what people typed to the text of a prompt: pure functions, no database.

A body holds fields as `{name}` and nothing else is ever evaluated. Each line of a body says one thing; a line whose
fields are all empty is left out, so that an optional field leaves no hole behind.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from generation.providers.colors import NAMES

MOST_IN_FIELD = 600
"""Characters in one field."""
MOST_IN_PROMPT = 8_000
"""Characters in a whole prompt; the models on offer take from 2,000 to 32,000."""

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t]+")
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}
_JOINERS = {"\u200c", "\u200d"}
"""Invisible, but part of the spelling in some scripts and emoji."""


class BadTemplate(ValueError):
    """A template that cannot be used. The message says what to change."""


class FieldKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    COLOR = "color"
    NUMBER = "number"
    LISTING = "listing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One typed field of a template.

    A `choice` with `open` also takes words of one's own. A `listing` field is filled from the listing's `fact`.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    help: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    open: bool = False
    required: bool = True
    most: int = 200
    """The longest text in characters, or the highest number."""
    least: int = 0
    fact: str = ""

    @property
    def is_color(self) -> bool:
        return self.kind == FieldKind.COLOR


_TYPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("name", "label", "help", "fact"), (str,)),
    **dict.fromkeys(("open", "required"), (bool,)),
    **dict.fromkeys(("most", "least"), (int,)),
    "kind": (str, FieldKind),
    "default": (str, int, float),
    "choices": (list, tuple),
}
"""What each part of a field may be in JSON or TOML."""


def parse_fields(rows: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """The fields of a revision from their JSON. Raises BadTemplate."""
    fields = tuple(_field(row) for row in rows)
    names = [field.name for field in fields]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadTemplate(f"Two fields are called {', '.join(sorted(twice))}. Give each a name of its own.")
    return fields


def as_rows(fields: Iterable[Field]) -> list[dict[str, Any]]:
    """The JSON of fields, as `parse_fields` reads it."""
    return [{key: list(value) if key == "choices" else value for key, value in asdict(each).items()} for each in fields]


def placeholders(body: str) -> list[str]:
    """Names of the fields that a body uses, in order of first use."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(body)))


def as_sparse_rows(fields: Iterable[Field]) -> list[dict[str, Any]]:
    """The same, without what every field has anyway: for files that people read."""
    usual = asdict(Field(name="", label=""))
    return [{key: value for key, value in row.items() if value != _plain(usual[key])} for row in as_rows(fields)]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def check_body(body: str, fields: Sequence[Field]) -> None:
    """Raise BadTemplate when body and fields do not fit each other."""
    used, known = set(placeholders(body)), {field.name for field in fields}
    if not body.strip():
        raise BadTemplate("The prompt is empty.")
    if missing := sorted(used - known):
        raise BadTemplate(f"The prompt uses {_braced(missing)}, but there is no such field.")
    if unused := sorted(known - used):
        raise BadTemplate(f"The prompt never uses {_braced(unused)}. Use it, or remove the field.")


def resolve(body: str, fields: Sequence[Field], values: Mapping[str, Any], house_voice: str = "") -> str:
    """The prompt: every field in its place, lines that say nothing left out, the house voice at the end."""
    words = said(fields, values)
    lines = [line for line in map(str.strip, clean(body, len(body)).splitlines()) if _says_something(line, words)]
    lines = [_PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), line) for line in lines]
    if voice := clean(house_voice, MOST_IN_PROMPT):
        lines.append(voice)
    return "\n".join(lines)[:MOST_IN_PROMPT].rstrip()


def said(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, str]:
    """What each field says in the prompt: cleaned, shortened, colors by name."""
    return {field.name: _say(field, values.get(field.name, "")) for field in fields}


def clean(text: str, most: int = MOST_IN_FIELD) -> str:
    """The text without control, invisible and direction-changing characters, on one line where it was on one."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    seen = "".join(sign if _is_visible(sign) else (" " if sign == "\t" else "") for sign in plain)
    return _BLANKS.sub(" ", seen).strip()[:most].rstrip()


def color_words(value: str) -> str:
    """A hex color with the nearest plain name, as generators understand it: `terracotta (#c46a4e)`."""
    match = _HEX.fullmatch(value.strip())
    if match is None:
        return clean(value, 60)
    red, green, blue = (int(part, 16) for part in match.groups())
    name = min(NAMES, key=lambda each: _distance(NAMES[each], (red, green, blue)))
    return f"{name} ({value.strip().lower()})"


def _field(row: Mapping[str, Any]) -> Field:
    if not isinstance(row, Mapping):
        raise BadTemplate(f"A field is a table of names and values, not “{row}”.")
    if missing := [key for key in ("name", "label") if not row.get(key)]:
        raise BadTemplate(f"A field lacks its {missing[0]}.")
    if strange := sorted(set(map(str, row)) - set(_TYPES)):
        raise BadTemplate(f"The field “{row['name']}” has “{strange[0]}”, which means nothing here.")
    if wrong := [key for key, value in row.items() if type(value) not in _TYPES[key]]:
        raise BadTemplate(f"The field “{row['name']}” says {row[wrong[0]]!r} for its “{wrong[0]}”, which does not fit.")
    if row.get("kind", FieldKind.TEXT) not in list(FieldKind):
        raise BadTemplate(f"The field “{row['name']}” is of no known kind: {', '.join(FieldKind)}.")
    made = {"kind": FieldKind(row.get("kind", "text")), "choices": tuple(map(str, row.get("choices", ())))}
    field = Field(**{**row, **made, "default": str(row.get("default", ""))})
    if not _NAME.fullmatch(field.name):
        raise BadTemplate(f"“{field.name}” is no field name: small letters, figures and underscores, a letter first.")
    if field.kind == FieldKind.CHOICE and not field.choices:
        raise BadTemplate(f"The field “{field.name}” is a choice, but has nothing to choose from.")
    return field


def _say(field: Field, value: Any) -> str:
    text = "" if value is None else str(value)
    if field.kind == FieldKind.COLOR and text:
        return color_words(text)
    most = MOST_IN_FIELD if field.kind == FieldKind.NUMBER else min(field.most, MOST_IN_FIELD)
    return clean(text, most).replace("\n", " ").rstrip(" .;,")


def _says_something(line: str, words: Mapping[str, str]) -> bool:
    names = _PLACEHOLDER.findall(line)
    return bool(line) and (not names or any(words.get(name, name) for name in names))


def _is_visible(sign: str) -> bool:
    return sign == "\n" or sign in _JOINERS or unicodedata.category(sign) not in _INVISIBLE


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))

"""What changed from one revision of a template to another: words, fields and rules. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any

from generation.prompt_templates import content_rules, photographs, prompts
from generation.prompt_templates.prompts import Field
from generation.prompt_templates.revisions import Wording

SAME, GONE, NEW, CHANGED = "same", "gone", "new", "changed"
_TOKEN = re.compile(r"\s+|\d+:\d+|\w+|[^\w\s]")

PARTS = (("body", "Prompt"), ("house_voice", "House style"), ("negative", "Exclude"), ("ratio", "Shape"))
FIELD_PARTS = {
    "label": "Label",
    "kind": "Kind",
    "help": "Help",
    "default": "Default",
    "choices": "Choices",
    "open": "Custom text allowed",
    "required": "Required",
    "most": "At most",
    "least": "At least",
    "fact": "From the listing",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class TextChange:
    """One text of a template, in pieces."""

    label: str
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return any(piece.kind != SAME for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Mark:
    """A change at a glance, as a badge says it."""

    word: str
    icon: str
    tone: str = ""


MARKS: Mapping[str, Mark] = {
    NEW: Mark(word="New", icon="plus", tone="informs"),
    GONE: Mark(word="Gone", icon="minus", tone="stops"),
    CHANGED: Mark(word="Changed", icon="pencil-line", tone="waits"),
}
MOVED = Mark(word="Moved", icon="arrow-up-down")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What became of one field: `same`, `gone`, `new` or `changed`, and in which parts."""

    name: str
    label: str
    kind: str
    parts: tuple[TextChange, ...] = ()
    moved: bool = False

    @property
    def mark(self) -> Mark | None:
        """How the list of fields marks it; not at all where it stayed as it was."""
        return MARKS.get(self.kind) or (MOVED if self.moved else None)


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which two wordings differ."""

    texts: tuple[TextChange, ...]
    fields: tuple[FieldChange, ...]
    rules: TextChange
    photographs: TextChange

    @property
    def empty(self) -> bool:
        texts = any(part.changed for part in (*self.texts, self.rules, self.photographs))
        return not texts and all(field.kind == SAME and not field.moved for field in self.fields)


def between(before: Wording, after: Wording) -> Difference:
    """What changed on the way from one wording to the other."""
    texts = tuple(TextChange(label, words(getattr(before, name), getattr(after, name))) for name, label in PARTS)
    fields = _fields(prompts.parse_fields(before.fields), prompts.parse_fields(after.fields))
    rules = TextChange("May not be typed", words(_ruled(before), _ruled(after)))
    pictures = TextChange("Photographs", words(_asked(before), _asked(after)))
    return Difference(texts, fields, rules, pictures)


def words(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts in one, word by word: what stayed, went and came, in reading order."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        kinds = ((SAME, old[a:b]),) if what == "equal" else ((GONE, old[a:b]), (NEW, new[c:d]))
        pieces += [Piece(kind, "".join(tokens)) for kind, tokens in kinds if tokens]
    return tuple(pieces)


def _fields(before: Sequence[Field], after: Sequence[Field]) -> tuple[FieldChange, ...]:
    old, new = ({field.name: field for field in fields} for fields in (before, after))
    stayed = [name for name in old if name in new]
    order = [name for name in new if name in old]
    found = []
    for name, field in new.items():
        if name not in old:
            found.append(FieldChange(name, field.label, NEW, _parts({}, _said(field))))
            continue
        parts = tuple(part for part in _parts(_said(old[name]), _said(field)) if part.changed)
        moved = stayed.index(name) != order.index(name)
        found.append(FieldChange(name, field.label, CHANGED if parts else SAME, parts, moved))
    gone = [
        FieldChange(name, field.label, GONE, _parts(_said(field), {})) for name, field in old.items() if name not in new
    ]
    return (*found, *gone)


def _parts(before: dict[str, str], after: dict[str, str]) -> tuple[TextChange, ...]:
    texts = ((label, before.get(key, ""), after.get(key, "")) for key, label in FIELD_PARTS.items())
    return tuple(TextChange(label, words(old, new)) for label, old, new in texts if old or new)


def _said(field: Field) -> dict[str, str]:
    usual = asdict(Field(name="", label=""))
    told = {key: value for key, value in asdict(field).items() if key in ("kind", "required") or value != usual[key]}
    return {key: _in_words(value) for key, value in told.items()}


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " · ".join(value) if isinstance(value, tuple) else str(value)


def _ruled(wording: Wording) -> str:
    found = content_rules.parse(wording.forbidden)
    return "\n".join(f"{', '.join(rule.words)} ({rule.severity}): {rule.why}" for rule in found)


def _asked(wording: Wording) -> str:
    return photographs.in_words(photographs.parse(wording.photographs))

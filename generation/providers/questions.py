"""What a form may ask for one model besides the common words: each field of an adapter's `Extra`, declared where it is.

    strength: float = question(0.6, "Strength", "0 keeps the picture, 1 leaves it behind.", least=0, most=1)

Text goes in, since it comes from forms and is stored with the brief; the adapter reads it as the field's own type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = Literal["choice", "whole", "decimal", "text", "yes or no"]
WRITTEN = {"": "Model’s choice", "png": "PNG", "jpeg": "JPEG", "webp": "WebP"}
LONGEST = 500
"""Characters of an extra that is text."""


@dataclass(frozen=True)
class Question:
    """One extra as a form asks for it. Choices are (value, label); bounds are None where there are none."""

    name: str
    label: str
    kind: Kind
    help: str = ""
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    least: float | None = None
    most: float | None = None
    required: bool = False
    one_of: str = ""
    """The name of a group of which one at least must be answered."""
    of_pictures: bool = False
    """Whether it means something only where pictures go along."""
    of_words: bool = False
    """Whether it means something only where none do."""

    def applies(self, *, with_pictures: bool) -> bool:
        """Whether it means something to a wish with, or without, pictures that go along."""
        return not (self.of_words if with_pictures else self.of_pictures)

    def said(self, value: str) -> str:
        """An answer as a person reads it."""
        if self.kind == "yes or no":
            return "Yes" if value == "true" else "No"
        return dict(self.choices).get(value, value)


def question(
    default: Any,
    label: str = "",
    help: str = "",
    *,
    least: float | None = None,
    most: float | None = None,
    required: bool = False,
    one_of: str = "",
    of_pictures: bool = False,
    of_words: bool = False,
) -> Any:
    """A field of an Extra. Without a label no form asks for it; a Literal is a choice, its default the first of them.

    What is yes or no is no unless somebody says yes, since a form cannot tell a cleared box from a missing one.
    """
    declared = {"label": label, "help": help, "least": least, "most": most, "required": required, "one_of": one_of}
    goes_with = {"of_pictures": of_pictures, "of_words": of_words}
    return field(default=default, metadata={"question": {**declared, **goes_with}})


def questions_of(kind: type[DataclassInstance]) -> tuple[Question, ...]:
    """The questions that an Extra declares, in its order."""
    return tuple(each for each in _declared(kind) if each.label)


def without_pictures(kind: type[DataclassInstance], extra: Mapping[str, str]) -> dict[str, str]:
    """Of some extras those that mean something although no pictures go along."""
    bound = {each.name for each in _declared(kind) if not each.applies(with_pictures=False)}
    return {name: value for name, value in extra.items() if name not in bound}


def unanswered(questions: Sequence[Question], given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The names of questions that a wish cannot do without, each with what to do, in words."""
    for each in questions:
        if each.required and not given.get(each.name):
            yield each.name, f"Fill in “{each.label}”: this model needs it."
    for group in dict.fromkeys(each.one_of for each in questions if each.one_of):
        members = [each for each in questions if each.one_of == group]
        if not any(given.get(each.name, "") not in ("", each.default) for each in members):
            labels = ", ".join(f"“{each.label}”" for each in members)
            yield members[0].name, f"Fill in one of {labels}: this model needs it."


def _declared(kind: type[DataclassInstance]) -> Iterator[Question]:
    hints = get_type_hints(kind)
    for each in fields(kind):
        if declared := each.metadata.get("question"):
            values = get_args(hints[each.name]) if get_origin(hints[each.name]) is Literal else ()
            choices = tuple((str(value), _label(str(value))) for value in values)
            yield Question(
                each.name, kind=_kind(hints[each.name]), default=_text(each.default), choices=choices, **declared
            )


def _kind(hint: Any) -> Kind:
    if get_origin(hint) is Literal:
        return "choice"
    if get_origin(hint) is UnionType:
        hint = next(each for each in get_args(hint) if each is not type(None))
    kinds: dict[Any, Kind] = {bool: "yes or no", int: "whole", float: "decimal"}
    return kinds.get(hint, "text")


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _label(value: str) -> str:
    """A choice in plain words: its own, with a capital; nothing chosen leaves it to the model."""
    return WRITTEN.get(value) or (value[:1].upper() + value[1:]).replace("-", " ")

"""Rows against the log: what it last said of each, and which rows it knows of that are gone.

A verb logs the columns that it wrote; read one after the other, the entries say what each row must be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from core.audit.log import plain
from core.models import LogSubject
from core.sets import batches

Row = TypeVar("Row", bound=models.Model)
AT_ONCE = 200
UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading a row may raise that somebody rewrote."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one entry says of one row."""

    entry: int
    at: datetime
    actor: int | None
    action: str
    data: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(slots=True)
class Told:
    """All that the log says of one row, oldest first."""

    lines: list[Line] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, Any]:
        """Each field as it last became."""
        return {name: value for line in self.lines for name, value in line.after.items()}

    @property
    def actors(self) -> set[int | None]:
        return {line.actor for line in self.lines}

    def by_action(self, action: str, **data: object) -> list[Line]:
        """Entries of this kind that say this."""
        said = {name: str(value) for name, value in data.items()}.items()
        return [line for line in self.lines if line.action == action and said <= line.data.items()]

    def differences(self, now: Mapping[str, Any]) -> list[str]:
        """Names of the fields that are not what the log last said."""
        said = self.fields
        return sorted(name for name, value in plain(now).items() if name in said and said[name] != value)


def told(model: type[models.Model], keys: Iterable[Any], *, but: Collection[str] = ()) -> dict[str, Told]:
    """What the log says of the rows with these keys, but by these actions; something, if little, of each."""
    found = {str(key): Told() for key in keys}
    about = LogSubject.objects.filter(type=model._meta.label_lower, key__in=list(found))
    subjects = about.exclude(entry__action__in=but) if but else about
    names = ("entry", "entry__at", "entry__actor", "entry__action", "entry__data", "after")
    for key, entry, at, actor, action, *said in subjects.order_by("entry", "position").values_list("key", *names):
        found[key].lines.append(Line(entry, at, actor, action, *map(_mapping, said)))
    return found


def _mapping(said: Any) -> Mapping[str, Any]:
    """Nothing for an entry that was rewritten to something else, which its digest tells."""
    return said if isinstance(said, Mapping) else {}


def without_rows(model: type[models.Model], lines: Iterable[Line]) -> list[Line]:
    """Those of the lines whose entries hold no row of the model: they are older than the rows in the log."""
    lines = list(lines)
    rows = LogSubject.objects.filter(entry__in={line.entry for line in lines}, type=model._meta.label_lower)
    held = set(rows.values_list("entry", flat=True))
    return [line for line in lines if line.entry not in held]


def differences(rows: Sequence[Row], values: Callable[[Row], Mapping[str, Any]]) -> list[str]:
    """A sentence for each field of the rows that is not what the log last said."""
    said = told(type(rows[0]), [row.pk for row in rows]) if rows else {}
    return [
        f"{name_of(row)}: its {name} is not what the log says."
        for row in rows
        for name in said[str(row.pk)].differences(values(row))
    ]


def unlogged(rows: Sequence[Row], old: set[object]) -> list[str]:
    """A sentence for each of the rows that no entry knows. Those named without values, as once, go to `old`."""
    said = told(type(rows[0]), [row.pk for row in rows]) if rows else {}
    old |= {row.pk for row in rows if (of := said[str(row.pk)]).lines and not of.lines[0].after}
    return [f"{name_of(row)} is not in the log." for row in rows if not said[str(row.pk)].lines]


def gone(model: type[models.Model], *, but: str = "") -> Iterator[str]:
    """A sentence for each row that the log knows of and that is not there any more, `but` by this action."""
    known = LogSubject.objects.filter(type=model._meta.label_lower)
    keys = known.exclude(key__in=known.filter(entry__action=but).values("key")) if but else known
    for batch in batches(keys.order_by("key").values_list("key", flat=True).distinct().iterator()):
        rows = model._default_manager.filter(pk__in=[key for key in batch if _can_be_key(model, key)])
        there = {str(key) for key in rows.values_list("pk", flat=True)}
        yield from (
            f"{name_of(model, key)} is in the log, but not there any more." for key in batch if key not in there
        )


def _can_be_key(model: type[models.Model], key: str) -> bool:
    """A forged entry may name a row by what is no key of its kind."""
    column = model._meta.pk
    try:
        column.run_validators(column.to_python(key))
    except ValidationError:
        return False
    return True


def walk(rows: models.QuerySet[Row], check: Callable[[Sequence[Row]], list[str]]) -> Iterator[str]:
    """Check all rows, some at a time. People work meanwhile, so what is found must be found twice."""
    model = rows.model
    keys = model._default_manager.order_by("pk").values_list("pk", flat=True).iterator()
    for batch in batches(keys, AT_ONCE):
        if found := _look(rows, batch, check):
            again = set(_look(rows, batch, check))
            yield from (problem for problem in found if problem in again)


def _look(rows: models.QuerySet[Row], keys: list[Any], check: Callable[[Sequence[Row]], list[str]]) -> list[str]:
    try:
        there = list(rows.filter(pk__in=keys).order_by("pk"))
    except UNREADABLE:  # JSON that is nested too deep fails before there is a row
        if len(keys) == 1:
            return [f"{name_of(rows.model, keys[0])} cannot be read."]
        return [problem for key in keys for problem in _look(rows, [key], check)]
    lost = {str(key) for key in keys} - {str(row.pk) for row in there}
    gone = [f"{name_of(rows.model, key)} refers to something that is gone." for key in sorted(lost)]
    return gone + _checked(there, check)


def _checked(rows: Sequence[Row], check: Callable[[Sequence[Row]], list[str]]) -> list[str]:
    """What is found in the rows. One that cannot be read at all keeps none of the others from being checked."""
    try:
        return check(rows)
    except UNREADABLE:
        if len(rows) == 1:
            return [f"{name_of(rows[0])} cannot be read."]
        return [problem for row in rows for problem in _checked([row], check)]


def name_of(model: type[models.Model] | models.Model, key: object = None) -> str:
    """How a problem names a row: `Release 0b1f…`."""
    return f"{str(model._meta.verbose_name).capitalize()} {model.pk if isinstance(model, models.Model) else key}"

"""What one object was and became: the fields that differ, as plain values, for the log to hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Change(Generic[Row]):
    """One object of a log entry, with the fields that differ. Without fields it is merely named."""

    subject: Row
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.before or self.after)

    @classmethod
    def between(cls, subject: Row, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change[Row]:
        """What differs between two descriptions of the object; a name that one of them lacks stands for None."""
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        return cls(subject, {name: before.get(name) for name in names}, {name: after.get(name) for name in names})

    @classmethod
    def made(cls, row: Row, *, but: Collection[str] = ()) -> Change[Row]:
        """A row that was just made: all of its columns but these, such as counters."""
        return cls(row, {}, columns_of(row, but=but))


def values_of(row: models.Model, *names: str) -> dict[str, Any]:
    """The stored values of these fields; of a relation, the key; of a moment, in UTC, as it will be read back."""
    return {name: _stored(row._meta.get_field(name).value_from_object(row)) for name in names}  # type: ignore[union-attr] # columns


def _stored(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value


def columns_of(row: models.Model, *, but: Collection[str] = ()) -> dict[str, Any]:
    """The stored values of all columns beside the key and these."""
    names = (field.name for field in row._meta.concrete_fields if not field.primary_key)
    return values_of(row, *(name for name in names if name not in but))


def write(row: Row, **values: Any) -> Change[Row]:
    """Write the fields that differ, and no others; returns what they were and became.

    Lock the row first, and record the change last: `audit.record(by, "site.switched", change, "…")`.
    """
    before = values_of(row, *values)
    for name, value in values.items():
        setattr(row, name, value)
    change = Change.between(row, before, values_of(row, *values))
    if change:
        row.save(update_fields=list(change.after))
    return change

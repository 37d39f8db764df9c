"""Working through large sets a handful at a time, so that neither memory nor a statement grows with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import connections, models, router

T = TypeVar("T")

AT_ONCE = 500
"""Rows in one statement."""


def batches(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """The items in their order, a list of at most `size` at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def update_each(rows: Sequence[models.Model], *names: str) -> None:
    """Write these fields of many rows of one model, each row with its own values.

    Django's `bulk_update` says the same in one statement with a CASE for every row; resolving ten thousand of those
    takes half a minute, and this a second.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    columns = [_column(model, name) for name in (*names, "pk")]
    *assigned, key = (f"{quote(str(column.column))} = %s" for column in columns)
    statement = f"UPDATE {quote(model._meta.db_table)} SET {', '.join(assigned)} WHERE {key}"  # noqa: S608 - our names
    values = [[each.get_db_prep_save(getattr(row, each.attname), connection) for each in columns] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _column(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{name} is no column of {model.__name__}")
    return field

"""Statements that are run with every call of a site: PostgreSQL plans them once for each connection, and not each time.

Planning what `live` asks takes ten times as long as running it for a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model

Column: TypeAlias = "Field[Any, Any]"
Columns: TypeAlias = "tuple[Column | None, ...]"
Values = Sequence[Any] | Mapping[str, Any]

BINARY = 1
"""What libpq calls the format of values that are no text."""


def read(statement: str, values: Values, columns: Columns) -> list[tuple[Any, ...]]:
    """What the statement answers, each value as the field of its column has it; None for one that needs no reading."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    readers = _readers(connection.vendor, columns)
    if not readers:  # PostgreSQL's driver has seen to it; SQLite's answers texts and numbers
        return found
    return [tuple(_read(value, each) for value, each in zip(row, readers, strict=True)) for row in found]


def count_and_read(count: str, reading: str, values: Values, columns: Columns) -> tuple[int, list[tuple[Any, ...]]]:
    """How many rows the first statement changed, and what the second answers; 0 where it answers nothing.

    The second sees rows as they were before. PostgreSQL is asked for both at once, and does not wait until the change
    is on its disk: should its power fail, what was changed in the last moment is forgotten.
    """
    if connection.vendor != "postgresql":
        found = read(reading, values, columns)
        with _cursor() as cursor:
            cursor.execute(count, values)
            return (cursor.rowcount if found else 0), found
    both = (
        f"WITH counted AS ({count} RETURNING 1) SELECT (SELECT count(*) FROM counted), "  # noqa: S608 - of our own parts
        f"set_config('synchronous_commit', 'off', true), found.* FROM ({reading}) AS found"
    )
    found = read(both, values, (None, None, *columns))
    return (found[0][0] if found else 0), [row[2:] for row in found]


def column(model: type[Model], name: str) -> Column:
    """The field that reads and writes a column of a model."""
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise TypeError(f"{name} is no column of {model.__name__}")
    return field


@lru_cache(maxsize=64)
def _readers(vendor: str, columns: Columns) -> tuple[tuple[Any, ...], ...]:
    """What makes each value that of its field; nothing at all where no column needs it."""
    readers = tuple(_readers_of(column) if column is not None else () for column in columns)
    return readers if any(readers) else ()


def _readers_of(column: Column) -> tuple[Any, ...]:
    expression = column.get_col("any")
    return (*connection.ops.get_db_converters(expression), *column.get_db_converters(connection))


def _read(value: Any, readers: Sequence[Any]) -> Any:
    for reader in readers:
        value = reader(value, None, connection)
    return value


def literal(statement: str, values: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """The statement with values that stay the same written into it, where the database's driver can."""
    if connection.vendor != "postgresql":
        return statement, values
    whole: str = connection.ops.compose_sql(statement, values)  # type: ignore[attr-defined] # of this one database
    return whole.replace("%", "%%"), ()


def _cursor() -> Any:
    """A cursor whose values go beside the statement, so that it is prepared; counted and logged as Django's own.

    PostgreSQL sends what it finds as it has it, which costs less to read than texts do.
    """
    link = connections[DEFAULT_DB_ALIAS]
    if link.vendor != "postgresql":
        return link.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor  # there with its driver alone

    link.close_if_health_check_failed()
    link.ensure_connection()
    cursor: Any = ServerBindingCursor(link.connection)  # type: ignore[call-arg] # psycopg's, which takes one
    cursor.format = BINARY
    return link.make_debug_cursor(cursor) if link.queries_logged else link.make_cursor(cursor)

"""Statements that are run with every call of a site: PostgreSQL plans them once for each connection, and not each time.

Planning what `live` asks takes ten times as long as running it for a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import Field, Model

Column: TypeAlias = "Field[Any, Any]"
Values = Sequence[Any] | Mapping[str, Any]


def rows(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """What the statement answers."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def read(statement: str, values: Values, columns: Sequence[Column | None]) -> list[tuple[Any, ...]]:
    """What the statement answers, each value as the field of its column has it; None for one that needs no reading."""
    found = rows(statement, values)
    readers = [_readers(connection.vendor, column) if column is not None else () for column in columns]
    if not any(readers):  # PostgreSQL's driver has seen to it; SQLite's answers texts and numbers
        return found
    return [tuple(_read(value, each) for value, each in zip(row, readers, strict=True)) for row in found]


def column(model: type[Model], name: str) -> Column:
    """The field that reads and writes a column of a model."""
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise TypeError(f"{name} is no column of {model.__name__}")
    return field


@lru_cache(maxsize=64)
def _readers(vendor: str, column: Column) -> tuple[Any, ...]:
    expression = column.get_col("any")
    return (*connection.ops.get_db_converters(expression), *column.get_db_converters(connection))


def _read(value: Any, readers: Sequence[Any]) -> Any:
    for reader in readers:
        value = reader(value, None, connection)
    return value


def changed(statement: str, values: Values) -> int:
    """How many rows the statement changed."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        count: int = cursor.rowcount
    return count


def literal(statement: str, values: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """The statement with values that stay the same written into it, where the database's driver can."""
    if connection.vendor != "postgresql":
        return statement, values
    whole: str = connection.ops.compose_sql(statement, values)  # type: ignore[attr-defined] # of this one database
    return whole.replace("%", "%%"), ()


def _cursor() -> Any:
    """A cursor whose values go beside the statement, so that it is prepared; counted and logged as Django's own."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor  # there with its driver alone

    connection.close_if_health_check_failed()
    connection.ensure_connection()
    cursor: Any = ServerBindingCursor(connection.connection)  # type: ignore[call-arg] # psycopg's, which takes one
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)

"""What an owner of the database can do: take the guards off, and write what they like."""

from __future__ import annotations

from typing import Any

from django.db import connection

from core import guards


def unguard() -> None:
    """Take all guards off until the test's transaction is rolled back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # it alters no table with checks outstanding
        for table in {guard.table for guard in guards.installed()}:
            guards.lift(table)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # so that rows can go to which others refer


def unguarded(statement: str, *values: Any) -> None:
    """Run a statement that the guards would refuse."""
    unguard()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)

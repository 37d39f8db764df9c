"""Guards in the database itself: tables that only grow, and columns that keep what was first written.

Taken off before every migration and installed after it: PostgreSQL changes no column that a guard names, and SQLite
remakes no table that the guard of another one reads. An owner of the database can take them off; the hash chain of the
log is what shows it then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections

PREFIX = "guard_"


def append_only(table: str, using: str = "default") -> None:
    """Refuse every UPDATE and DELETE on the table. Safe to call again."""
    _install(using, table, "update", "UPDATE", f"rows of {table} are never changed")
    never_deleted(table, using)


def never_deleted(table: str, using: str = "default") -> None:
    """Refuse every DELETE on the table. Safe to call again."""
    _install(using, table, "delete", "DELETE", f"rows of {table} are never deleted")


def freeze_columns(table: str, columns: Iterable[str], using: str = "default") -> None:
    """Refuse every UPDATE that would change one of the columns, named as in the database. Safe to call again."""
    words = f"the first columns of {table} are written once"
    _install(using, table, "frozen", "UPDATE", words, when=_any_differs(using, columns))


def freeze_once(table: str, when: str, columns: Iterable[str], using: str = "default") -> None:
    """Refuse every UPDATE of these columns in rows of which the SQL condition on OLD holds. Safe to call again."""
    words = f"what has ended in {table} stays as it is"
    _install(using, table, "ended", "UPDATE", words, when=f"({when}) AND ({_any_differs(using, columns)})")


def never_lower(table: str, column: str, using: str = "default") -> None:
    """Refuse every UPDATE that would make the column smaller. Safe to call again."""
    quoted = connections[using].ops.quote_name(column)
    words = f"{column} of {table} never goes down"
    _install(using, table, "lower", "UPDATE", words, when=f"NEW.{quoted} < OLD.{quoted}")


def only_from(table: str, column: str, before: str, after: str, using: str = "default") -> None:
    """Refuse every UPDATE of the column to `after` from anything else than `before`. Safe to call again."""
    quoted = connections[using].ops.quote_name(column)
    words = f"{column} of {table} becomes {after} from {before} only"
    when = f"NEW.{quoted} = '{after}' AND OLD.{quoted} NOT IN ('{before}', '{after}')"
    _install(using, table, f"{column}_{after}", "UPDATE", words, when=when)


def lift(table: str, using: str = "default") -> None:
    """Take the guards of a table off."""
    _drop(using, [guard for guard in installed(using) if guard.table == table])


def lift_all(using: str = "default") -> None:
    """Take all guards off before tables are remade: SQLite remakes none that the guard of another one reads."""
    _drop(using, installed(using))


@contextmanager
def lifted(using: str = "default") -> Iterator[None]:
    """All guards off, for whoever empties the whole database; they are put back afterwards."""
    before = installed(using)
    _drop(using, before)
    try:
        yield
    finally:
        there = {guard.name for guard in installed(using)}
        _run(using, [guard.sql for guard in before if guard.name not in there])


@dataclass(frozen=True, slots=True)
class Guard:
    """A trigger as the database knows it, and the statement that makes it."""

    name: str
    table: str
    sql: str


_SQLITE = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
_POSTGRESQL = """
SELECT tgname, relname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND pg_table_is_visible(tgrelid) AND tgname LIKE %s
"""


def installed(using: str = "default") -> list[Guard]:
    """The guards that are in place."""
    with connections[using].cursor() as cursor:
        cursor.execute(_POSTGRESQL if _is_postgresql(using) else _SQLITE, [f"{PREFIX}%"])
        return [Guard(*row) for row in cursor.fetchall()]


def _drop(using: str, guards: Iterable[Guard]) -> None:
    quote, on = connections[using].ops.quote_name, _is_postgresql(using)
    _run(using, [f"DROP TRIGGER {quote(each.name)}{f' ON {quote(each.table)}' * on}" for each in guards])


def _run(using: str, statements: Iterable[str]) -> None:
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _is_postgresql(using: str) -> bool:
    return connections[using].vendor == "postgresql"


def _any_differs(using: str, columns: Iterable[str]) -> str:
    quote, different = connections[using].ops.quote_name, "IS DISTINCT FROM" if _is_postgresql(using) else "IS NOT"
    return " OR ".join(f"NEW.{quote(column)} {different} OLD.{quote(column)}" for column in columns)


def _install(using: str, table: str, rule: str, event: str, words: str, when: str = "") -> None:
    name, condition = f"{PREFIX}{table}_{rule}", f"WHEN ({when})" if when else ""
    if _is_postgresql(using):
        _install_postgresql(using, table, name, event, words, condition)
    else:
        _install_sqlite(using, table, name, event, words, condition)


def _install_sqlite(using: str, table: str, name: str, event: str, words: str, condition: str) -> None:
    quote = connections[using].ops.quote_name
    create = f"CREATE TRIGGER {quote(name)} BEFORE {event} ON {quote(table)} FOR EACH ROW {condition} "
    _run(using, [f"DROP TRIGGER IF EXISTS {quote(name)}", f"{create} BEGIN SELECT RAISE(ABORT, '{words}'); END"])


def _install_postgresql(using: str, table: str, name: str, event: str, words: str, condition: str) -> None:
    """The guard, and one against TRUNCATE, which fires no trigger of rows."""
    quote = connections[using].ops.quote_name
    refuse, on = quote(f"{PREFIX}refuse"), quote(table)
    _run(
        using,
        [
            f"CREATE OR REPLACE FUNCTION {refuse}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f"CREATE OR REPLACE TRIGGER {quote(name)} BEFORE {event} ON {on} FOR EACH ROW {condition} "
            f"EXECUTE FUNCTION {refuse}('{words}')",
            f"CREATE OR REPLACE TRIGGER {quote(f'{PREFIX}{table}_truncate')} BEFORE TRUNCATE ON {on} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {refuse}('{table} is never emptied')",
        ],
    )

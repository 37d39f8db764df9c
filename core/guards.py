"""Guards in the database itself: tables that only grow, and columns that keep what was first written.

Taken off before every migration and installed after it: PostgreSQL changes no column that a guard names, and SQLite
remakes no table that the guard of another one reads. An owner of the database can take them off; the hash chain of the
log is what shows it then.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connections

PREFIX = "guard_"


def append_only(table: str, using: str = "default") -> None:
    """Refuse every UPDATE and DELETE on the table. Safe to call again."""
    _install(using, table, f"{PREFIX}{table}_update", "UPDATE", f"rows of {table} are never changed")
    never_deleted(table, using)


def never_deleted(table: str, using: str = "default") -> None:
    """Refuse every DELETE on the table. Safe to call again."""
    _install(using, table, f"{PREFIX}{table}_delete", "DELETE", f"rows of {table} are never deleted")


def freeze_columns(table: str, columns: Iterable[str], using: str = "default") -> None:
    """Refuse every UPDATE that would change one of the columns, named as in the database. Safe to call again."""
    quote = connections[using].ops.quote_name
    different = "IS NOT" if connections[using].vendor == "sqlite" else "IS DISTINCT FROM"
    changed = " OR ".join(f"NEW.{quote(column)} {different} OLD.{quote(column)}" for column in columns)
    words = f"the first columns of {table} are written once"
    _install(using, table, f"{PREFIX}{table}_frozen", "UPDATE", words, when=changed)


def lift(table: str, using: str = "default") -> None:
    """Take the guards of a table off. Whoever migrates or empties tables does, and puts them back."""
    quote = connections[using].ops.quote_name
    on = f" ON {quote(table)}" if connections[using].vendor == "postgresql" else ""
    with connections[using].cursor() as cursor:
        for name in (name for name, of in _standing(using) if of == table):
            cursor.execute(f"DROP TRIGGER {quote(name)}{on}")


def lift_all(using: str = "default") -> None:
    """Take all guards off before tables are remade: SQLite remakes none that the guard of another one reads."""
    for table in {table for _, table in _standing(using)}:
        lift(table, using)


def _standing(using: str) -> list[tuple[str, str]]:
    """Every guard that is in place, and its table."""
    triggers = {
        "postgresql": "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND tgname LIKE %s",
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
    }
    with connections[using].cursor() as cursor:
        cursor.execute(triggers[connections[using].vendor], [f"{PREFIX}%"])
        return [(name, table) for name, table in cursor.fetchall()]


def installed(using: str = "default") -> dict[str, str]:
    """The guards of an SQLite database: name → the statement that makes it."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"])
        return dict(cursor.fetchall())


def _install(using: str, table: str, name: str, event: str, words: str, when: str = "") -> None:
    condition = f"WHEN ({when})" if when else ""
    if connections[using].vendor == "postgresql":
        _install_postgresql(using, table, name, event, words, condition)
    else:
        _install_sqlite(using, table, name, event, words, condition)


def _install_sqlite(using: str, table: str, name: str, event: str, words: str, condition: str) -> None:
    quote = connections[using].ops.quote_name
    with connections[using].cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {quote(name)}")
        cursor.execute(
            f"CREATE TRIGGER {quote(name)} BEFORE {event} ON {quote(table)} FOR EACH ROW {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )


def _install_postgresql(using: str, table: str, name: str, event: str, words: str, condition: str) -> None:
    quote = connections[using].ops.quote_name
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {quote(f'{PREFIX}refuse')}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {quote(name)} BEFORE {event} ON {quote(table)} FOR EACH ROW {condition} "
            f"EXECUTE FUNCTION {quote(f'{PREFIX}refuse')}('{words}')"
        )

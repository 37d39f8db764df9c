"""Guards in the database itself: tables that only grow, and columns that keep what was first written.

Each app declares its own. They are taken off before every migration and installed after it: PostgreSQL changes no
column that a guard names, and SQLite remakes no table that the guard of another one reads. An owner of the database can
take them off; `manage.py verify` says so, and the hash chain of the log shows what was done meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections

PREFIX = "guard_"
_REFUSE = "BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END"


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses an event on the rows of a table, where one of the columns changes or the SQL condition holds.

    Table and columns are named as in the database. The condition is about OLD and NEW.
    """

    table: str
    rule: str
    event: str
    words: str
    columns: tuple[str, ...] = ()
    when: str = ""

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.table}_{self.rule}"

    @property
    def body(self) -> str:
        """What its function does on PostgreSQL. Most share one."""
        return _REFUSE

    def parts(self, using: str) -> dict[str, list[str]]:
        """The triggers that it is made of, by name, with what the database must say of each."""
        if not _is_postgresql(using):
            return {self.name: [self.statements(using)[-1]]}
        columns = [f"new.{column} IS DISTINCT FROM old.{column}" for column in self.columns]
        return {
            self.name: [f"BEFORE {self.event} ON", self.words, self.body, *columns],
            f"{PREFIX}{self.table}_truncate": ["BEFORE TRUNCATE ON", _REFUSE],
        }

    def statements(self, using: str) -> list[str]:
        """What installs it, once more too."""
        return _for_postgresql(using, self) if _is_postgresql(using) else _for_sqlite(using, self)


def append_only(*tables: str) -> tuple[Guard, ...]:
    """Refuse every UPDATE and DELETE on the tables."""
    changed = (Guard(table, "update", "UPDATE", f"rows of {table} are never changed") for table in tables)
    return (*changed, *never_deleted(*tables))


def never_deleted(*tables: str) -> tuple[Guard, ...]:
    """Refuse every DELETE on the tables."""
    return tuple(Guard(table, "delete", "DELETE", f"rows of {table} are never deleted") for table in tables)


def freeze_columns(table: str, *columns: str) -> Guard:
    """Refuse every UPDATE that would change one of the columns."""
    return Guard(table, "frozen", "UPDATE", f"the first columns of {table} are written once", columns)


def freeze_once(table: str, when: str, *columns: str) -> Guard:
    """Refuse every UPDATE of these columns in rows of which the SQL condition on OLD holds."""
    return Guard(table, "ended", "UPDATE", f"what has ended in {table} stays as it is", columns, when)


def never_lower(table: str, column: str) -> Guard:
    """Refuse every UPDATE that would make the column smaller."""
    words = f"{column} of {table} never goes down"
    return Guard(table, "lower", "UPDATE", words, when=f'NEW."{column}" < OLD."{column}"')


def only_from(table: str, column: str, before: str, after: str) -> Guard:
    """Refuse every UPDATE of the column to `after` from anything else than `before`."""
    words = f"{column} of {table} becomes {after} from {before} only"
    when = f"NEW.\"{column}\" = '{after}' AND OLD.\"{column}\" NOT IN ('{before}', '{after}')"
    return Guard(table, f"{column}_{after}", "UPDATE", words, when=when)


_declared: list[Guard] = []


def declare(*guards: Guard) -> None:
    """Say which guards belong in the database. An app does it once, when it is ready."""
    _declared.extend(guards)


def install(app: str, using: str = "default") -> None:
    """Put the declared guards of an app's tables in place, of those that are there by now. Safe to call again."""
    there = {table for table in connections[using].introspection.table_names() if table.startswith(f"{app}_")}
    for guard in _declared:
        if guard.table in there:
            _run(using, guard.statements(using))


def missing(using: str = "default") -> list[str]:
    """The names of declared guards that are not in place, turned off, or made to say something else.

    PostgreSQL writes a condition in its own way, so it is not compared there but for the columns that it names.
    """
    there = {trigger.name: trigger for trigger in installed(using) if trigger.enabled}
    return sorted(
        {
            name
            for guard in _declared
            for name, parts in guard.parts(using).items()
            if name not in there or there[name].table != guard.table or not there[name].says(parts)
        }
    )


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
class Trigger:
    """A guard as the database knows it, the statement that makes it, and on PostgreSQL what its function does."""

    name: str
    table: str
    sql: str
    body: str
    enabled: bool

    def says(self, parts: Iterable[str]) -> bool:
        """Whether all of these are in its statement or its function, however PostgreSQL quotes and casts."""
        text = f"{self.sql}\n{self.body}"
        bare = _DECORATION.sub("", text)
        return all(part in text or part in bare for part in parts)


_DECORATION = re.compile(r'::text|[()"]')
_SQLITE = "SELECT name, tbl_name, sql, '', true FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
_POSTGRESQL = """
SELECT tgname, relname, pg_get_triggerdef(pg_trigger.oid), prosrc, tgenabled IN ('O', 'A')
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND pg_table_is_visible(tgrelid) AND tgname LIKE %s
"""


def installed(using: str = "default") -> list[Trigger]:
    """The guards that are in place."""
    with connections[using].cursor() as cursor:
        cursor.execute(_POSTGRESQL if _is_postgresql(using) else _SQLITE, [f"{PREFIX}%"])
        return [Trigger(*row) for row in cursor.fetchall()]


def _drop(using: str, guards: Iterable[Trigger]) -> None:
    quote, on = connections[using].ops.quote_name, _is_postgresql(using)
    _run(using, [f"DROP TRIGGER {quote(each.name)}{f' ON {quote(each.table)}' * on}" for each in guards])


def _run(using: str, statements: Iterable[str]) -> None:
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _is_postgresql(using: str) -> bool:
    return connections[using].vendor == "postgresql"


def condition(using: str, guard: Guard) -> str:
    """The clause that says for which rows a trigger runs; empty for all."""
    quote, different = connections[using].ops.quote_name, "IS DISTINCT FROM" if _is_postgresql(using) else "IS NOT"
    differs = " OR ".join(f"NEW.{quote(name)} {different} OLD.{quote(name)}" for name in guard.columns)
    every = " AND ".join(f"({each})" for each in (guard.when, differs) if each)
    return f"WHEN ({every})" if every else ""


def _for_sqlite(using: str, guard: Guard) -> list[str]:
    quote = connections[using].ops.quote_name
    name, on, when = quote(guard.name), quote(guard.table), condition(using, guard)
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} BEFORE {guard.event} ON {on} FOR EACH ROW {when} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.words}'); END",
    ]


def _for_postgresql(using: str, guard: Guard) -> list[str]:
    """The guard, and one against TRUNCATE, which fires no trigger of rows."""
    quote = connections[using].ops.quote_name
    refuse, on, when = quote(f"{PREFIX}refuse"), quote(guard.table), condition(using, guard)
    return [
        f"CREATE OR REPLACE FUNCTION {refuse}() RETURNS trigger LANGUAGE plpgsql AS $$ {_REFUSE} $$",
        f"CREATE OR REPLACE TRIGGER {quote(guard.name)} BEFORE {guard.event} ON {on} FOR EACH ROW {when} "
        f"EXECUTE FUNCTION {refuse}('{guard.words}')",
        f"CREATE OR REPLACE TRIGGER {quote(f'{PREFIX}{guard.table}_truncate')} BEFORE TRUNCATE ON {on} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {refuse}('{guard.table} is never emptied')",
    ]

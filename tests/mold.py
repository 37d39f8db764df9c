"""What takes long to make is made once for a whole run and copied: a migrated database, and a portal's starter content.

The first process of a run that needs one makes it while others wait. `tests/settings.py` says where the run keeps it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config import roles
from tests import machine
from tests.assets import factories
from tests.portal import Portal

RUN = os.environ["TEST_SHARED"]
"""The folder that all processes of this run share. Its name begins the names of the run's databases."""
EMPTIED = os.environ.get("TEST_EMPTIED", "") == "1"
"""Whether each process begins without the cast, as after a test that empties the database: `make prove` asks for it."""
NAME = Path(RUN).name.replace("-", "_")


@contextmanager
def once(what: str) -> Iterator[bool]:
    """True for the first process of the run that comes here; the others come in, one by one, when it is done."""
    made = Path(RUN) / f"{what}.made"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not made.exists()
        made.touch()


# The database of a test process


def take_database() -> None:
    """Give this process a migrated database of its own, with the roles and the cast in it."""
    own = str(connection.settings_dict["TEST"]["NAME"])
    cast = f"{NAME}_cast" if machine.on_postgres() else f"{RUN}/cast.sqlite3"
    with once("cast") as is_first:
        if is_first:
            connection.settings_dict["TEST"]["NAME"] = cast
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            roles.create_roles()
            factories.cast()
            connection.settings_dict["TEST"]["NAME"] = own
        connection.close()
        if machine.on_postgres():
            _sql(f'CREATE DATABASE "{own}" TEMPLATE "{cast}"')
        else:
            shutil.copyfile(cast, own)
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = own
    if EMPTIED:
        call_command("flush", interactive=False, verbosity=0)


def lend_database(folder: Path) -> None:
    """Let a run that shares this folder begin with the migrated database of this one; it drops its own in the end."""
    folder.mkdir()
    with once("cast"):
        if machine.on_postgres():
            _sql(f'CREATE DATABASE "{folder.name}_cast" TEMPLATE "{NAME}_cast"')
        else:
            shutil.copyfile(f"{RUN}/cast.sqlite3", folder / "cast.sqlite3")
    (folder / "cast.made").touch()


def drop_databases() -> None:
    """Drop every database of this run on the server, also those of a process that was killed."""
    if machine.on_postgres() and (server := machine.postgres_url()):
        with psycopg.connect(server, autocommit=True) as asked:
            found = asked.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [NAME]).fetchall()
        for (name,) in found:
            _sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


# Portals


class Mold:
    """A prepared portal that nobody runs, to make copies of: folder and database."""

    def __init__(self) -> None:
        self.copies = 0

    def copy(self, folder: Path, *, postgres: bool = False, **environment: str) -> Portal:
        """A portal of its own with the starter content; without `postgres` on SQLite, as `make start` makes one."""
        self.copies += 1
        made = Path(RUN) / ("portal-postgres" if postgres else "portal-sqlite")
        words = made.with_suffix(".txt")
        with once(made.name) as is_first:
            if is_first:
                words.write_text(_prepare(made, postgres=postgres))
            shutil.copytree(made, folder)
            if postgres:
                name = f"{NAME}_{os.getpid()}_{self.copies}"
                _sql(f'CREATE DATABASE "{name}" TEMPLATE "{NAME}_portal"')
                environment |= {"DATABASE_URL": _address(name)}
        return Portal(folder, said_before=words.read_text(), **environment)


def _prepare(folder: Path, *, postgres: bool) -> str:
    """Make the portal to copy from; returns what it said, with the passwords in it."""
    if not postgres:
        return Portal(folder).prepare()
    _sql(f'CREATE DATABASE "{NAME}_portal"')
    return Portal(folder, DATABASE_URL=_address(f"{NAME}_portal")).prepare()


def _address(name: str) -> str:
    return urlunsplit(urlsplit(machine.postgres_url() or "")._replace(path=f"/{name}"))


def _sql(statement: str) -> None:
    with psycopg.connect(machine.postgres_url() or "", autocommit=True) as server:
        server.execute(statement.encode())

"""A portal that is made once and copied for each test, and the doubles its providers point at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests import machine
from tests.faults.gates import GatedBFL, GatedOpenAI
from tests.faults.scene import Scene
from tests.portal import Portal

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process for all: two workers that are killed side by side would only starve each other."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("faults"))


class Mold:
    """A portal with its starter content, to make copies of: folder and database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.copies = 0
        self.server = machine.postgres_url() if os.environ.get("TEST_DATABASE") == "postgres" else None
        self.name = f"imprimatur_faults_{os.getpid()}"

    def make(self) -> None:
        self._sql(f'CREATE DATABASE "{self.name}"')
        Portal(self.folder, **self._address(self.name)).prepare()

    def copy(self, folder: Path, **environment: str) -> Portal:
        """A portal of its own with the same content."""
        self.copies += 1
        name = f"{self.name}_{self.copies}"
        shutil.copytree(self.folder, folder)
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"')
        return Portal(folder, **self._address(name), **environment)

    def destroy(self) -> None:
        for name in [self.name, *(f"{self.name}_{number}" for number in range(1, self.copies + 1))]:
            self._sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _address(self, name: str) -> dict[str, str]:
        if self.server is None:
            return {}
        return {"DATABASE_URL": urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))}

    def _sql(self, statement: str) -> None:
        if self.server is not None:
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(statement.encode())


@pytest.fixture(scope="session")
def mold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mold]:
    """A prepared portal that nobody runs."""
    mold = Mold(tmp_path_factory.mktemp("mold") / "var")
    try:
        mold.make()
        yield mold
    finally:
        mold.destroy()


MakeScene = Callable[..., Scene]


@pytest.fixture(scope="module")
def make_scene(mold: Mold, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeScene]:
    """Makes scenes with a portal and stand-ins of their own; environment variables of the portal by keyword."""
    with ExitStack() as stack:

        def make(**environment: str) -> Scene:
            openai, bfl = stack.enter_context(GatedOpenAI(seconds=0.4)), stack.enter_context(GatedBFL())
            points = {
                "OPENAI_API_KEY": "sk-standin",
                "OPENAI_BASE_URL": f"{openai.url}/v1",
                "BFL_API_KEY": "bfl-standin",
                "BFL_BASE_URL": bfl.url,
            }
            folder = tmp_path_factory.mktemp("portal") / "var"
            portal = stack.enter_context(mold.copy(folder, **points, **environment))
            return Scene(portal, openai, bfl)

        yield make


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Scene:
    """One portal for all tests of a module: each starts jobs of its own."""
    return make_scene()

"""Portals that are copies of one, and the doubles their providers point at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests import machine
from tests.faults.gates import GatedBFL, GatedOpenAI
from tests.faults.scene import Scene
from tests.mold import Mold

MakeScene = Callable[..., Scene]


@pytest.fixture(scope="module")
def make_scene(mold: Mold, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeScene]:
    """Makes scenes with a portal and stand-ins of their own; environment variables of the portal by keyword."""
    with ExitStack() as stack:

        def make(**environment: str) -> Scene:
            openai, bfl = stack.enter_context(GatedOpenAI(seconds=0.4)), stack.enter_context(GatedBFL(seconds=1.0))
            points = {
                "OPENAI_API_KEY": "sk-standin",
                "OPENAI_BASE_URL": f"{openai.url}/v1",
                "BFL_API_KEY": "bfl-standin",
                "BFL_BASE_URL": bfl.url,
            }
            folder = tmp_path_factory.mktemp("portal") / "var"
            portal = mold.copy(folder, postgres=machine.on_postgres(), **points, **environment)
            stack.enter_context(portal)
            return Scene(portal, openai, bfl)

        yield make


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Scene:
    """One portal for all tests of a module: each starts jobs of its own."""
    return make_scene()

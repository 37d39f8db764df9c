"""The README beside the adapters: its table is today's, and its tutorial ends in an adapter that works."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from generation.providers.base import Finished, ImageSpec, ModelSpec, Money
from generation.providers.directory import adapters
from generation.providers.egress.http import Client
from generation.providers.errors import Refused
from generation.providers.http import HTTPProvider
from generation.providers.matrix import DOCUMENTS, README
from generation.providers.prices import PerPicture
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, Answering, always, client

FACTS = ModelSpec("lumen-1", "Lumen", price=PerPicture({"*": Money.of("0.04")}))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_is_written_from_the_declarations_is_todays(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert DOCUMENTS[path](text) == text, "Run: python -m generation.providers.matrix"


def test_every_adapter_has_a_key_of_its_own() -> None:
    keys = [kind.key for kind in adapters()]
    assert len(keys) == len(set(keys))
    assert {"sketch", "openai", "bfl", "midjourney", "chatgpt"} <= set(keys)


@pytest.fixture
def tutorial(monkeypatch: pytest.MonkeyPatch) -> type[HTTPProvider]:
    """The adapter that the README builds, taken from the README."""
    found = re.search(r"```python\n(\"\"\"Lumen.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    module = ModuleType("lumen_from_readme")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(found.group(1), module.__dict__)  # noqa: S102 - our own README
    kind: type[HTTPProvider] = module.Lumen
    return kind


def lumen(kind: type[HTTPProvider], answering: Answering) -> HTTPProvider:
    using: Client = client(answering)
    return kind({"api_key": CANARY}, using)


def test_the_tutorials_adapter_makes_a_picture(tutorial: type[HTTPProvider]) -> None:
    answer = {"id": "p1", "image": base64.b64encode(PNG).decode(), "seed": 7}
    result = lumen(tutorial, always(200, answer)).start(ImageSpec("A house", FACTS), attempt=ATTEMPT)
    assert isinstance(result, Finished)
    assert result.pictures[0].data == PNG
    assert result.cost == Money.of("0.04")


def test_the_tutorials_adapter_tells_a_refusal(tutorial: type[HTTPProvider]) -> None:
    with pytest.raises(Refused):
        lumen(tutorial, always(422, {"reason": "policy"})).start(ImageSpec("A house", FACTS), attempt=ATTEMPT)

"""The README beside the adapters: what is written in it is today's, and whoever follows its tutorial gets there."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from generation.providers.base import ImageSpec, Provider
from generation.providers.directory import adapters
from generation.providers.matrix import DOCUMENTS, README, ROOT
from tests import mold
from tests.generation.providers import test_openai

BLOCK = re.compile(r"^```(?:python|toml)\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COPIED = ("approvals", "assets", "config", "core", "generation", "templates", "tests")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_is_written_from_the_declarations_is_todays(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert DOCUMENTS[path](text) == text, "Run: python -m generation.providers.matrix"


def test_every_adapter_has_a_key_of_its_own() -> None:
    keys = [kind.key for kind in adapters()]
    assert len(keys) == len(set(keys))
    assert {"sketch", "openai", "bfl", "midjourney", "chatgpt"} <= set(keys)


@pytest.mark.parametrize(
    "words",
    [
        f"`verify_callback{inspect.signature(Provider.verify_callback)}`".replace("'", ""),
        "`max_n`",
        "`max_references`",
        "`manage.py load_terms FILE`",
        "`make check`",
        "-m pytest tests/generation/providers",
    ],
)
def test_nothing_has_to_be_looked_up_elsewhere(words: str) -> None:
    assert words in README.read_text(encoding="utf-8")


def test_whoever_forgets_a_fact_of_the_row_is_told_which() -> None:
    class Forgetful(test_openai.TestContract):
        @property
        def spec(self) -> ImageSpec:
            spec = super().spec
            return replace(spec, model=replace(spec.model, max_references=0))

    with pytest.raises(AssertionError, match="max_references"):
        Forgetful().test_it_names_exactly_the_options_it_cannot_carry("references")


@pytest.fixture
def followed(tmp_path: Path, django_db_setup: None) -> Path:
    """A copy of the repository in which somebody did what the tutorial says, from its text alone."""
    for name in COPIED:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "manage.py", ".env.example", "compose.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    blocks = BLOCK.findall(README.read_text(encoding="utf-8"))
    for place, content in blocks:
        with (tmp_path / place).open("a", encoding="utf-8") as file:
            file.write(f"\n{content}" if place.endswith(".toml") else content)
    assert len({place for place, _ in blocks}) == 8
    mold.lend_database(tmp_path / f"{mold.NAME}_lent")
    run(tmp_path, "-m", "generation.providers.matrix")
    return tmp_path


def run(where: Path, *arguments: str) -> str:
    """What Python says there; fails with it."""
    told = {**os.environ, "PYTHONPATH": str(where), "TEST_SHARED": str(where / f"{mold.NAME}_lent")}
    told = {name: value for name, value in told.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=where, env=told, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-2000:]}"
    return done.stdout


def test_whoever_follows_the_tutorial_has_two_adapters_that_pass_the_suite(followed: Path) -> None:
    folder = "tests/generation/providers"
    said = run(followed, "-m", "pytest", "-q", "-p", "no:randomly", "-k", "lumen or prism or todays", folder)
    assert int(re.findall(r"(\d+) passed", said)[-1]) > 60
    table = (followed / "generation/providers/README.md").read_text(encoding="utf-8")
    assert "| Prism | `prism` | yes |" in table
    assert "#LUMEN_API_KEY=\n" in (followed / ".env.example").read_text(encoding="utf-8")
    assert "    PRISM_API_KEY: ${PRISM_API_KEY:-}\n" in (followed / "compose.yaml").read_text(encoding="utf-8")

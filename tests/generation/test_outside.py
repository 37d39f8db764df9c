"""Adapters from outside the portal: named in the environment, checked at every start, and used like any other."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from pytest_django import Settings

from config.adapters import further
from core.models import User
from generation.catalogue import checks
from generation.jobs import execution
from generation.models import GenerationModel, JobState
from generation.providers.directory import adapters
from tests.generation import factories

LUMEN = "tests.generation.outside.Lumen"
CANARY = "canary-5f1e9c7b3a"
MODELS = """
[[models]]
provider = "lumen"
model_id = "lumen-1"
name = "Lumen"
terms_key = "lumen"
sizes = { target_pixels = 6144 }
price = { kind = "per_picture", amounts = { "*" = "0.04" } }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The options of adapters from outside, their keys included."""
    path = tmp_path / "adapters.toml"
    path.write_text(f'[lumen]\napi_key = "{CANARY}"\nsteps = 30\n', encoding="utf-8")
    return path


def problems(settings: Settings, key: str, adapter: str, options: dict[str, str] | None = None) -> list[str]:
    """What the system check says of one adapter."""
    settings.IMAGE_PROVIDERS = {key: {"adapter": adapter, "options": options or {}}}
    return [str(error.msg) for error in checks.providers_can_be_made(None)]


def start(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "VAR_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, *command], env=clean | environment, capture_output=True, text=True, timeout=60, check=False
    )


# What is named


def test_a_named_adapter_gets_its_options_from_the_file(file: Path) -> None:
    named = further([f"lumen={LUMEN}"], str(file), ())
    assert named == {"lumen": {"adapter": LUMEN, "options": {"api_key": CANARY, "steps": "30"}}}


def test_no_file_means_no_options() -> None:
    assert further([f"lumen={LUMEN}"], "", ()) == {"lumen": {"adapter": LUMEN, "options": {}}}


@pytest.mark.parametrize("name", ["lumen", "lumen=", "=acme.Lumen", "lumen=Lumen", "Lu men=acme.Lumen", "l=acme..L"])
def test_a_name_that_cannot_be_read_stops_the_start(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"key=package\.module\.Class"):
        further([name], "", ())


@pytest.mark.parametrize(("names", "taken"), [(["openai=a.B"], {"openai"}), (["lumen=a.B", "lumen=a.C"], ())])
def test_a_key_that_is_taken_stops_the_start(names: list[str], taken: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="there already"):
        further(names, "", taken)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'[lumen]\napi_key = "{CANARY}', "is not TOML"),
        (f'[lumen]\napi_key = ["{CANARY}"]', r"list or table as lumen\.api_key"),
        (f'lumen = "{CANARY}"', "outside any table"),
        (f'[other]\napi_key = "{CANARY}"', "does not name"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_start_and_shows_no_key(file: Path, text: str, words: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=words) as stopped:
        further([f"lumen={LUMEN}"], str(file), ())
    assert CANARY not in str(stopped.value)


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        further([f"lumen={LUMEN}"], str(tmp_path / "none.toml"), ())


# What the system check says


def test_the_portals_own_adapters_and_a_good_one_pass(settings: Settings) -> None:
    own = {kind.key: {"adapter": f"{kind.__module__}.{kind.__qualname__}", "options": {}} for kind in adapters()}
    settings.IMAGE_PROVIDERS = {**own, "lumen": {"adapter": LUMEN, "options": {"api_key": CANARY}}}
    needing = [error for error in checks.providers_can_be_made(None) if "Missing" not in str(error.msg)]
    assert needing == []


@pytest.mark.parametrize(
    ("key", "adapter", "words"),
    [
        ("lumen", "acme.nowhere.Lumen", "cannot be imported (ModuleNotFoundError)"),
        ("lumen", "tests.generation.outside.Nobody", "cannot be imported (ImportError)"),
        ("lumen", "tests.generation.outside.Plain", "is no generation.providers.base.Provider"),
        ("unfinished", "tests.generation.outside.Unfinished", "lacks check, start"),
        ("nameless", "tests.generation.outside.Nameless", "has the key “lumen”"),
        ("other", LUMEN, "has the key “lumen”"),
    ],
)
def test_what_is_no_adapter_is_told_in_clear_words(settings: Settings, key: str, adapter: str, words: str) -> None:
    (said,) = problems(settings, key, adapter)
    assert said.startswith(f"The provider “{key}” cannot be used: ")
    assert words in said


@pytest.mark.parametrize(
    ("options", "words"), [({"key": CANARY}, "Unknown lumen options: key"), ({"steps": CANARY}, "steps must be int.")]
)
def test_wrong_options_are_named_and_their_values_are_not(
    settings: Settings, options: dict[str, str], words: str
) -> None:
    (said,) = problems(settings, "lumen", LUMEN, options)
    assert words in said
    assert CANARY not in said


def test_a_start_with_a_bad_adapter_says_so_and_shows_no_key(tmp_path: Path, file: Path) -> None:
    named = {"IMAGE_PROVIDERS": "lumen=tests.generation.outside.Plain", "IMAGE_PROVIDERS_FILE": str(file)}
    done = start(tmp_path, "manage.py", "check", **named)
    assert done.returncode == 1
    assert "(generation.E001) The provider “lumen” cannot be used" in done.stderr
    assert CANARY not in done.stderr + done.stdout


# In use


@pytest.mark.django_db
def test_a_good_one_shows_that_it_answers(settings: Settings, file: Path) -> None:
    settings.IMAGE_PROVIDERS = further([f"lumen={LUMEN}"], str(file), ())
    said, wrong = StringIO(), StringIO()
    call_command("providers", test=True, stdout=said, stderr=wrong)
    assert "Lumen (lumen)\n  Answers, with 30 steps." in said.getvalue()
    assert CANARY not in said.getvalue() + wrong.getvalue()


def test_its_models_come_from_a_file_and_its_pictures_like_any_other(
    settings: Settings, ada: User, tmp_path: Path, file: Path
) -> None:
    settings.IMAGE_PROVIDERS = further([f"lumen={LUMEN}"], str(file), ())
    models = tmp_path / "models.toml"
    models.write_text(MODELS, encoding="utf-8")
    call_command("load_models", models, stdout=StringIO())
    job = factories.started(ada, GenerationModel.objects.get(provider="lumen")).jobs.get()
    execution.send(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), job.settled_micros) == (JobState.DONE, 1, 40_000)

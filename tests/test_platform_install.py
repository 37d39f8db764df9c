"""Setting up: done once, done again when the lock changes, and honest when it cannot be done."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "requirements" / "install.py"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, as if in a project of its own whose environment is already made."""
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("run", "dev"):
        (tmp_path / f"{name}.txt").write_text(f"{name}==1\n")
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path)
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(module, "STAMP", tmp_path / "installed")
    monkeypatch.setattr(module, "install_with_uv", lambda name: True)
    return module


def test_what_is_installed_is_not_installed_again(install: ModuleType) -> None:
    assert not install.is_installed("run")
    install.main("run")
    assert install.is_installed("run")
    assert not install.is_installed("dev")


def test_what_the_checks_need_holds_what_the_portal_needs(install: ModuleType) -> None:
    install.main("dev")
    assert install.is_installed("run")


def test_a_changed_lock_is_installed_anew(install: ModuleType, tmp_path: Path) -> None:
    install.main("run")
    (tmp_path / "run.txt").write_text("run==2\n")
    assert not install.is_installed("run")


def test_an_environment_that_moved_is_installed_anew(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    install.main("run")
    monkeypatch.setattr(install, "VENV", Path("/somewhere/else"))
    assert not install.is_installed("run")


def test_pip_does_it_when_uv_cannot(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "install_with_uv", lambda name: False)
    monkeypatch.setattr(install, "install_with_pip", lambda name: True)
    install.main("run")
    assert install.is_installed("run")


def test_when_neither_can_it_says_what_to_do_and_remembers_nothing(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "install_with_uv", lambda name: False)
    monkeypatch.setattr(install, "install_with_pip", lambda name: False)
    with pytest.raises(SystemExit, match="Check the network"):
        install.main("run")
    assert not install.is_installed("run")


def test_a_python_without_venv_is_told_what_is_missing(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(install, "VENV", tmp_path / "new")
    monkeypatch.setattr(install, "runs", lambda command, **_: False)
    with pytest.raises(SystemExit, match=r"python3\.\d+-venv"):
        install.make_environment()
    assert not (tmp_path / "new").exists()

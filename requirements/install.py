"""Make the environment, `.venv`, with nothing but the standard library: `python3.11 requirements/install.py run|dev`.

`run` is what the portal needs, `dev` adds the checks. Every file is held to the hash in the lock beside this script.
A stamp remembers what was installed, so the next start skips all of it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE.parent / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed"

NO_VENV = """This Python cannot make a virtual environment: its `venv` or `ensurepip` module is missing.
Nothing was changed. Debian and Ubuntu call it python{major}.{minor}-venv: install that, then run this again."""

NO_PACKAGES = """The packages in requirements/{name}.txt could not be installed; the lines above say why.
Nothing outside .venv was touched. Check the network, or the index pip is set to use, and run the same command again."""


def main(name: str) -> None:
    if is_installed(name):
        return
    print(f"Installing requirements/{name}.txt into .venv (once)", flush=True)
    make_environment()
    if not install_with_uv(name):
        print("uv could not do it. Trying with pip, which takes a minute longer.", flush=True)
        if not install_with_pip(name):
            sys.exit(NO_PACKAGES.format(name=name))
    STAMP.write_text(stamp(name))


def is_installed(name: str) -> bool:
    """Whether `.venv` already holds this lock. `dev` holds everything that `run` does."""
    found = STAMP.read_text() if STAMP.is_file() else ""
    return found in (stamp(name), stamp("dev")) and runs([str(PYTHON), "-c", ""])


def stamp(name: str) -> str:
    """What was installed, and where: an environment that was copied elsewhere is not the same one."""
    digest = hashlib.sha256((HERE / f"{name}.txt").read_bytes()).hexdigest()
    return f"{name} {digest} {VENV}\n"


def make_environment() -> None:
    STAMP.unlink(missing_ok=True)
    if VENV.exists() and not runs([str(PYTHON), "-m", "pip", "--version"]):
        shutil.rmtree(VENV)
    if not VENV.exists() and not runs([sys.executable, "-m", "venv", str(VENV)]):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(NO_VENV.format(major=sys.version_info.major, minor=sys.version_info.minor))


def install_with_uv(name: str) -> bool:
    """uv is some ten times faster than pip. Where it cannot be had, pip reads the same lock."""
    uv = [str(PYTHON), "-m", "uv"]
    has_uv = runs([*uv, "--version"]) or install_with_pip("uv")
    # The machine's own certificates, as pip uses them: a company's proxy is known there and nowhere else.
    install = [*uv, "pip", "install", "--quiet", "--system-certs", "--require-hashes", "--python", str(PYTHON)]
    # Else every worker of the first run of the tests compiles the same thousand modules.
    install += ["--compile-bytecode"] if name == "dev" else []
    return has_uv and runs([*install, *lock(name)], loud=True)


def install_with_pip(name: str) -> bool:
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    return runs([*pip, "install", "--quiet", "--require-hashes", *lock(name)], loud=True)


def lock(name: str) -> list[str]:
    return ["-r", str(HERE / f"{name}.txt")]


def runs(command: list[str], *, loud: bool = False) -> bool:
    """Run it; say whether it ended well. Its own words are shown only when `loud`."""
    out = None if loud else subprocess.DEVNULL
    try:
        return subprocess.run(command, stdout=out, stderr=out, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["dev"]):
        sys.exit("usage: python3.11 requirements/install.py run|dev")
    if sys.version_info < (3, 11):  # noqa: UP036 - the script is what tells an older Python so
        sys.exit(f"Imprimatur needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    main(sys.argv[1])

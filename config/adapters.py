"""Which adapters are set up: ours by the variables that each declares, others by name.

Those from outside the portal are named in the environment, their options in a TOML file of their owner's:

    IMAGE_PROVIDERS=lumen=acme.lumen.Lumen            [lumen]
    IMAGE_PROVIDERS_FILE=/etc/imprimatur/own.toml     api_key = "…"

What can be known without importing them stops the start here; `generation.catalogue.checks` looks at the rest.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from config import environment as env
from generation.providers.base import Provider
from generation.providers.directory import adapters, needs_of
from generation.providers.options import Setting, settings_of

NAMES, FILE = "IMAGE_PROVIDERS", "IMAGE_PROVIDERS_FILE"
HOW = "Write key=package.module.Class, several separated by commas"
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
ADAPTER = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


def delivered() -> dict[str, dict[str, Any]]:
    """Entries for IMAGE_PROVIDERS: the portal's own adapters that need nothing, or whose variables are set."""
    return {kind.key: _entry(kind) for kind in adapters() if all(map(_is_set, needs_of(kind)))}


def _entry(kind: type[Provider]) -> dict[str, Any]:
    options = {declared.name: _read(declared) for declared in settings_of(kind.Options) if _is_set(declared)}
    return {"adapter": f"{kind.__module__}.{kind.__qualname__}", "options": options}


def _is_set(declared: Setting) -> bool:
    if declared.is_flag:
        return env.flag(declared.variable)
    return bool(env.secret(declared.variable) if declared.is_secret else env.text(declared.variable))


def _read(declared: Setting) -> str:
    """What the environment holds, as the text that adapters read their options from."""
    name = declared.variable
    if declared.is_flag:
        return str(env.flag(name)).lower()
    if declared.is_secret:
        return env.secret(name)
    if declared.choices:
        return env.one_of(name, *declared.choices)
    if declared.reading == "address":
        return env.web_address(name, declared.example or str(declared.default))
    return " ".join(env.words(name)) if declared.reading == "list" else env.text(name)


def further(names: Iterable[str], path: str, taken: Collection[str]) -> dict[str, dict[str, Any]]:
    """Entries for IMAGE_PROVIDERS. Raises ImproperlyConfigured; no option's value is ever in its words."""
    found: dict[str, dict[str, Any]] = {}
    options = _options(path)
    for name in names:
        key, _, adapter = (part.strip() for part in name.partition("="))
        if not KEY.fullmatch(key) or not ADAPTER.fullmatch(adapter):
            raise env.wrong(NAMES, f"has “{name}”", HOW)
        if key in taken or key in found:
            raise env.wrong(NAMES, f"names “{key}”, which is there already", "Give the adapter a key of its own")
        found[key] = {"adapter": adapter, "options": options.pop(key, {})}
    if options:
        raise env.wrong(
            FILE, f"has options for “{min(options)}”, which {NAMES} does not name", "Name it, or remove them"
        )
    return found


def _options(path: str) -> dict[str, dict[str, str]]:
    tables = _tables(path) if path else {}
    return {key: _texts(key, table) for key, table in tables.items()}


def _tables(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise env.wrong(FILE, f"is {path}, which cannot be read ({error.strerror})", "Name a readable file") from None
    except ValueError as error:
        where = str(error).rpartition(" (at ")[2].rstrip(")") if " (at " in str(error) else "somewhere"
        raise env.wrong(FILE, f"is {path}, which is not TOML (at {where})", "Correct it there") from None


def _texts(key: str, table: Any) -> dict[str, str]:
    """Options as text, which is what adapters read them from."""
    if not isinstance(table, dict):
        raise env.wrong(FILE, f"has “{key}” outside any table", "Begin the options of each adapter with [its key]")
    for name, value in table.items():
        if not isinstance(value, str | int | float | bool):
            raise env.wrong(FILE, f"has a list or table as {key}.{name}", "Use text, a number, true or false")
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in table.items()}

"""Settings as small frozen dataclasses: text in, typed values out, unknown keys refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Options = TypeVar("Options", bound="DataclassInstance")


class OptionError(ValueError):
    """A setting that cannot be used; its words name the setting and what would be right."""


class Secret:
    """A key that shows itself only to whoever calls `reveal()`: never in repr, str or a traceback."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value.strip()

    def reveal(self) -> str:
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __repr__(self) -> str:
        return "Secret(set)" if self._value else "Secret(empty)"


NO_KEY = Secret()


def closed(kind: type[Options], values: Mapping[str, Any], *, where: str = "options") -> Options:
    """An instance of the dataclass `kind` from text values; raises OptionError for what it does not know."""
    known = {field.name: field for field in fields(kind)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        allowed = ", ".join(sorted(known)) or "none"
        raise OptionError(f"Unknown {where}: {', '.join(unknown)}. Allowed: {allowed}.")
    missing = [name for name, field in known.items() if name not in values and _required(field)]
    if missing:
        raise OptionError(f"Missing {where}: {', '.join(missing)}.")
    hints = get_type_hints(kind)
    return kind(**{name: _converted(hints[name], value, f"{where}.{name}") for name, value in values.items()})


def secrets_in(options: DataclassInstance) -> tuple[str, ...]:
    """The keys that an options object holds, longest first, for taking them out of stored text."""
    values = (getattr(options, field.name) for field in fields(options))
    found = {value.reveal() for value in values if isinstance(value, Secret) and value}
    return tuple(sorted(found, key=len, reverse=True))


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _converted(hint: Any, value: Any, name: str) -> Any:
    if get_origin(hint) is Literal:
        return _chosen(get_args(hint), value, name)
    if hint is Secret:
        return value if isinstance(value, Secret) else Secret(str(value))
    if hint is bool:
        return _truth(value, name)
    try:
        return hint(value)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{name} must be {hint.__name__}, not {str(value)[:40]!r}.") from error


def _chosen(choices: tuple[Any, ...], value: Any, name: str) -> Any:
    for choice in choices:
        if str(choice) == str(value):
            return choice
    raise OptionError(f"{name} must be one of {', '.join(map(str, choices))}, not {str(value)[:40]!r}.")


def _truth(value: Any, name: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    found = words.get(str(value).lower())
    if found is None:
        raise OptionError(f"{name} must be yes or no, not {str(value)[:40]!r}.")
    return found

"""Settings as small frozen dataclasses: text in, typed values out, unknown keys refused.

`setting` declares an option of an adapter once, with the environment variable that holds it. Settings, Settings page,
`.env.example`, `compose.yaml` and tests all read it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from types import UnionType
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

Reading = Literal["text", "address", "list"]
"""How a variable is read: as it is, as a web address, or as words separated by commas."""


@dataclass(frozen=True)
class Setting:
    """One option of an adapter as the environment holds it; `needed` ones switch the adapter on together."""

    name: str
    variable: str
    help: str
    example: str
    needed: bool
    reading: Reading
    type: Any
    default: Any
    """MISSING where there is none."""

    @property
    def is_secret(self) -> bool:
        """Whether it is a key, which may also be in a file that the variable with _FILE names."""
        return self.type is Secret

    @property
    def is_flag(self) -> bool:
        return self.type is bool

    @property
    def choices(self) -> tuple[str, ...]:
        """The only values there are; empty where anything goes."""
        return tuple(map(str, get_args(self.type))) if get_origin(self.type) is Literal else ()


def setting(
    variable: str,
    default: Any = MISSING,
    *,
    help: str = "",
    example: str = "",
    needed: bool = False,
    reading: Reading = "text",
) -> Any:
    """An option that the environment variable holds. `help` is a sentence for whoever sets the portal up.

    Without a default the option is needed to make the adapter, and so the variable is to switch it on.
    """
    declared = {"variable": variable, "help": help, "example": example, "reading": reading}
    return field(default=default, metadata={"setting": {**declared, "needed": needed or default is MISSING}})


def further_hosts(variable: str) -> Any:
    """Hosts of pictures besides those we know: links die within minutes, so a vendor's new one waits for no release."""
    words = "Further hosts from which its finished pictures may be fetched, separated by commas."
    return setting(variable, "", help=words, reading="list")


def settings_of(kind: type[DataclassInstance]) -> tuple[Setting, ...]:
    """The options of a kind that the environment holds, in the order of their declaration."""
    hints = get_type_hints(kind)
    declared = [each for each in fields(kind) if "setting" in each.metadata]
    return tuple(
        Setting(name=each.name, type=hints[each.name], default=each.default, **each.metadata["setting"])
        for each in declared
    )


def closed(kind: type[Options], values: Mapping[str, Any], *, where: str = "options") -> Options:
    """An instance of the dataclass `kind` from text values; raises OptionError for what it does not know."""
    known = {field.name: field for field in fields(kind)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        allowed = ", ".join(sorted(known)) or "none"
        raise OptionError(f"Unknown {where}: {', '.join(unknown)}. Allowed: {allowed}.")
    missing = [name for name, field in known.items() if name not in values and is_required(field)]
    if missing:
        raise OptionError(f"Missing {where}: {', '.join(missing)}.")
    hints = get_type_hints(kind)
    return kind(**{name: _converted(hints[name], value, f"{where}.{name}") for name, value in values.items()})


def secrets_in(options: DataclassInstance) -> tuple[str, ...]:
    """The keys that an options object holds, longest first, for taking them out of stored text."""
    values = (getattr(options, field.name) for field in fields(options))
    found = {value.reveal() for value in values if isinstance(value, Secret) and value}
    return tuple(sorted(found, key=len, reverse=True))


def is_required(field: Field[Any]) -> bool:
    """Whether a value must be given."""
    return field.default is MISSING and field.default_factory is MISSING


def _converted(hint: Any, value: Any, name: str) -> Any:
    if get_origin(hint) is UnionType:  # a type or None, which text says by being empty
        (hint,) = (each for each in get_args(hint) if each is not type(None))
        return None if value in ("", None) else _converted(hint, value, name)
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

"""Photographs that a template asks for: one to change, and some that are only looked at. Pure, no database.

[{"role": "room", "label": "Room to stage"}, {"role": "style", "label": "Style reference", "required": false}]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from generation.prompt_templates.prompts import BadTemplate

MOST = 4
"""Photographs of one template."""
LONGEST = {"label": 80, "help": 200}


class PhotographRole(StrEnum):
    """What a photograph is for."""

    ROOM = "room"
    FACADE = "facade"
    STYLE = "style"


CHANGED = (PhotographRole.ROOM, PhotographRole.FACADE)
"""Roles of photographs that the result shows, changed. Others lend their style and nothing else."""
ROLE_WORDS: Mapping[PhotographRole, str] = {
    PhotographRole.ROOM: "Room to change",
    PhotographRole.FACADE: "Façade to change",
    PhotographRole.STYLE: "Style reference, only looked at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """One photograph that a template asks for."""

    role: PhotographRole
    label: str
    help: str = ""
    required: bool = True
    slot: str = ""
    """Its name among those of its template: `room`, `style`, and `style_2` for a second one. Given by `parse`."""

    @property
    def is_changed(self) -> bool:
        """Whether the result is this photograph, changed."""
        return self.role in CHANGED

    @property
    def role_words(self) -> str:
        return ROLE_WORDS[self.role]


_TYPES: Mapping[str, tuple[type, ...]] = {
    "role": (str, PhotographRole),
    "label": (str,),
    "help": (str,),
    "required": (bool,),
}
"""What each part of a photograph may be in JSON or TOML."""


def parse(rows: Iterable[Mapping[str, Any]]) -> tuple[Photograph, ...]:
    """The photographs of a revision from their JSON. Raises BadTemplate."""
    given = list(rows)
    if len(given) > MOST:
        raise BadTemplate(f"A template asks for at most {MOST} photographs. This one asks for {len(given)}.")
    checked = [_checked(row) for row in given]
    changed = [row["label"] for row in checked if row["role"] in CHANGED]
    if len(changed) > 1:
        raise BadTemplate(f"Only one photograph can be changed. Make “{changed[1]}” a style reference, or remove it.")
    if changed and changed[0] != checked[0]["label"]:
        raise BadTemplate(f"Move “{changed[0]}” to the top: the photograph that is changed comes first.")
    roles = [row["role"] for row in checked]
    return tuple(Photograph(**row, slot=_slot(roles[: number + 1])) for number, row in enumerate(checked))


def as_rows(photographs: Iterable[Photograph]) -> list[dict[str, Any]]:
    """The JSON of photographs, as `parse` reads it."""
    return [{name: getattr(each, name) for name in _TYPES} | {"role": each.role.value} for each in photographs]


def as_sparse_rows(photographs: Iterable[Photograph]) -> list[dict[str, Any]]:
    """The same, without what every photograph has anyway: for files that people read."""
    usual = {"help": "", "required": True}
    return [
        {name: value for name, value in row.items() if name not in usual or value != usual[name]}
        for row in as_rows(photographs)
    ]


def in_words(photographs: Iterable[Photograph]) -> str:
    """One line for each, as a comparison of revisions shows them."""
    return "\n".join(
        f"{each.label} ({each.role_words.lower()}, {'required' if each.required else 'optional'})"
        + (f": {each.help}" if each.help else "")
        for each in photographs
    )


def is_looked_at(slot: str) -> bool:
    """Whether the photograph of this slot only lends its style."""
    return slot.partition("_")[0] == PhotographRole.STYLE


def _slot(roles: Sequence[PhotographRole]) -> str:
    """The name of the last of these, which is numbered where its role came before."""
    times = roles.count(roles[-1])
    return roles[-1].value if times == 1 else f"{roles[-1]}_{times}"


def _checked(row: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise BadTemplate(f"A photograph is a table of names and values, not “{row}”.")
    if missing := [key for key in ("role", "label") if not row.get(key)]:
        raise BadTemplate(f"A photograph lacks its {missing[0]}.")
    if strange := sorted(set(map(str, row)) - set(_TYPES)):
        raise BadTemplate(f"The photograph “{row['label']}” has “{strange[0]}”, which means nothing here.")
    if wrong := [key for key, value in row.items() if type(value) not in _TYPES[key]]:
        found = row[wrong[0]]
        raise BadTemplate(f"The photograph “{row['label']}” says {found!r} for its “{wrong[0]}”, which does not fit.")
    if row["role"] not in list(PhotographRole):
        raise BadTemplate(f"The photograph “{row['label']}” is for nothing known: {', '.join(PhotographRole)}.")
    if long := [key for key, most in LONGEST.items() if len(row.get(key, "")) > most]:
        most = LONGEST[long[0]]
        raise BadTemplate(f"The photograph “{row['label'][:40]}” has a {long[0]} longer than {most} characters.")
    return {**row, "role": PhotographRole(row["role"])}

"""What somebody saw when they began to type: a form over a row that others change carries it, and a stale one waits.

The form is a `SeenForm` whose `initial` is what the row holds now, and its template says `{% seen form %}`. When it is
sent, every field that somebody else has changed meanwhile is shown as it was, as it is and as it was typed, with the
choice between the two; until that is answered nothing is written. The view locks the row with `held`, reads it, and
saves what the form says before it lets go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that somebody else changed after the form was opened, in words."""

    name: str
    """Of the choice in the page: `mine` or `theirs`."""
    label: str
    before: str
    theirs: str
    yours: str
    keeps: str
    """What is chosen until somebody chooses: what was typed, where something was."""


@dataclass(frozen=True, slots=True)
class Extra:
    """What a form is about besides its own fields, such as a list of rows: as it is stored, and as it was typed."""

    label: str
    stored: str
    typed: str


class SeenForm(forms.Form):
    """A form over a row that somebody else may change while it is filled in."""

    stored: Mapping[str, Any] = {}
    """What the row holds, where the form starts from something else."""
    extras: Mapping[str, Extra] = {}
    carried: str = ""
    """What was seen at first, where the form comes back before it is saved, as with one more row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[Difference] = []

    @property
    def seen_name(self) -> str:
        """Of the hidden field."""
        return self.add_prefix("seen")

    @property
    def seen(self) -> str:
        """What the hidden field holds: all that the row holds now."""
        return self.carried or json.dumps(self._now(), ensure_ascii=False)

    def takes_theirs(self, name: str) -> bool:
        """Whether somebody chose to leave a field as somebody else made it."""
        return self.is_bound and self.data.get(self._choice(name)) == THEIRS

    def full_clean(self) -> None:
        self._take_theirs()
        super().full_clean()
        self.differences = [*self._differences()] if self.is_bound and self.seen_name in self.data else []

    def is_valid(self) -> bool:
        return super().is_valid() and not self.differences

    def _now(self) -> dict[str, Any]:
        fields = {name: plain(self._stored(name)) for name in self.fields}
        return fields | {name: extra.stored for name, extra in self.extras.items()}

    def _stored(self, name: str) -> Any:
        return self.stored[name] if name in self.stored else self.get_initial_for_field(self.fields[name], name)

    def _choice(self, name: str) -> str:
        return self.add_prefix(f"keep_{name}")

    def _take_theirs(self) -> None:
        """Put what is stored where it was chosen over what was typed."""
        chosen = [name for name in self.fields if self.takes_theirs(name)]
        if not chosen:
            return
        sent = self.data
        data = (
            sent.copy() if isinstance(sent, MultiValueDict) else MultiValueDict({name: [sent[name]] for name in sent})
        )
        for name in chosen:
            value = plain(self._stored(name))
            data.setlist(self.add_prefix(name), value if isinstance(value, list) else [value] if value else [])
        self.data = data

    def _differences(self) -> Iterator[Difference]:
        before, now = read(self.data[self.seen_name]), self._now()
        for name, stored in now.items():
            was, typed = before.get(name, ""), self._typed(name)
            if was == stored or typed == stored:
                continue
            yield Difference(
                self._choice(name),
                self._label(name),
                before=self._in_words(name, was),
                theirs=self._in_words(name, stored),
                yours=self._in_words(name, typed),
                keeps=THEIRS if typed == was else MINE,
            )

    def _typed(self, name: str) -> Any:
        return self.extras[name].typed if name in self.extras else plain(self[name].data)

    def _label(self, name: str) -> str:
        return self.extras[name].label if name in self.extras else str(self[name].label)

    def _in_words(self, name: str, value: Any) -> str:
        given = value if isinstance(value, list) else [value]
        if isinstance(self.fields.get(name), forms.BooleanField):
            return "yes" if value else "no"
        choices = _choices(self.fields.get(name))
        return ", ".join(choices.get(str(each), str(each)) for each in given if each != "") or "empty"


def status(*of: object) -> int:
    """The status of an answer that shows forms again: 409 where somebody else was faster, 422 for bad input."""
    return 409 if any(getattr(form, "differences", ()) for form in of) else 422


@contextmanager
def held(request: HttpRequest, rows: models.QuerySet[Any]) -> Iterator[None]:
    """While a form is read and saved nobody else changes these rows: what it is compared with is what it is written
    over. Whoever only looks locks nothing.
    """
    if request.method != "POST":
        yield
        return
    with transaction.atomic():
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        yield


def plain(value: Any) -> Any:
    """A value as a form is sent with it, so that what is stored and what was typed can be held against each other."""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if isinstance(value, str):
        return "\n".join(value.splitlines()).strip()
    if isinstance(value, Iterable):
        return sorted(str(plain(each)) for each in value)
    return "" if value is None else str(value)


def read(text: str) -> Mapping[str, Any]:
    """What was seen; of what cannot be read nothing, so that all that differs is asked."""
    try:
        said = json.loads(text)
        json.dumps(said, ensure_ascii=False).encode()  # half a character can be neither kept nor shown
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _choices(field: forms.Field | None) -> dict[str, str]:
    """Value → words."""
    flat: dict[str, str] = {}
    for value, words in getattr(field, "choices", ()):
        group = words if isinstance(words, list | tuple) else [(value, words)]
        flat |= {str(each): str(said) for each, said in group}
    return flat

"""Choosing one row of a table that may be long: a text field that finds it while one types, with or without script.

The text is all that is sent, so that nothing hidden can differ from what is seen. It names one row, or comes back with
a sentence that says what to do; no page holds a list that grows with the library.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

MOST = 20
"""Rows that are offered at once."""
LONGEST = 300
"""Characters that may be typed."""

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Choice:
    """One row as it is offered."""

    text: str
    """What the field holds once it is chosen."""
    name: str
    about: str


class ChooserInput(forms.TextInput):
    """A text field that js/chooser.js makes a combobox of."""

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return format_html('<span class="chooser">{}</span>', super().render(*args, **kwargs))


class ChooserField(forms.Field, Generic[Row]):
    """One row of a long table, chosen by typing. A kind of it says what rows it has, and how they are named."""

    nouns: ClassVar[tuple[str, str]]
    """For one row and for many, such as listing and listings."""
    hint: ClassVar[str]
    """What may be typed."""
    url: ClassVar[str | Promise]
    """Where `answer` tells the rows that match."""

    def __init__(self, **options: Any) -> None:
        asks = {"data-chooser": self.url, "maxlength": LONGEST, "autocomplete": "off", "spellcheck": "false"}
        super().__init__(widget=ChooserInput(attrs={**asks, "placeholder": self.hint}), **options)

    def named(self, text: str) -> Sequence[Row]:
        """The row that a text names, alone; where it names none by itself, a few of those that match it."""
        raise NotImplementedError

    def best(self, text: str, most: int) -> Sequence[Row]:
        """Up to so many rows that match what is typed so far, the likeliest first."""
        raise NotImplementedError

    def choice(self, row: Row) -> Choice:
        """A row as it is offered. Its text names it and no other."""
        raise NotImplementedError

    def find(self, text: str) -> Row | None:
        """The row that a text names, if it names one."""
        with suppress(ValidationError):
            return self.to_python(text)
        return None

    def to_python(self, value: Any) -> Row | None:
        text = forms.CharField(required=False, max_length=LONGEST).clean(value)
        if not text:
            return None
        found = self.named(text)
        if len(found) == 1:
            return found[0]
        raise ValidationError(self._ambiguous(text, found) if found else self._unknown(text))

    def prepare_value(self, value: Any) -> Any:
        return self.choice(value).text if isinstance(value, Model) else value  # type: ignore[arg-type]  # a Row

    def _unknown(self, text: str) -> str:
        one, many = self.nouns
        return f"No {one} matches “{text}”. Check the spelling, or look it up in the list of {many}."

    def _ambiguous(self, text: str, found: Sequence[Row]) -> str:
        _, many = self.nouns
        such = " and ".join(f"“{self.choice(row).text}”" for row in found[:2])
        return f"Several {many} match “{text}”, such as {such}. Choose one of them, or type more of its name."


def answer(request: HttpRequest, field: ChooserField[Any]) -> HttpResponse:
    """The rows that match the words of an address, for the field that asks while somebody types."""
    typed = request.GET.get("q", "")[:LONGEST].replace("\0", "").strip()
    found = field.best(typed, MOST + 1)
    context = {
        "choices": [field.choice(row) for row in found[:MOST]],
        "has_more": len(found) > MOST,
        "typed": typed,
        "nouns": field.nouns,
    }
    return render(request, "components/choices.html", context)

"""Forms whose choices come from elsewhere, and the parameters of an address as forms."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any, cast

from django import forms

from core.web.chooser import ChooserField

ANY = ("", "Any")
"""The choice that asks for nothing."""


LONGEST_SEARCH = 200
TOO_LONG = "Search for at most %(limit_value)d characters; these are %(show_value)d. Use fewer words."


class SearchField(forms.CharField):
    """Words to search for. When they cannot be, nothing is found and the page says why: `unsearched`."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            max_length=LONGEST_SEARCH,
            widget=forms.TextInput(attrs={"type": "search"}),
            error_messages={"max_length": TOO_LONG},
        )

    def to_python(self, value: Any) -> str:
        """With letters and their marks in one, as keyboards and the portal write them; some systems take them apart."""
        return unicodedata.normalize("NFC", super().to_python(value) or "")


def unsearched(form: forms.BaseForm) -> str:
    """Why the search of a form was not made: its words or what was typed in a chooser; empty when it was made."""
    typed = [name for name, field in form.fields.items() if isinstance(field, SearchField | ChooserField)]
    return " ".join(str(error) for name in typed for error in form.errors.get(name, []))


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Let a choice field of a form offer these."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)

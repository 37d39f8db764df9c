"""Forms whose choices come from elsewhere, and the parameters of an address as forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django import forms

ANY = ("", "Any")
"""The choice that asks for nothing."""


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Let a choice field of a form offer these."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)

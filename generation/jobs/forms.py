"""What administrators fill in about how hard a provider is driven."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from core.web.seen import SeenForm
from generation.models import ProviderState


def _number_field(label: str) -> forms.IntegerField:
    wrong = "Write a whole number from 1 to 9,999, or leave it empty for no limit."
    typed = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "any"})
    errors = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
    return forms.IntegerField(
        label=label, min_value=1, max_value=9999, required=False, widget=typed, error_messages=errors
    )


class LimitsForm(SeenForm):
    """How hard a provider is driven; empty means without a limit of ours."""

    at_once = _number_field("At once")
    per_minute = _number_field("A minute")

    @classmethod
    def of(cls, provider: str, state: ProviderState | None, data: QueryDict | None = None) -> LimitsForm:
        """The form of one provider among others on a page."""
        held = {"at_once": state.at_once, "per_minute": state.per_minute} if state else {}
        return cls(data, auto_id=f"{provider}-%s", initial=held)

    def clean(self) -> dict[str, Any]:
        for name in list(self.errors)[:1]:  # the page is long: it opens at what is wrong
            self.fields[name].widget.attrs["autofocus"] = True
        return super().clean() or self.cleaned_data

"""What people fill in about money and limits: budgets, plans, free credits. Amounts are typed in whole units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict

from assets.listings.chooser import ListingField
from core import clock
from core.errors import Blocked
from core.web.forms import offer
from core.web.seen import SeenForm
from generation.catalogue import registry
from generation.models import Budget, Plan, PlanKind
from generation.spending.chooser import PersonField

MICROS = 1_000_000


def amount_field(label: str, *, places: int = 2, **more: Any) -> forms.DecimalField:
    """An amount of money in whole units, with so many decimal places."""
    typed = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "amount"})
    wrong = {"invalid": "Write an amount such as 75 or 75.50."}
    return forms.DecimalField(
        label=label, max_value=1_000_000, decimal_places=places, widget=typed, error_messages=wrong, **more
    )


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def micros(amount: Decimal) -> int:
    return int(amount * MICROS)


class LimitForm(SeenForm):
    """What a budget may hold in a month."""

    limit = amount_field("Limit", min_value=0)
    repeats = forms.BooleanField(label="The same next month", required=False)

    @classmethod
    def of(cls, budget: Budget, data: Mapping[str, Any] | None = None) -> LimitForm:
        return cls(data, initial={"limit": budget.limit_units, "repeats": budget.repeats})


class CostForm(forms.Form):
    """What a finished job really cost, and how that is known."""

    amount = amount_field("Cost", places=6, min_value=0)
    reason = forms.CharField(max_length=200, help_text="Where the amount is from, such as the provider's invoice.")

    def __init__(self, data: QueryDict | None = None, *, currency: str) -> None:
        super().__init__(data)
        self.fields["amount"].label = f"Cost in {currency}"


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A budget on its page, with the limit that was typed for it and refused, if there is one."""

    budget: Budget
    refused: LimitForm | None = None

    @property
    def form(self) -> LimitForm:
        return self.refused or LimitForm.of(self.budget)

    @property
    def typed(self) -> str:
        """What its field holds: what was typed, else the limit that it has."""
        return self.budget.limit_units if self.refused is None else str(self.refused["limit"].value() or "")

    @property
    def repeats(self) -> bool:
        """Whether the box for next month is ticked."""
        return self.budget.repeats if self.refused is None else bool(self.refused["repeats"].value())

    @property
    def errors(self) -> list[str]:
        return [] if self.refused is None else [str(error) for error in self.refused["limit"].errors]


class BudgetForm(forms.Form):
    """A new budget for one person, one listing or one campaign. The team has one already."""

    use_required_attribute = False  # the browser would ask for what is hidden, since only one of the three is meant

    kind = forms.ChoiceField(
        label="For a",
        choices=[("person", "Person"), ("listing", "Listing"), ("campaign", "Campaign")],
        initial="person",
        widget=forms.RadioSelect,
    )
    person = PersonField()
    listing = ListingField()
    campaign = forms.CharField(max_length=80, help_text="Briefs say which campaign they are for, in the same words.")
    limit = amount_field("Limit for a month, in USD", min_value=Decimal("0.01"))
    repeats = forms.BooleanField(label="Begin next month with the same limit", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("person", "listing", "campaign"):
            self.fields[name].required = not self.is_bound or self["kind"].value() == name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in {"person", "listing", "campaign"} - {data.get("kind")}:
            self.errors.pop(name, None)  # what is begun in a field that is hidden since is in nobody's way
        return data

    def budget(self, month: date) -> Budget:
        """The unsaved budget that was filled in."""
        data = self.cleaned_data
        scope = {data["kind"]: data[data["kind"]]}
        return Budget(**scope, month=month, limit_micros=micros(data["limit"]), repeats=data["repeats"])

    def refuse(self, refusal: Blocked) -> None:
        """Show why it was not opened."""
        for finding in refusal.findings:
            self.add_error(NON_FIELD_ERRORS, finding.words)


class PlanForm(forms.Form):
    """A plan that is paid every month, or a credit that was given."""

    provider = forms.ChoiceField()
    kind = forms.ChoiceField(choices=PlanKind.choices, initial=PlanKind.MONTHLY, widget=forms.RadioSelect)
    name = forms.CharField(max_length=120, help_text="As the provider calls it.")
    amount = amount_field("Amount in USD", min_value=Decimal("0.01"), help_text="For each month, or of the credit.")
    starts_on = forms.DateField(label="From", widget=_day())
    ends_on = forms.DateField(label="Until", required=False, widget=_day())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = sorted((provider.label, key) for key, provider in registry.providers().items())
        offer(self, "provider", [(key, label) for label, key in choices])
        self.fields["starts_on"].initial = clock.today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "It cannot end before it begins.")
        return data

    def plan(self) -> Plan:
        """The unsaved plan that was filled in."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "amount"}
        return Plan(**data, amount_micros=micros(self.cleaned_data["amount"]))

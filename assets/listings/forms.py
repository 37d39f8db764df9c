"""Listings as people fill them in: what they are, and their facts as rows of names and values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict

from assets.listings.records import ListingFacts
from assets.models import Listing
from core.web.forms import SearchField
from core.web.seen import Extra, SeenForm

MOST_FACTS = 40
SPARE = 2
"""Empty rows that wait to be filled in."""
USUAL = ("property type", "rooms", "bedrooms", "neighborhood", "yard", "floor", "built", "materials")
"""Names of facts that the starter templates and many listing systems use."""


class ListingSearch(forms.Form):
    """Words that a listing is found by."""

    q = SearchField("Reference, title or address")


class ListingForm(SeenForm):
    """A property as the listing system knows it."""

    reference = forms.CharField(max_length=64, help_text="As the listing system calls it, such as HB-1042.")
    title = forms.CharField(max_length=200)
    address = forms.CharField(max_length=300, required=False)


class FactRow(forms.Form):
    """One fact."""

    name = forms.CharField(
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "fact-names", "placeholder": "another fact"}),
    )
    value = forms.CharField(
        max_length=600,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "what it says"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("value") and not data.get("name"):
            self.add_error("name", "Give this fact a name.")
        return data


if TYPE_CHECKING:
    _Rows = BaseFormSet[FactRow]
else:
    _Rows = BaseFormSet  # takes no parameter while it runs


class Facts(_Rows):
    """All facts of a listing; an empty row is no fact."""

    def clean(self) -> None:
        names = [name.casefold() for name, _ in self._pairs()]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValidationError(f"“{twice[0]}” is there twice. Keep one of them.")

    def values(self) -> dict[str, Any]:
        """The facts by name; whole numbers as numbers."""
        return {name: int(value) if _is_number(value) else value for name, value in self._pairs()}

    def _pairs(self) -> list[tuple[str, str]]:
        rows = [getattr(form, "cleaned_data", {}) for form in self.forms]
        return [(row["name"], row["value"]) for row in rows if row.get("name") and row.get("value")]


FactRows = formset_factory(FactRow, formset=Facts, extra=SPARE, max_num=MOST_FACTS, validate_max=True)


class ListingEditor:
    """The forms of one listing, from what is known or from what was posted."""

    def __init__(self, listing: Listing | None, data: QueryDict | None = None) -> None:
        carried = ""
        known = {name: getattr(listing, name) for name in ListingForm.base_fields} if listing else {}
        facts = [{"name": name, "value": str(value)} for name, value in (listing.facts if listing else {}).items()]
        if data is not None and "more" in data:  # one more row, with everything as it was typed
            known = {name: data.get(name, "") for name in ListingForm.base_fields}
            carried, facts, data = data.get("seen", ""), _typed(data), None
        self.about = ListingForm(data, initial=known)
        self.about.carried = carried
        if self.about.takes_theirs("facts"):
            data = _with_facts(data, facts)
        self.about.extras = {"facts": Extra("Facts", _in_lines(facts), _in_lines(_typed(data)) if data else "")}
        self.facts: Facts = FactRows(_counted(data), initial=None if data else facts, prefix="fact")  # type: ignore[assignment] # the factory hides whose subclass it made

    def is_valid(self) -> bool:
        return all([self.about.is_valid(), self.facts.is_valid()])

    def said(self) -> ListingFacts:
        """What was filled in, once it is valid."""
        return ListingFacts(**self.about.cleaned_data, facts=self.facts.values())


def known_names() -> list[str]:
    """Names of facts to suggest: the usual ones, and those of other listings."""
    others = {name for facts in Listing.objects.values_list("facts", flat=True)[:200] for name in facts}
    return [*USUAL, *sorted(others - set(USUAL))]


def _typed(data: Mapping[str, Any]) -> list[dict[str, str]]:
    total = str(data.get("fact-TOTAL_FORMS", ""))
    count = min(int(total), MOST_FACTS) if total.isdecimal() and len(total) < 4 else 0
    rows = [{name: data.get(f"fact-{number}-{name}", "") for name in FactRow.base_fields} for number in range(count)]
    return [row for row in rows if any(row.values())]


def _in_lines(facts: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(f"{fact['name'].strip()}: {fact['value'].strip()}" for fact in facts)


def _with_facts(data: QueryDict | None, facts: Sequence[Mapping[str, str]]) -> QueryDict:
    """The post with these facts in place of those that were typed."""
    taken = data.copy() if data is not None else QueryDict(mutable=True)
    for name in [name for name in taken if name.startswith("fact-")]:
        del taken[name]
    taken["fact-TOTAL_FORMS"] = str(len(facts))
    for number, fact in enumerate(facts):
        for name, value in fact.items():
            taken[f"fact-{number}-{name}"] = value
    return taken


def _counted(data: QueryDict | None) -> QueryDict | None:
    """The post with counts that a formset can read, whatever was sent for them."""
    if data is None:
        return None
    counted, total = data.copy(), data.get("fact-TOTAL_FORMS", "")
    counted["fact-TOTAL_FORMS"] = total if total.isdecimal() and len(total) < 4 else "0"
    counted["fact-INITIAL_FORMS"] = "0"
    return counted


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10 and str(int(text)) == text

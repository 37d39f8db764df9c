"""The history of prompts: what was asked before, found again by words, people, templates, listings, models and ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms

from assets.listings.chooser import ListingField
from assets.models.version import Status
from core.models import User
from core.web.forms import ANY, SearchField, offer
from generation.catalogue import registry
from generation.models import GenerationModel, JobState, OutputState, Template
from generation.models.brief import BriefQuerySet
from generation.pages.brief_page import BriefPage

KEPT, APPROVED = "kept", "approved"
ENDS: dict[str, tuple[str, dict[str, object]]] = {
    KEPT: ("Kept", {"outputs__state": OutputState.KEPT}),
    APPROVED: ("Approved", {"outputs__version__status": Status.APPROVED}),
    "running": ("Under way", {"state__in": (JobState.QUEUED, JobState.SENDING, JobState.WAITING)}),
    **{
        state.value: (str(state.label), {"state": state})
        for state in (JobState.HAND, JobState.DONE, JobState.REFUSED, JobState.FAILED, JobState.UNCLEAR)
    },
    "canceled": ("Canceled", {"state": JobState.CANCELED}),
}
"""What may have come of a brief: the word for it, and the job that shows it."""
FREE = "-"
"""In place of a template's name: briefs written without one."""
AROUND = 90
LONGEST = 280


class HistoryForm(forms.Form):
    """What the address of the history says to show. A value that means nothing is left out."""

    q = SearchField("Words in the prompt")
    person = forms.ChoiceField(required=False)
    template = forms.ChoiceField(required=False)
    listing = ListingField(required=False)
    model = forms.ChoiceField(required=False)
    state = forms.ChoiceField(
        label="What came of it", required=False, choices=[("", "Anything"), *((key, ENDS[key][0]) for key in ENDS)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(briefs__isnull=False).distinct().order_by("display_name", "username")
        named = [(person.username, str(person)) for person in people]
        offer(self, "person", [ANY, *named])
        templates = Template.objects.values_list("slug", "name")
        offer(self, "template", [ANY, *templates, (FREE, "Custom prompt")])
        models = GenerationModel.objects.filter(jobs__isnull=False).distinct()
        offer(self, "model", [ANY, *((str(row.pk), f"{row.name} · {registry.label(row.provider)}") for row in models)])

    def clean_listing(self) -> str:
        return ListingField.reference(self.cleaned_data["listing"])

    @property
    def choices(self) -> list[forms.BoundField]:
        """The fields that one chooses from, which is all but the words."""
        return [each for each in self if each.name != "q"]

    def wanted(self) -> dict[str, str]:
        """The filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def matching(briefs: BriefQuerySet, wanted: dict[str, str]) -> BriefQuerySet:
    """The briefs that the filters ask for. A model and an end are asked of the same job."""
    found = briefs.saying(wanted.get("q", ""))
    if "person" in wanted:
        found = found.filter(asked_by__username=wanted["person"])
    if wanted.get("template") == FREE:
        found = found.filter(revision=None)
    elif "template" in wanted:
        found = found.filter(revision__template__slug=wanted["template"])
    if "listing" in wanted:
        found = found.filter(listing__reference=wanted["listing"])
    job: dict[str, object] = {"model": wanted["model"]} if "model" in wanted else {}
    job |= ENDS[wanted["state"]][1] if "state" in wanted else {}
    return found.with_job(**job) if job else found


@dataclass(frozen=True)
class HistoryRow:
    """One brief in the history."""

    page: BriefPage
    words: tuple[str, ...]

    @property
    def prompt(self) -> list[tuple[str, bool]]:
        return marked(self.page.brief.prompt, self.words)

    @property
    def models(self) -> list[str]:
        return [column.model.name for column in self.page.columns]

    @property
    def approved(self) -> int:
        """Its pictures whose approval stands."""
        versions = [shown.output.version for column in self.page.columns for shown in column.shown]
        return sum(version is not None and version.status == Status.APPROVED for version in versions)

    @property
    def approved_words(self) -> str:
        """How many that are, for a badge."""
        return "Approved" if self.approved == 1 else f"{self.approved} approved"

    @property
    def currency(self) -> str:
        return self.page.columns[0].currency if self.page.columns else "USD"


def marked(text: str, words: tuple[str, ...]) -> list[tuple[str, bool]]:
    """The part of a text that holds the words, in pieces: (words, whether they were searched for)."""
    flat = " ".join(text.split())
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))) or r"(?!)", re.IGNORECASE)
    first = pattern.search(flat)
    start = max(0, first.start() - AROUND) if first and first.end() > LONGEST else 0
    shown = flat[start : start + LONGEST]
    shown = ("… " if start else "") + shown + (" …" if start + LONGEST < len(flat) else "")
    pieces = re.split(f"({pattern.pattern})", shown, flags=re.IGNORECASE)
    return [(piece, bool(number % 2)) for number, piece in enumerate(pieces) if piece]

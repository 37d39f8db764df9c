"""What people fill in to make pictures. The compose form draws itself from the typed fields of a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django import forms
from django.forms import BoundField

from assets.listings.chooser import ListingField
from assets.models import Listing
from core.models import User
from core.web.forms import offer
from generation.briefs import extras, specs
from generation.briefs.extras import Extras
from generation.catalogue.model_specs import BadFacts
from generation.catalogue.offers import Offer, model_spec
from generation.models import Brief, TemplateRevision
from generation.models.shapes import COUNTS, RATIOS
from generation.prompt_templates import prompts
from generation.prompt_templates.prompts import Field, FieldKind
from generation.providers.models import QUALITIES
from generation.providers.questions import Question
from generation.spending import budgets

PREFIX = "f_"
SEEDS = range(1, 2**31 - max(COUNTS))
"""Seeds that every service takes as they are: 0 stands for “any” at some, and each further picture adds one."""


class OpenChoice(forms.MultiValueField):
    """One of some choices, or words of one's own beside them, which win."""

    def __init__(self, field: Field, **common: Any) -> None:
        choices = [("", "In my own words"), *((choice, choice) for choice in field.choices)]
        own = {"aria-label": f"{field.label} in your own words", "placeholder": "or in your own words"}
        parts = (
            forms.ChoiceField(choices=choices, required=False),
            forms.CharField(max_length=field.most, required=False),
        )
        widget = _ChoiceOrWords(
            (forms.Select(attrs={"aria-label": field.label}, choices=choices), forms.TextInput(attrs=own)),
        )
        super().__init__(parts, widget=widget, require_all_fields=False, **common)

    def compress(self, data_list: Sequence[str]) -> str:
        return chosen_or_own(data_list)


class _ChoiceOrWords(forms.MultiWidget):
    def decompress(self, value: Any) -> list[str]:
        listed = {choice for choice, _ in self.widgets[0].choices}  # type: ignore[attr-defined]  # a Select
        return [value, ""] if value in listed else ["", value or ""]


def chosen_or_own(parts: Sequence[str]) -> str:
    """What an open choice says: one's own words, or else the choice."""
    return next((part for part in reversed(parts) if part), "")


class ComposeForm(forms.Form):
    """A brief being written: with the fields of a template, or free text without one."""

    listing = ListingField(required=False)
    prompt = forms.CharField(
        label="Prompt",
        max_length=prompts.MOST_IN_PROMPT,
        widget=forms.Textarea(attrs={"rows": 9, "maxlength": prompts.MOST_IN_PROMPT}),
        help_text="Say the subject first, then composition, light and style.",
    )
    ratio = forms.ChoiceField(label="Shape", choices=[(ratio, ratio) for ratio in RATIOS], widget=forms.RadioSelect)
    count = forms.TypedChoiceField(
        label="Pictures per model", choices=[(n, n) for n in COUNTS], coerce=int, initial=2, widget=forms.RadioSelect
    )
    quality = forms.ChoiceField(
        choices=[(quality, quality.capitalize()) for quality in QUALITIES],
        initial="standard",
        widget=forms.RadioSelect,
        help_text="Each model has its own words for these; the price shows the difference.",
    )
    negative = forms.CharField(
        label="Exclude",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seed = forms.IntegerField(
        required=False,
        min_value=SEEDS[0],
        max_value=SEEDS[-1],
        help_text="The same seed with the same words draws the same picture, where a model can.",
    )
    title = forms.CharField(
        required=False, max_length=200, help_text="So that you can find it later. Leave empty for an automatic title."
    )
    campaign = forms.CharField(
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "campaigns"}),
        help_text="What it is for. Counts against the campaign's budget, if it has one.",
    )
    models = forms.MultipleChoiceField(
        required=True, error_messages={"required": "Choose at least one model to send it to."}
    )
    drop = forms.MultipleChoiceField(required=False)
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        revision: TemplateRevision | None,
        offers: Sequence[Offer],
        initial: Mapping[str, Any] | None = None,
        with_pictures: bool = False,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.revision, self.offers = revision, offers
        self.own = prompts.parse_fields(revision.fields) if revision else ()
        for field in self.own:
            self.fields[PREFIX + field.name] = _form_field(field)
        if revision:
            del self.fields["prompt"]
            self.fields["ratio"].initial = revision.ratio
            self.fields["negative"].initial = revision.negative
        else:
            self.fields["ratio"].initial = "3:2"
        for ratio in (revision.ratio if revision else "", (initial or {}).get("ratio", "")):
            if ratio and ratio not in dict(self.ratios):
                offer(self, "ratio", [(ratio, ratio), *self.ratios])
        keys = [str(each.row.pk) for each in offers]
        offer(self, "models", [(key, key) for key in keys])
        options = [f"{key}:{name}" for key in keys for name in specs.OPTION_WORDS]
        offer(self, "drop", [(option, option) for option in options])
        self._ask(with_pictures)

    def _ask(self, with_pictures: bool) -> None:
        """Add the questions of the chosen models."""
        self.asked: dict[int, tuple[Offer, tuple[Question, ...]]] = {}
        for each in self.offers:
            if str(each.row.pk) in self.chosen and not each.ended:
                with suppress(BadFacts):
                    self.asked[each.row.pk] = each, extras.questions(each, with_pictures=with_pictures)
        for each, questions in self.asked.values():
            for question in questions:
                self.fields[extras.field_name(each.row, question)] = extras.form_field(question)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_sent = "send" in self.data  # while somebody writes, what is still missing is no mistake
        for each, questions in self.asked.values() if is_sent else ():
            amiss = each.provider.amiss(model_spec(each.row), self._answered(each, questions))
            names = {question.name: extras.field_name(each.row, question) for question in questions}
            for name, words in amiss.items():
                self.add_error(names.get(name), words)
        return data

    @property
    def extras(self) -> dict[int, Extras]:
        """The questions of the chosen models, by row."""
        found = {}
        for pk, (each, questions) in self.asked.items():
            bound = [self[extras.field_name(each.row, question)] for question in questions]
            is_needed = any(question.required or question.one_of for question in questions)
            is_wrong = self.is_bound and any(field.errors for field in bound)
            opens = is_needed or is_wrong or bool(self._answered(each, questions))
            found[pk] = Extras(each.row.name, bound, opens)
        return {pk: each for pk, each in found.items() if each.fields}

    def _answered(self, offer: Offer, questions: Sequence[Question]) -> dict[str, str]:
        return extras.answered((each, self[extras.field_name(offer.row, each)].value()) for each in questions)

    @property
    def template_fields(self) -> list[tuple[Field, BoundField]]:
        """The template's own fields, in its order."""
        return [(field, self[PREFIX + field.name]) for field in self.own]

    @property
    def chosen(self) -> list[str]:
        """Row ids of the models that are ticked."""
        return [str(value) for value in self["models"].value() or ()]

    @property
    def agreed(self) -> list[str]:
        """Options that the asker agreed to send without."""
        return [str(value) for value in self["drop"].value() or ()]

    def draft(self, person: User) -> Brief:
        """The brief as far as it goes, valid or not: what the preview reckons with. Never saved."""
        values = {field.name: self._typed(PREFIX + field.name) for field in self.own}
        shown = {field.name: values[field.name] or (f"[{field.label}]" if field.required else "") for field in self.own}
        if self.revision:
            prompt = prompts.resolve(self.revision.body, self.own, shown, self.revision.house_voice)
        else:
            prompt = prompts.clean(self._typed("prompt"), prompts.MOST_IN_PROMPT)
        ratio, quality = self._typed("ratio"), self._typed("quality")
        return Brief(
            revision=self.revision,
            values=values,
            prompt=prompt,
            negative=prompts.clean(self._typed("negative"), 1000).replace("\n", " "),
            ratio=ratio if ratio in dict(self.ratios) else "3:2",
            count=self._number("count", 1, max(COUNTS)) or 1,
            quality=quality if quality in QUALITIES else "standard",
            seed=self._number("seed", SEEDS[0], SEEDS[-1]),
            purpose=self.revision.template.purpose if self.revision else "",
            campaign=prompts.clean(self._typed("campaign"), 80).replace("\n", " "),
            extra={
                each.row.slot: given
                for each, questions in self.asked.values()
                if (given := self._answered(each, questions))
            },
            title=prompts.clean(self._typed("title"), 200).replace("\n", " ") or self._made_up_title(values),
            listing=self._listing(),
            parent=self._parent(),
            asked_by=person,
        )

    @property
    def opens_the_rest(self) -> bool:
        """Whether something is said or wrong among the questions that are folded away at first."""
        is_said = any(self[name].value() for name in ("seed", "campaign"))
        return is_said or any(self[name].errors for name in ("title", "campaign", "negative", "seed"))

    @property
    def campaigns(self) -> list[str]:
        """Campaigns that have a budget, to choose from while typing."""
        return budgets.campaigns()

    @property
    def ratios(self) -> list[tuple[str, str]]:
        return list(self.fields["ratio"].choices)  # type: ignore[attr-defined]  # a ChoiceField

    def _listing(self) -> Listing | None:
        return ListingField().find(self._typed("listing"))

    def _parent(self) -> Brief | None:
        try:
            parent = self.fields["parent"].clean(self._typed("parent"))
        except forms.ValidationError:
            return None
        return Brief.objects.filter(pk=parent).first() if parent else None

    def _made_up_title(self, values: Mapping[str, str]) -> str:
        first = next((value for value in values.values() if value), "") if self.revision else self._typed("prompt")
        start = f"{self.revision.template.name}: " if self.revision else ""
        words = prompts.clean(f"{start}{first}", 400).replace("\n", " ")
        return words if len(words) <= 90 else f"{words[:88].rsplit(' ', 1)[0]} …"

    def _typed(self, name: str) -> str:
        value = self[name].value()
        if isinstance(value, list | tuple):
            return chosen_or_own(value)
        return "" if value is None else str(value)

    def _number(self, name: str, least: int, most: int) -> int | None:
        text = self._typed(name).strip()
        return int(text) if text.isdecimal() and len(text) < 12 and least <= int(text) <= most else None


def _form_field(field: Field) -> forms.Field:
    common: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": field.required,
        "initial": field.default,
    }
    if field.kind == FieldKind.CHOICE and not field.open:
        blank = [] if field.required else [("", "Not said")]
        return forms.ChoiceField(**common, choices=[*blank, *((choice, choice) for choice in field.choices)])
    if field.kind == FieldKind.NUMBER:
        return forms.IntegerField(**common, min_value=field.least, max_value=field.most)
    if field.kind == FieldKind.COLOR:
        picker = forms.TextInput(attrs={"type": "color"})
        picker.input_type = "color"
        words = {"invalid": "A color is written like #2a3a62."}
        return forms.RegexField(r"^#[0-9a-fA-F]{6}$", **common, widget=picker, error_messages=words)
    if field.kind == FieldKind.CHOICE:
        return OpenChoice(field, **common)
    widget = forms.Textarea(attrs={"rows": 1}) if field.most > 120 else forms.TextInput()
    return forms.CharField(**common, max_length=field.most, widget=widget)

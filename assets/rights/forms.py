"""What people fill in about rights. A form turns typed text into the plain values that the verbs take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField

from assets.models import Answer, DataMining, Grant, LicenseSet, Question, Shown, Terms, Version
from assets.models.limits import KINDS, BadLimits, Limits
from assets.rights.license_sets import SetFacts
from assets.rights.licenses import QUESTIONS, Asked, GivenAnswer, LicenseFacts, answers_of
from assets.rights.limits import of as limits_of
from core.web.seen import SeenForm, plain

FACTS = tuple(each.name for each in fields(LicenseFacts) if each.name != "limits")
LARGEST = 20 * 1024 * 1024
"""Bytes of a file that proves a license, or of terms."""
A_DAY: dict[str, Any] = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}


@dataclass(frozen=True)
class QuestionRow:
    """One license question as the form shows it."""

    asked: Asked
    answer: BoundField
    detail: BoundField
    source: BoundField

    @property
    def open(self) -> bool:
        """Whether detail and source are worth showing at once."""
        return bool(self.detail.value() or self.source.value() or self.detail.errors or self.source.errors)


@dataclass(frozen=True)
class Replaced:
    """What was typed into a field for which terms say something else."""

    label: str
    typed: str


class GrantForm(SeenForm):
    """What a license says, of one picture or of many: the eight questions, the facts with them, and the limits."""

    terms = forms.ModelChoiceField(Terms.objects.none(), required=False, empty_label="No terms kept here")
    plan = forms.CharField(
        max_length=80, required=False, help_text="Which plan the account had, where the terms differ by plan."
    )
    holder = forms.CharField(
        max_length=200, required=False, label="Owner", help_text="Leave empty where nobody owns the picture."
    )
    creator = forms.CharField(max_length=200, required=False, label="Made by", help_text="The photographer, say.")
    attribution = forms.CharField(max_length=300, required=False, label="Credit line, word for word")
    notice = forms.CharField(
        max_length=500, required=False, label="Copyright notice, whole", help_text="Such as © 2026 Jane Roe."
    )
    usage_terms = forms.CharField(
        max_length=1000,
        required=False,
        label="Usage terms",
        help_text="What users must know, as the license says it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    licensor = forms.CharField(max_length=200, required=False, label="Licensor", help_text="Who grants licenses.")
    licensor_url = forms.URLField(
        max_length=500, required=False, label="Where a license can be had", assume_scheme="https"
    )
    data_mining = forms.ChoiceField(required=False, label="AI training", choices=DataMining)
    valid_until = forms.DateField(
        required=False, label="Expires", help_text="The last day of use.", widget=forms.DateInput(**A_DAY)
    )
    url = forms.URLField(
        max_length=500,
        required=False,
        label="Page of the license",
        help_text="Of this picture’s license, not of a provider’s terms.",
        assume_scheme="https",
    )
    territories = forms.CharField(
        max_length=500,
        required=False,
        label="Only in these countries or states",
        help_text="Codes such as US, US-CA or DE, with commas. Empty: everywhere.",
    )
    kinds = forms.MultipleChoiceField(
        required=False,
        label="Only for these kinds of channel",
        choices=list(KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    channels = forms.CharField(
        max_length=500,
        required=False,
        label="Only in these channels",
        help_text="Their short names, as in their address, with commas. Empty: in every channel.",
    )
    listing_only = forms.CharField(
        max_length=64, required=False, label="Only for this listing", help_text="Its reference, such as HB-1042."
    )
    may_alter = forms.ChoiceField(
        required=False, label="May the picture be altered?", choices=Answer, widget=forms.RadioSelect
    )
    exclusive_elsewhere = forms.CharField(
        max_length=200,
        required=False,
        label="Exclusive elsewhere",
        help_text="Who else has the exclusive right to use it. Nobody may use it here meanwhile.",
    )
    exclusive_until = forms.DateField(
        required=False,
        label="Exclusive until",
        help_text="The last day of that. Empty: for good.",
        widget=forms.DateInput(**A_DAY),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Terms]", self.fields["terms"]).queryset = Terms.objects.all()
        for asked in QUESTIONS:
            self.fields |= question_fields(asked)
        self.limits = Limits()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        try:
            self.limits = Limits.parse(_limits_of(said))
        except BadLimits as error:
            self.add_error("exclusive_elsewhere" if said.get("exclusive_until") else "territories", str(error))
        return said

    @property
    def has_limits(self) -> bool:
        """Whether a limit is set, or just went wrong."""
        return self._holds_any("territories", "kinds", "channels", "listing_only", "exclusive_elsewhere")

    @property
    def has_credits(self) -> bool:
        """Whether more is said of the maker and the licensor, or just went wrong."""
        names = ("creator", "notice", "licensor", "licensor_url", "usage_terms", "data_mining", "plan")
        return self._holds_any(*names)

    def _holds_any(self, *names: str) -> bool:
        return any(self[name].value() or self[name].errors for name in names)

    def rows(self) -> Iterator[QuestionRow]:
        """The questions in the order in which they are asked."""
        return rows_of(self)

    def answers(self) -> dict[Question, GivenAnswer]:
        """What was answered, for `licenses.answer_license`."""
        return given_answers(self.cleaned_data)

    def facts(self) -> LicenseFacts:
        """What goes with the answers."""
        return LicenseFacts(**{name: self.cleaned_data[name] for name in FACTS}, limits=self.limits)


class LicenseForm(GrantForm):
    """The license of one picture, which terms may fill in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filled_from: Terms | None = None
        self.replaced: list[Replaced] = []

    @property
    def filled_name(self) -> str:
        """Of the hidden field that says which terms the form was filled in from."""
        return self.add_prefix("filled")

    @classmethod
    def of(
        cls,
        version: Version,
        data: Mapping[str, Any] | None = None,
        *,
        instead: Terms | None = None,
        answers: Mapping[Question, GivenAnswer] | None = None,
    ) -> LicenseForm:
        """The form of a version. `instead` and `answers` start it from other terms than those it was answered from."""
        stored = said_by(version.license)
        begins = {**stored, **answered(answers or {})}
        if instead:
            begins["terms"] = instead
        form = cls(data, initial=begins, prefix="license")
        form.stored, form.filled_from = stored, instead
        return form

    def filled_in_for(self, version: Version) -> LicenseForm:
        """The form as it was typed, with what the picked terms state, for a person to look through and save.

        On what they are silent, the words that were typed stay; what they state counts, and `replaced` holds what was
        typed instead.
        """
        terms = self.cleaned_data.get("terms")
        form = LicenseForm.of(version, instead=terms, answers=answers_of(terms))
        form.carried = self.data.get(self.seen_name, "")
        states = _stated(terms)
        for name, typed in self._typed_by_hand().items():
            if name not in states:
                form.initial[name] = typed
            elif typed not in {"", Answer.UNKNOWN, states[name]}:
                form.replaced.append(Replaced(self._label(name), self._in_words(name, typed)))
        return form

    def _typed_by_hand(self) -> dict[str, str]:
        """What is neither stored nor comes from the terms that the form was filled in from before."""
        filled = self.data.get(self.filled_name)
        earlier = _stated(next((terms for terms in Terms.objects.all() if str(terms.pk) == filled), None))
        said = {name: plain(self[name].data) for name in self.fields if name != "terms" and self[name].data is not None}
        return {
            name: typed for name, typed in said.items() if typed not in (plain(self.stored[name]), earlier.get(name))
        }

    def _label(self, name: str) -> str:
        question, _, part = name.rpartition("_")
        return f"{self[question].label} {part.capitalize()}" if question in self.fields else super()._label(name)


class LicenseSetForm(GrantForm):
    """A license that many pictures share."""

    name = forms.CharField(max_length=120, help_text="Such as Jane Roe Photography 2026.")
    active = forms.BooleanField(required=False, label="Can be given to further pictures", initial=True)

    @classmethod
    def of(cls, kept: LicenseSet | None, data: Mapping[str, Any] | None = None) -> LicenseSetForm:
        """The form of a set that is there, or of a new one."""
        said = said_by(kept)
        form = cls(data, initial=said | ({"name": kept.name, "active": kept.active} if kept else {}))
        form.kept = kept
        return form

    kept: LicenseSet | None = None

    def said(self) -> SetFacts:
        """What was filled in, once it is valid."""
        return SetFacts(
            name=self.cleaned_data["name"],
            answers=self.answers(),
            facts=self.facts(),
            evidence=tuple(self.kept.evidence) if self.kept else (),
            active=self.cleaned_data["active"],
        )


class EvidenceForm(forms.Form):
    """One more file that proves a license."""

    document = forms.FileField(label="Contract, receipt or letter", max_length=150)

    def clean_document(self) -> UploadedFile[Any]:
        given: UploadedFile[Any] = self.cleaned_data["document"]
        if (given.size or 0) > LARGEST:
            raise ValidationError(f"It is larger than {LARGEST // 1024 // 1024} MB. Save it smaller.")
        return given


class ChosenSetForm(forms.Form):
    """The set that a picture’s license is taken from."""

    license_set = forms.ModelChoiceField(LicenseSet.objects.none(), label="License set", empty_label="Choose a set")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[LicenseSet]", self.fields["license_set"])
        field.queryset = LicenseSet.objects.filter(active=True)


class ShownForm(SeenForm):
    """Who and what can be seen."""

    people = forms.ChoiceField(
        label="Does it show people, real or made or changed by AI?",
        help_text="Choose both where AI changed a real person, who must still agree.",
        choices=Shown,
        widget=forms.RadioSelect,
    )
    property = forms.ChoiceField(
        label="Does it show a private property whose owner must agree?", choices=Answer, widget=forms.RadioSelect
    )

    @classmethod
    def of(cls, version: Version, data: Mapping[str, Any] | None = None) -> ShownForm:
        return cls(data, initial={"people": version.shows_people, "property": version.shows_property}, prefix="shown")


def rows_of(form: forms.Form) -> Iterator[QuestionRow]:
    """The questions of a form in the order in which they are asked."""
    for asked in QUESTIONS:
        name = _field(asked.question)
        yield QuestionRow(asked, form[name], form[f"{name}_detail"], form[f"{name}_source"])


def given_answers(said: Mapping[str, Any]) -> dict[Question, GivenAnswer]:
    """What was answered, by a form's cleaned data."""
    return {
        question: GivenAnswer(question.possible(said[name]), said[f"{name}_detail"], said[f"{name}_source"])
        for question in Question
        for name in (_field(question),)
    }


def _field(question: Question) -> str:
    """The name of a question's field; two questions are called as facts beside them are."""
    return f"ask_{question.value}"


def _stated(terms: Terms | None) -> dict[str, str]:
    """What terms say for fields of the form; where they are silent it has no entry."""
    said = answered(answers_of(terms))
    return {name: plain(value) for name, value in said.items() if value not in {"", Answer.UNKNOWN}}


def answered(given: Mapping[Question, GivenAnswer]) -> dict[str, str]:
    """Answers as the form holds them."""
    said: dict[str, str] = {}
    for question, answer in given.items():
        name = _field(question)
        said |= {name: answer.answer, f"{name}_detail": answer.detail, f"{name}_source": answer.source}
    return said


def said_by(license: Grant | None) -> dict[str, Any]:
    """What a license says, as the form holds it."""
    said: dict[str, Any] = {name: getattr(license, name, None) for name in FACTS} | answered(answers_of(license))
    held = limits_of(license) or Limits()
    return said | asdict(held) | {"territories": ", ".join(held.territories), "channels": ", ".join(held.channels)}


def _limits_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """The limits as they were typed, by their names."""
    until = said.get("exclusive_until")
    return {
        "territories": _codes(said.get("territories", "").upper()),
        "kinds": said.get("kinds", []),
        "channels": _codes(said.get("channels", "").lower()),
        "listing_only": said.get("listing_only", ""),
        "may_alter": said.get("may_alter") or Answer.UNKNOWN.value,
        "exclusive_elsewhere": said.get("exclusive_elsewhere", ""),
        "exclusive_until": until.isoformat() if until else "",
    }


def _codes(typed: str) -> list[str]:
    return typed.replace(",", " ").replace(";", " ").split()


def question_fields(asked: Asked) -> dict[str, forms.Field]:
    name = _field(asked.question)
    return {
        name: forms.ChoiceField(
            label=asked.question.label, help_text=asked.help, choices=asked.question.possible, widget=forms.RadioSelect
        ),
        f"{name}_detail": forms.CharField(label="Detail", max_length=500, required=False),
        f"{name}_source": forms.CharField(label="Source", max_length=300, required=False),
    }

"""What people fill in about rights. A form turns typed text into the plain values that the verbs take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, cast

from django import forms
from django.forms import BoundField

from assets.models import Answer, Consent, Question, Terms, Version
from assets.rights.consents import GivenConsent
from assets.rights.licenses import QUESTIONS, Asked, GivenAnswer, LicenseFacts, answers_of
from core.web.seen import SeenForm, plain


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


class LicenseForm(SeenForm):
    """The eight questions, and the facts that go with their answers."""

    terms = forms.ModelChoiceField(Terms.objects.none(), required=False, empty_label="No terms kept here")
    holder = forms.CharField(max_length=200, required=False, label="Owner")
    attribution = forms.CharField(max_length=300, required=False, label="Credit line, word for word")
    valid_until = forms.DateField(
        required=False,
        label="Expires",
        help_text="The last day of use.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    url = forms.URLField(max_length=500, required=False, label="Where the license can be read", assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Terms]", self.fields["terms"]).queryset = Terms.objects.all()
        for asked in QUESTIONS:
            for name, field in _question_fields(asked).items():
                self.fields[name] = field
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
        license = version.license
        stored: dict[str, Any] = {"terms": license.terms if license else None, **_answered(answers_of(license))}
        for name in ("holder", "attribution", "valid_until", "url"):
            stored[name] = getattr(license, name, None)
        begins = {**stored, **_answered(answers or {})}
        if instead:
            begins |= {"terms": instead, "url": instead.source_url or stored["url"]}
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
            name: typed for name, typed in said.items() if typed not in {plain(self.stored[name]), earlier.get(name)}
        }

    def _label(self, name: str) -> str:
        question, _, part = name.rpartition("_")
        return f"{self[question].label} {part.capitalize()}" if question in self.fields else super()._label(name)

    def rows(self) -> Iterator[QuestionRow]:
        """The questions in the order in which they are asked."""
        for asked in QUESTIONS:
            name = _field(asked.question)
            yield QuestionRow(asked, self[name], self[f"{name}_detail"], self[f"{name}_source"])

    def answers(self) -> dict[Question, GivenAnswer]:
        """What was answered, for `licenses.answer_license`."""
        said = self.cleaned_data
        return {
            question: GivenAnswer(Answer(said[name]), said[f"{name}_detail"], said[f"{name}_source"])
            for question in Question
            for name in (_field(question),)
        }

    def facts(self) -> LicenseFacts:
        """What goes with the answers."""
        return LicenseFacts(**{each.name: self.cleaned_data[each.name] for each in fields(LicenseFacts)})


class ShownForm(SeenForm):
    """Who and what can be recognized."""

    people = forms.ChoiceField(
        label="Does it show real people who can be recognized?", choices=Answer, widget=forms.RadioSelect
    )
    property = forms.ChoiceField(
        label="Does it show a private property whose owner must agree?", choices=Answer, widget=forms.RadioSelect
    )

    @classmethod
    def of(cls, version: Version, data: Mapping[str, Any] | None = None) -> ShownForm:
        return cls(data, initial={"people": version.shows_people, "property": version.shows_property}, prefix="shown")


class ConsentForm(SeenForm):
    """One person's or owner's release."""

    kind = forms.ChoiceField(label="From", choices=Consent.Kind, widget=forms.RadioSelect, initial="person")
    name = forms.CharField(max_length=200)
    given = forms.ChoiceField(label="Given?", choices=Answer, widget=forms.RadioSelect, initial=Answer.YES)
    scope = forms.CharField(max_length=300, required=False, label="What it covers")
    valid_until = forms.DateField(
        required=False, label="Expires", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    @classmethod
    def of(cls, consent: Consent | None, data: Mapping[str, Any] | None = None) -> ConsentForm:
        """The form of a consent that is there, or of a new one."""
        said = {name: getattr(consent, name) for name in cls.base_fields} if consent else None
        return cls(data, initial=said, prefix="consent")

    def consent(self) -> GivenConsent:
        """What was given, for `consents.record_consent`."""
        return GivenConsent(**self.cleaned_data)


def _field(question: Question) -> str:
    """The name of a question's field; two questions are called as facts beside them are."""
    return f"ask_{question.value}"


def _stated(terms: Terms | None) -> dict[str, str]:
    """What terms say for fields of the form; where they are silent it has no entry."""
    said = _answered(answers_of(terms)) | {"url": terms.source_url if terms else ""}
    return {name: plain(value) for name, value in said.items() if value not in {"", Answer.UNKNOWN}}


def _answered(given: Mapping[Question, GivenAnswer]) -> dict[str, str]:
    """Answers as the form holds them."""
    said: dict[str, str] = {}
    for question, answer in given.items():
        name = _field(question)
        said |= {name: answer.answer, f"{name}_detail": answer.detail, f"{name}_source": answer.source}
    return said


def _question_fields(asked: Asked) -> dict[str, forms.Field]:
    name = _field(asked.question)
    return {
        name: forms.ChoiceField(
            label=asked.question.label, help_text=asked.help, choices=Answer, widget=forms.RadioSelect
        ),
        f"{name}_detail": forms.CharField(label="Detail", max_length=500, required=False),
        f"{name}_source": forms.CharField(label="Source", max_length=300, required=False),
    }

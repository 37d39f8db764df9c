"""What people fill in about terms: whose they are, what they answer, and their full text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import slugify

from assets.models import Answer, Terms
from assets.models.rights import Indemnity
from assets.rights.forms import A_DAY, LARGEST, QuestionRow, answered, given_answers, question_fields, rows_of
from assets.rights.licenses import QUESTIONS, answers_of, sheet_of
from assets.rights.terms import TermsSheet
from core import storage

INPUTS = {"": "answer", "_detail": "detail", "_source": "source"}
"""The rest of a field's name → the part of what terms say of photographs that are sent."""
LONGEST_TEXT = 400_000
"""Characters of pasted terms."""


class TermsForm(forms.Form):
    """Terms as they stand today."""

    publisher = forms.CharField(max_length=200, help_text="The provider, library or photographer, such as Midjourney.")
    title = forms.CharField(max_length=200, help_text="What the terms are called.")
    source_url = forms.URLField(max_length=500, required=False, label="Address of the terms", assume_scheme="https")
    read_on = forms.DateField(label="Read on", widget=forms.DateInput(**A_DAY))
    summary = forms.CharField(
        max_length=4000, label="In our words", widget=forms.Textarea(attrs={"rows": 4}), help_text="What matters to us."
    )
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label="Full text, pasted",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    document = forms.FileField(required=False, label="Or the file", max_length=150)
    indemnity = forms.ChoiceField(required=False, choices=Indemnity, label="Indemnity")
    inputs = forms.ChoiceField(
        required=False,
        choices=Answer,
        initial=Answer.UNKNOWN,
        widget=forms.RadioSelect,
        label="May we send photographs of a listing?",
        help_text="Yes only where they are used for the answer alone: no training, no license to keep them.",
    )
    inputs_detail = forms.CharField(max_length=300, required=False, label="Detail")
    inputs_source = forms.CharField(max_length=300, required=False, label="Source")
    free_plans = forms.CharField(
        max_length=300,
        required=False,
        label="Plans without commercial use",
        help_text="With commas, such as Free, Trial.",
    )
    plans = forms.CharField(
        max_length=300, required=False, label="Other plans", help_text="With commas, such as Pro, Mega."
    )

    def __init__(self, *args: Any, older: Terms | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.older = older
        for asked in QUESTIONS:
            self.fields |= question_fields(asked)

    @classmethod
    def of(cls, older: Terms | None, data: Any = None, files: Any = None) -> TermsForm:
        """The form of new terms, which starts from what the older ones of the same publisher say."""
        names = ("publisher", "title", "source_url", "summary", "indemnity")
        said = {name: getattr(older, name) for name in names} if older else {}
        free, other = _named_plans(older)
        said |= {"free_plans": ", ".join(free), "plans": ", ".join(other)}
        said |= {f"inputs{part}": said for part, said in _inputs(older)}
        return cls(data, files, initial=said | answered(answers_of(older)), older=older)

    def rows(self) -> Iterator[QuestionRow]:
        """The questions in the order in which they are asked."""
        return rows_of(self)

    def clean_document(self) -> UploadedFile[Any] | None:
        given: UploadedFile[Any] | None = self.cleaned_data["document"]
        if given and (given.size or 0) > LARGEST:
            raise forms.ValidationError(f"It is larger than {LARGEST // 1024 // 1024} MB. Save it smaller.")
        return given

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("text") and said.get("document"):
            self.add_error("document", "Paste the text or choose a file, not both.")
        if said.get("publisher") and not self._key():
            self.add_error("publisher", "Give a name with letters or digits.")
        return said

    def sheet(self) -> TermsSheet:
        """What was filled in, its text kept as a file; outside of any transaction."""
        said = self.cleaned_data
        sha256, name = self._kept_text()
        return TermsSheet(
            key=self._key(),
            title=said["title"],
            publisher=said["publisher"],
            url=said["source_url"],
            read_on=said["read_on"],
            summary=said["summary"],
            answers=sheet_of(given_answers(said)),
            plans=self._plans(),
            indemnity=said["indemnity"],
            inputs=self._inputs(),
            text_sha256=sha256,
            text_name=name,
        )

    def _key(self) -> str:
        return self.older.key if self.older else slugify(self.cleaned_data["publisher"])[:64]

    def _kept_text(self) -> tuple[str, str]:
        if file := self.cleaned_data["document"]:
            return storage.put(file.read()), PurePath(file.name or "terms").name[:150]
        text = self.cleaned_data["text"]
        return (storage.put(text.encode()), f"{self._key()}-{self.cleaned_data['read_on']}.txt") if text else ("", "")

    def _inputs(self) -> dict[str, str]:
        """Nothing where nothing is said, so that such terms stay the same snapshot."""
        said = {part: self.cleaned_data[f"inputs{suffix}"] for suffix, part in INPUTS.items()}
        said["answer"] = said["answer"] or Answer.UNKNOWN.value
        return said if said != {"answer": "unknown", "detail": "", "source": ""} else {}

    def _plans(self) -> dict[str, Any]:
        """A plan that was known keeps what its own sheet says of everything but commercial use."""
        known: Mapping[str, Any] = self.older.plans if self.older else {}
        refused = {"commercial": {"answer": "no", "detail": "", "source": ""}}
        plans = {name: {**known.get(name, {}), **refused} for name in _names(self.cleaned_data["free_plans"])}
        for name in _names(self.cleaned_data["plans"]):
            own = known.get(name, {})
            plans[name] = {key: each for key, each in own.items() if key != "commercial" or each.get("answer") != "no"}
        return plans


def _inputs(terms: Terms | None) -> Iterator[tuple[str, str]]:
    """What terms say of photographs that are sent, by the rest of the field's name."""
    for suffix, part in INPUTS.items():
        if terms and terms.inputs:
            yield suffix, terms.inputs[part]


def _named_plans(terms: Terms | None) -> tuple[list[str], list[str]]:
    """Plans without commercial use, and the others."""
    plans = terms.plans if terms else {}
    free = [name for name, sheet in plans.items() if sheet.get("commercial", {}).get("answer") == "no"]
    return free, [name for name in plans if name not in free]


def _names(typed: str) -> list[str]:
    return [name for each in typed.split(",") if (name := each.strip()[:80])]

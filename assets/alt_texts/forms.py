"""The form of a version's alt text: the first text, and the same in further languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.forms import BoundField

from assets.alt_texts.checking import Words
from assets.models import Version
from core import languages
from core.web.seen import SeenForm

MOST = 8
"""Further languages of one picture."""
LENGTH = 1000
"""Characters of a text in a further language; all of them must fit into what a JPEG can say about itself (64 kB)."""

LONGEST = 4000
"""Characters of a long description."""


class AltTextForm(SeenForm):
    """The alt text, or the word that there is none."""

    text = forms.CharField(
        label="What it shows",
        max_length=2000,
        error_messages={"required": "Say what the picture shows, or that it is decorative."},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What somebody who cannot see the picture needs to know. The important words first.",
    )
    language = forms.ChoiceField(initial="en")
    long = forms.CharField(
        label="Long description",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only where a picture says more than a sentence can, such as a floor plan. In the language above.",
    )
    decorative = forms.BooleanField(
        required=False, label="Decorative: it tells nothing that the words beside it do not"
    )

    new_language = forms.ChoiceField(required=False, label="Language")
    new_text = forms.CharField(
        required=False, max_length=LENGTH, label="The same in this language", widget=forms.Textarea(attrs={"rows": 2})
    )

    TAKEN = ("text", "decorative", "language", "long")
    """Beside the further texts, what `writing.describe` takes."""

    use_required_attribute = False  # the browser would insist on words for a decorative picture too

    def __init__(self, *args: Any, further: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for tag in _tags_in(further, self.data, self.add_prefix("text_")):
            self.fields[f"text_{tag}"] = _further_text(tag, further.get(tag, ""))
        held, main = self._tags(), self.initial.get("language", "")
        cast("forms.ChoiceField", self.fields["language"]).choices = languages.choices(main)
        free = languages.choices(but=(*held, main))
        cast("forms.ChoiceField", self.fields["new_language"]).choices = [("", "Choose a language"), *free]
        if self.is_bound and self["decorative"].data:
            self.fields["text"].required = False

    @classmethod
    def of(cls, version: Version, data: Mapping[str, Any] | None = None) -> AltTextForm:
        said = {
            "text": version.alt_text,
            "language": version.alt_language,
            "decorative": version.decorative,
            "long": version.long_description,
        }
        further = {each.language: each.text for each in version.translations.all()}
        return cls(data, initial=said, prefix="alt", further=further)

    def _tags(self) -> list[str]:
        return [name.removeprefix("text_") for name in self.fields if name.startswith("text_")]

    def further(self) -> list[BoundField]:
        """The fields of the texts in further languages that are there."""
        return [self[f"text_{tag}"] for tag in self._tags()]

    @property
    def is_adding(self) -> bool:
        """Whether somebody has begun a text in one more language."""
        return bool(self["new_language"].value() or self["new_text"].value())

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        new, text, main = said.get("new_language"), said.get("new_text"), said.get("language", "")
        if text and not new and "new_language" not in self.errors:
            self.add_error("new_language", "Say which language this is.")
        if new and not text:
            self.add_error("new_text", f"Write the text in {languages.name_of(new)}, or choose no language.")
        if any(tag == main and text for tag, text in self._said_further().items()):
            self.add_error("language", f"There is a text in {languages.name_of(main)} below as well. Keep one of them.")
        if sum(map(bool, self._said_further().values())) > MOST:
            self.add_error("new_language", f"A picture can have its alt text in {MOST} further languages.")
        return {**{name: said[name] for name in said if name in self.TAKEN}, "further": self._said_further()}

    def _said_further(self) -> dict[str, str]:
        said = {tag: self.cleaned_data.get(f"text_{tag}", "") for tag in self._tags()}
        new = self.cleaned_data.get("new_language")
        return {**said, new: self.cleaned_data.get("new_text", "")} if new else said

    def words(self) -> Words:
        """What was said, as far as it can be read."""
        said = self.cleaned_data
        return Words(
            said.get("text", ""),
            said.get("language", ""),
            decorative=said.get("decorative", False),
            further=said.get("further", {}),
            long=said.get("long", ""),
        )


def _tags_in(further: Mapping[str, str], data: Mapping[str, Any], before: str) -> list[str]:
    """The languages that are there, and those that a form was sent with since somebody else removed them."""
    sent = (name.removeprefix(before) for name in data if name.startswith(before))
    return list(dict.fromkeys((*further, *(tag for tag in sent if tag in languages.LANGUAGES))))


def _further_text(tag: str, text: str) -> forms.CharField:
    return forms.CharField(
        label=f"In {languages.name_of(tag)}",
        max_length=LENGTH,
        required=False,
        initial=text,
        help_text="Clear it to remove it.",
        widget=forms.Textarea(attrs={"rows": 2, "lang": tag}),
    )

"""What people fill in about pictures. A form turns typed text into the plain values that the library's verbs take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.forms import BoundField

from assets import pictures
from assets.alterations import ALTERATIONS
from assets.library import GivenAnswer, GivenConsent
from assets.lifecycle import Status
from assets.models import Answer, Asset, Consent, DigitalSource, Licence, Listing, Origin, Question, Terms, Version
from assets.rights import QUESTIONS, Asked, prefill
from core.models import User

AT_ONCE = 20
"""Files in one upload."""
ANY = ("", "Any")
"""The choice that asks for nothing."""


class Kind(forms.ChoiceField):
    """What somebody brings: decides origin and digital source type."""

    CHOICES = (("photograph", "Photograph"), ("drawn", "Drawing"), ("generated", "Generated"))
    MEANS: ClassVar = {
        "photograph": (Origin.UPLOADED, DigitalSource.CAPTURE),
        "drawn": (Origin.UPLOADED, DigitalSource.CREATION),
        "generated": (Origin.BROUGHT, DigitalSource.GENERATED),
    }


class ManyFiles(forms.FileField):
    """One or several pictures, each small enough to be looked at."""

    def __init__(self, **options: Any) -> None:
        widget = forms.ClearableFileInput()
        widget.allow_multiple_selected = True
        widget.attrs |= {"multiple": True, "accept": ",".join(sorted(set(pictures.MEDIA_TYPES.values())))}
        super().__init__(widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = (data if isinstance(data, list | tuple) else [data]) or [None]
        if len(files) > AT_ONCE:
            raise ValidationError(f"Bring up to {AT_ONCE} pictures at once; these are {len(files)}.")
        return [self._checked(file) for file in files]

    def _checked(self, file: Any) -> UploadedFile[Any]:
        checked: UploadedFile[Any] = super().clean(file)
        if checked.size and checked.size > pictures.MAX_BYTES:
            limit = pictures.MAX_BYTES // 1024 // 1024
            raise ValidationError(f"“{checked.name}” is larger than {limit} MB. Save it smaller and bring it again.")
        return checked


class UploadForm(forms.Form):
    """Pictures from outside, with what the portal cannot see in them."""

    pictures = ManyFiles(label="Pictures", help_text="PNG, JPEG, WebP, AVIF or GIF. They are kept exactly as they are.")
    kind = Kind(label="What is it?", choices=Kind.CHOICES, initial="photograph", widget=forms.RadioSelect)
    maker = forms.CharField(
        label="Made with",
        max_length=80,
        required=False,
        help_text="The service that generated it, such as Midjourney. Its terms go with the picture.",
        widget=forms.TextInput(attrs={"list": "makers"}),
    )
    title = forms.CharField(max_length=200, required=False, help_text="Without one, each picture is named as its file.")
    listing = forms.ModelChoiceField(Listing.objects.all(), required=False, empty_label="No listing")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == "generated" and not cleaned.get("maker"):
            self.add_error("maker", "Say which service made it: its terms decide what may be done with the picture.")
        return cleaned


class NewVersionForm(UploadForm):
    """One more version of an asset that is there already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["title"], self.fields["listing"]
        self.fields["pictures"].label = "Picture"
        del self.fields["pictures"].widget.attrs["multiple"]

    def clean_pictures(self) -> list[UploadedFile[Any]]:
        files: list[UploadedFile[Any]] = self.cleaned_data["pictures"]
        if len(files) > 1:
            raise ValidationError("A version is one picture. Bring the others one by one.")
        return files


@dataclass(frozen=True)
class QuestionRow:
    """One licence question as the form shows it."""

    asked: Asked
    answer: BoundField
    detail: BoundField
    source: BoundField

    @property
    def open(self) -> bool:
        """Whether detail and source are worth showing at once."""
        return bool(self.detail.value() or self.source.value() or self.detail.errors or self.source.errors)


class LicenceForm(forms.Form):
    """The eight questions, and the facts that go with their answers."""

    terms = forms.ModelChoiceField(Terms.objects.none(), required=False, empty_label="No terms kept here")
    holder = forms.CharField(max_length=200, required=False, label="Who owns it")
    attribution = forms.CharField(max_length=300, required=False, label="Credit line, word for word")
    valid_until = forms.DateField(
        required=False, label="Last day of use", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    url = forms.URLField(max_length=500, required=False, label="Where the licence can be read", assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Terms]", self.fields["terms"]).queryset = Terms.objects.all()
        for asked in QUESTIONS:
            for name, field in _question_fields(asked).items():
                self.fields[name] = field

    @classmethod
    def of(
        cls,
        version: Version,
        data: Mapping[str, Any] | None = None,
        *,
        instead: Terms | None = None,
        answers: Mapping[Question, GivenAnswer] | None = None,
    ) -> LicenceForm:
        """The form of a version. `instead` and `answers` start it from other terms than those it was answered from."""
        licence = version.licence
        given = answers or _answers_of(licence)
        said: dict[str, Any] = {"terms": instead or (licence.terms if licence else None)}
        for name in ("holder", "attribution", "valid_until", "url"):
            said[name] = getattr(licence, name, None)
        if instead:
            said["url"] = instead.source_url or said["url"]
        for question, answer in given.items():
            name = _field(question)
            said |= {name: answer.answer, f"{name}_detail": answer.detail, f"{name}_source": answer.source}
        return cls(data, initial=said, prefix="licence")

    def filled_in_for(self, version: Version) -> LicenceForm:
        """The same form with the answers of the terms that were picked, for a person to look through and save."""
        terms = self.cleaned_data.get("terms")
        return LicenceForm.of(version, instead=terms, answers=prefill(terms))

    def rows(self) -> Iterator[QuestionRow]:
        """The questions in the order in which they are asked."""
        for asked in QUESTIONS:
            name = _field(asked.question)
            yield QuestionRow(asked, self[name], self[f"{name}_detail"], self[f"{name}_source"])

    def answers(self) -> dict[Question, GivenAnswer]:
        """What was answered, for `library.answer_licence`."""
        said = self.cleaned_data
        return {
            question: GivenAnswer(Answer(said[name]), said[f"{name}_detail"], said[f"{name}_source"])
            for question in Question
            for name in (_field(question),)
        }


class ShownForm(forms.Form):
    """Who and what can be recognised."""

    people = forms.ChoiceField(
        label="Does it show real people who can be recognised?", choices=Answer, widget=forms.RadioSelect
    )
    property = forms.ChoiceField(
        label="Does it show a private property whose owner must agree?", choices=Answer, widget=forms.RadioSelect
    )

    @classmethod
    def of(cls, version: Version, data: Mapping[str, Any] | None = None) -> ShownForm:
        return cls(data, initial={"people": version.shows_people, "property": version.shows_property}, prefix="shown")


class ConsentForm(forms.Form):
    """One person's or owner's release."""

    kind = forms.ChoiceField(label="From", choices=Consent.Kind, widget=forms.RadioSelect, initial="person")
    name = forms.CharField(max_length=200)
    given = forms.ChoiceField(label="Given?", choices=Answer, widget=forms.RadioSelect, initial=Answer.YES)
    scope = forms.CharField(max_length=300, required=False, label="What it covers")
    valid_until = forms.DateField(
        required=False, label="Last day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def consent(self) -> GivenConsent:
        """What was given, for `library.record_consent`."""
        return GivenConsent(**self.cleaned_data)


class DisclosureForm(forms.Form):
    """How the picture came about, and what was altered."""

    digital_source = forms.ChoiceField(label="How it came about", choices=DigitalSource.choices)
    alterations = forms.MultipleChoiceField(
        label="What was altered in the photograph",
        choices=ALTERATIONS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Light, colour, crop and straightening do not count.",
    )
    original = forms.ModelChoiceField(
        Version.objects.none(), label="The unaltered original", required=False, empty_label="Not linked"
    )
    disclosure_note = forms.CharField(
        max_length=300,
        required=False,
        label="Note",
        help_text="What a reader should know, such as “Sofa and rug added”.",
    )

    @classmethod
    def of(cls, version: Version, data: Mapping[str, Any] | None = None) -> DisclosureForm:
        said = {name: getattr(version, name) for name in cls.base_fields}
        form = cls(data, initial=said, prefix="disclosure")
        cast("forms.ModelChoiceField[Version]", form.fields["original"]).queryset = originals_for(version)
        return form


class RenameForm(forms.Form):
    title = forms.CharField(max_length=200)


class LibraryFilterForm(forms.Form):
    """What the library's address says to show. A value that means nothing is left out."""

    q = forms.CharField(
        label="Search", required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    status = forms.ChoiceField(required=False, choices=[ANY, *Status.choices])
    provider = forms.ChoiceField(required=False)
    listing = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        makers = Version.objects.order_by("maker").values_list("maker", flat=True).distinct()
        listings = Listing.objects.filter(assets__isnull=False).distinct()
        offer(self, "provider", [ANY, *((maker, maker) for maker in makers)])
        offer(self, "listing", [ANY, *((listing.reference, str(listing)) for listing in listings)])

    def wanted(self) -> dict[str, str]:
        """The filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Let a choice field of a form offer these."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)


def originals_for(version: Version) -> Any:
    """Versions that this one may have been made from: others of the asset and of its listing."""
    near = Q(asset=version.asset_id) | Q(pk=version.original_id)
    if version.asset.listing_id:
        near |= Q(asset__listing=version.asset.listing_id)
    return Version.objects.filter(near).exclude(pk=version.pk).select_related("asset")


def asset_of(given: str, user: User) -> Asset | None:
    """The asset that an upload is a version of, as its address says; None for a new one."""
    try:
        return Asset.objects.visible_to(user).filter(pk=given).first() if given else None
    except ValidationError:
        return None


def version_of(given: str, user: User) -> Version | None:
    """The version that an address names, if there is one."""
    try:
        return Version.objects.visible_to(user).select_related("asset").filter(pk=given).first() if given else None
    except ValidationError:
        return None


def _answers_of(licence: Licence | None) -> dict[Question, GivenAnswer]:
    given = {question: GivenAnswer() for question in Question}
    if licence:
        kept = {Question(a.question): GivenAnswer(Answer(a.answer), a.detail, a.source) for a in licence.answers.all()}
        given |= kept
    return given


def _field(question: Question) -> str:
    """The name of a question's field; two questions are called as facts beside them are."""
    return f"ask_{question.value}"


def _question_fields(asked: Asked) -> dict[str, forms.Field]:
    name = _field(asked.question)
    return {
        name: forms.ChoiceField(
            label=asked.question.label, help_text=asked.help, choices=Answer, widget=forms.RadioSelect
        ),
        f"{name}_detail": forms.CharField(label="Detail", max_length=500, required=False),
        f"{name}_source": forms.CharField(label="Where it says so", max_length=300, required=False),
    }

"""What people fill in about consents, and the files that they hand in with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse_lazy

from assets.listings.chooser import ListingField
from assets.models import Answer, Consent, Medium, Purpose, Reach
from assets.rights import evidence
from assets.rights.consents import GivenConsent
from core.web.chooser import Choice, ChooserField
from core.web.forms import SearchField
from core.web.seen import SeenForm

LISTED = ("channels", "territories")
"""Fields that hold several words between commas."""
LIMITS = ("channel_kinds", "purposes", *LISTED)


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False, **options
    )


def _several(label: str, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=False)


class ConsentForm(SeenForm):
    """One release by a person, a property's owner or a listing's owner. With its listing it stays for good."""

    kind = forms.ChoiceField(label="From", choices=Consent.Kind, widget=forms.RadioSelect)
    name = forms.CharField(max_length=200, help_text="Who agreed.")
    listing = ListingField(
        required=False, label="Listing", help_text="For a listing’s owner: every picture of it rests on the consent."
    )
    guardian_name = forms.CharField(
        max_length=200, required=False, label="Guardian", help_text="Who signs for a minor."
    )
    guardian_relation = forms.CharField(
        max_length=80, required=False, label="Relation", help_text="Such as mother or legal guardian."
    )
    given = forms.ChoiceField(label="Given?", choices=Answer, widget=forms.RadioSelect)
    reach = forms.ChoiceField(
        label="How far does it go?", choices=Reach, widget=forms.RadioSelect, initial=Reach.UNKNOWN, required=False
    )
    channel_kinds = _several("Only in these kinds of channel", Medium.choices)
    channels = forms.CharField(
        max_length=300, required=False, label="Only in these channels", help_text="Their names, with commas between."
    )
    purposes = _several("Only for", Purpose.choices)
    territories = forms.CharField(
        max_length=300, required=False, label="Only within", help_text="Countries or states, with commas between."
    )
    scope = forms.CharField(
        max_length=300, required=False, label="What it covers", help_text="In the words that were signed."
    )
    may_alter = forms.ChoiceField(
        label="May the picture be altered?",
        choices=Answer,
        widget=forms.RadioSelect,
        initial=Answer.UNKNOWN,
        required=False,
    )
    to_providers = forms.ChoiceField(
        label="May the photograph be sent to an AI service?",
        choices=Answer,
        widget=forms.RadioSelect,
        initial=Answer.UNKNOWN,
        required=False,
    )
    valid_until = _day("Expires", help_text="The last day of use.")

    @classmethod
    def of(cls, consent: Consent | None, data: Mapping[str, Any] | None = None) -> ConsentForm:
        """The form of a consent that is there, or of a new one."""
        form = cls(data, initial=_said(consent) if consent else None, prefix="consent")
        form.kept = consent
        if consent:
            del form.fields["kind"], form.fields["listing"]
        return form

    kept: Consent | None = None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("kind") == Consent.Kind.LISTING and not said.get("listing") and "listing" not in self.errors:
            self.add_error("listing", "Say for which listing the owner agreed.")
        if said.get("reach") == Reach.LIMITED and not any(said.get(name) for name in LIMITS):
            self.add_error("reach", "Say below what it is limited to, or choose any use.")
        if bool(said.get("guardian_name")) != bool(said.get("guardian_relation")):
            self.add_error("guardian_name", "Write both: who signed, and what they are to the minor.")
        return said

    def consent(self, files: Iterable[Mapping[str, Any]] = ()) -> GivenConsent:
        """What was given, for `consents.record_consent` and `change_consent`; files come to those that are there."""
        said = self.cleaned_data | {name: evidence.listed(self.cleaned_data[name]) for name in LISTED}
        said |= {name: said[name] or Answer.UNKNOWN for name in ("reach", "may_alter", "to_providers")}
        if said["reach"] != Reach.LIMITED:
            said |= dict.fromkeys(LIMITS, ())
        if self.kept:
            return replace(GivenConsent.of(self.kept), **said, files=[*self.kept.files, *files])
        if said["kind"] != Consent.Kind.LISTING:
            said["listing"] = None
        return GivenConsent(**said, files=[*files])


class EvidenceForm(forms.Form):
    """What was signed: a PDF, or a picture of the paper."""

    file = forms.FileField(
        label="Signed document",
        required=False,
        allow_empty_file=True,
        help_text=f"{evidence.WORDS}, up to {evidence.LARGEST // 1_000_000} MB.",
        widget=forms.FileInput(attrs={"accept": evidence.ACCEPTED}),
    )

    @classmethod
    def of(cls, data: Mapping[str, Any] | None = None, files: Any = None) -> EvidenceForm:
        return cls(data, files, prefix="evidence")

    def clean_file(self) -> list[Mapping[str, Any]]:
        """The file as a consent keeps it, put into the store; nothing without one."""
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if not file:
            return []
        if file.size is None or file.size > evidence.LARGEST:
            raise ValidationError(f"It is larger than {evidence.LARGEST // 1_000_000} MB. Save it smaller.")
        try:
            return [evidence.keep(file.read(), file.name or "")]
        except evidence.Refused as error:
            raise ValidationError(str(error)) from error


class RenewForm(SeenForm):
    """Until when a consent holds from now on."""

    valid_until = _day("Expires", help_text="The last day of use. Leave empty only if the new document has no end.")

    @classmethod
    def of(cls, consent: Consent, data: Mapping[str, Any] | None = None) -> RenewForm:
        return cls(data, initial={"valid_until": consent.valid_until}, prefix="renewal")


class RevokeForm(forms.Form):
    """Why a consent ends."""

    because = forms.CharField(
        max_length=300,
        label="Who revoked it, and how do you know?",
        help_text="Kept in the log. Listing sites are told that the pictures are withdrawn, not why.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )


class NewRightsForm(SeenForm):
    """By which right bytes may be used again that were withdrawn for rights."""

    words = forms.CharField(
        max_length=300,
        label="By which right may it be used again?",
        help_text="Name the license or consent that was given since, and its date. A reviewer reads it.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )

    @classmethod
    def of(cls, said: Mapping[str, str], data: Mapping[str, Any] | None = None) -> NewRightsForm:
        return cls(data, initial={"words": next(iter(said.values()), "")}, prefix="rights")


class ConsentField(ChooserField[Consent]):
    """A consent of a person or of a property, named by who gave it."""

    nouns = ("consent", "consents")
    hint = "Name, or guardian"
    url = reverse_lazy("assets:choose_consent")

    def named(self, text: str) -> list[Consent]:
        name, _, key = text.rpartition(" · consent ")
        if name and key.isdecimal() and len(key) < 19 and (found := list(_choosable().filter(pk=int(key)))):
            return found
        return list(_choosable().filter(name__iexact=text)[:3]) or list(_choosable().saying(text)[:3])

    def best(self, text: str, most: int) -> list[Consent]:
        return list(_choosable().saying(text).order_by("name", "-pk")[:most])

    def choice(self, row: Consent) -> Choice:
        return Choice(row.label, row.name, str(row.get_kind_display()))


class ChooseConsentForm(forms.Form):
    """A consent that is there already."""

    consent = ConsentField(label="A consent that is recorded already")


class ConsentSearch(forms.Form):
    """Words that a consent is found by."""

    q = SearchField("Search")


def _choosable() -> Any:
    return Consent.objects.in_force().filter(listing=None)


def _said(consent: Consent) -> dict[str, Any]:
    """What a consent says, as its form holds it."""
    said = {name: getattr(consent, name) for name in ConsentForm.base_fields}
    return said | {name: ", ".join(said[name]) for name in LISTED}

"""What people fill in about how a picture came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import Case, Q, When
from django.forms import BoundField

from assets.models import DigitalSource, Version
from assets.models.version import PHOTOGRAPHS, Status
from assets.provenance import agreement
from assets.provenance.agreement import Contradiction
from assets.provenance.alterations import ALTERATIONS, choices_for
from assets.provenance.disclosure import Disclosure
from core.web.seen import SeenForm


class DisclosureForm(SeenForm):
    """How the picture came about, and what was altered."""

    digital_source = forms.ChoiceField(label="How it was made", choices=DigitalSource.choices)
    alterations = forms.MultipleChoiceField(
        label="What was altered in the photograph",
        choices=ALTERATIONS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Light, color, cropping, and straightening do not count.",
    )
    original = forms.ModelChoiceField(
        Version.objects.none(),
        label="The unaltered original",
        required=False,
        empty_label="None of these",
        widget=forms.RadioSelect,
        help_text="Photographs of the same listing, as they were before anything was altered.",
    )
    same_view = forms.BooleanField(
        required=False,
        label="I looked at both: same room, same viewpoint",
        help_text="Needed unless it was altered here.",
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
        cast("forms.MultipleChoiceField", form.fields["alterations"]).choices = choices_for(version.alterations)
        return form

    def said(self) -> Disclosure:
        return Disclosure(**self.cleaned_data)


def originals_for(version: Version) -> Any:
    """Versions that this one may have been made from, the likeliest first: photographs of the asset and its listing."""
    near = Q(asset=version.asset_id)
    if version.asset.listing_id:
        near |= Q(asset__listing=version.asset.listing_id)
    photographs = near & Q(digital_source__in=PHOTOGRAPHS, alterations=[]) & ~Q(status=Status.ARCHIVED)
    linked = Q(pk__in=[key for key in (version.original_id, version.parent_id) if key])
    found = Version.objects.filter(photographs | linked).exclude(pk=version.pk).select_related("asset")
    likeliest = Case(When(linked, then=0), When(asset=version.asset_id, then=1), default=2)
    return found.alias(likeliest=likeliest).order_by("likeliest", "-created_at", "pk")


class ExplanationForm(SeenForm):
    """Why what is stated is right, for each contradiction of a version."""

    @classmethod
    def of(cls, version: Version, data: Mapping[str, Any] | None = None) -> ExplanationForm:
        found = agreement.of(version)
        form = cls(data, initial={each.code: each.explanation for each in found}, prefix="agreement")
        for each in found:
            form.fields[each.code] = forms.CharField(
                label="Explanation",
                max_length=500,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text="Why it is right as stated. Whoever decides reads it.",
            )
        form.contradictions = [(each, form[each.code]) for each in found]
        return form

    contradictions: Sequence[tuple[Contradiction, BoundField]] = ()
    """Each with the field of its explanation."""

    def given(self) -> dict[str, str]:
        """Explanations by the code of their contradiction."""
        return dict(self.cleaned_data)

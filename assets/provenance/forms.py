"""What people fill in about how a picture came about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.db.models import Q

from assets.models import DigitalSource, Version
from assets.provenance.alterations import ALTERATIONS
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

    def said(self) -> Disclosure:
        return Disclosure(**self.cleaned_data)


def originals_for(version: Version) -> Any:
    """Versions that this one may have been made from: others of the asset and of its listing."""
    near = Q(asset=version.asset_id) | Q(pk=version.original_id)
    if version.asset.listing_id:
        near |= Q(asset__listing=version.asset.listing_id)
    return Version.objects.filter(near).exclude(pk=version.pk).select_related("asset")

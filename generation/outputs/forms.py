"""What people fill in when they keep a picture."""

from __future__ import annotations

from django import forms

from assets.models import Asset, Listing


class KeepForm(forms.Form):
    """What an output is called when it is kept, and where it goes."""

    title = forms.CharField(max_length=200)
    asset = forms.ModelChoiceField(
        Asset.objects.all(),
        required=False,
        empty_label="A new picture in the library",
        label="Keep as",
        help_text="Choose a picture to add this as its next version.",
    )
    listing = forms.ModelChoiceField(Listing.objects.all(), required=False, empty_label="No listing")

"""What people fill in when they keep a picture."""

from __future__ import annotations

from django import forms

from assets.library.chooser import AssetField
from assets.listings.chooser import ListingField


class KeepForm(forms.Form):
    """What an output is called when it is kept, and where it goes."""

    title = forms.CharField(max_length=200)
    asset = AssetField(
        required=False,
        label="Next version of",
        help_text="Leave empty to keep it as a new picture in the library.",
    )
    listing = ListingField(required=False)

"""What people fill in to end a release."""

from __future__ import annotations

from django import forms


class WithdrawForm(forms.Form):
    """Why a release ends."""

    reason = forms.CharField(
        max_length=300,
        label="Why is it withdrawn?",
        help_text="Kept in the log. Listing sites are told that it is withdrawn, not why.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )

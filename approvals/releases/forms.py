"""What people fill in to end a release."""

from __future__ import annotations

from django import forms


class WithdrawForm(forms.Form):
    """Why a release ends."""

    kind = forms.ChoiceField(
        label="Are the rights to it gone?",
        choices=(("rights", "Yes: a consent or license no longer stands"), ("other", "No: another reason")),
        help_text="With yes, the same picture is withdrawn wherever else it is live. It comes back only by new rights.",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        max_length=300,
        label="Why is it withdrawn?",
        help_text="Kept in the log. Listing sites are told that it is withdrawn, not why.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )

"""Forms of approvals. They check what was typed; rights, states and facts are the writers' business."""

from __future__ import annotations

from django import forms

from approvals.models import Channel, Choice


class DecisionForm(forms.Form):
    """A decision, with the hash and the facts of what was seen."""

    seen_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        required=False,
        max_length=4000,
        label="Note to author",
        help_text="Required when you request changes or reject.",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 4000, "data-key": "c"}),
    )
    words_approved = forms.BooleanField(
        required=False,
        label="The words are right",
        help_text="Alt text in each language, long description, and what is said beside the picture.",
    )
    choice = forms.ChoiceField(choices=Choice.choices, widget=forms.HiddenInput)

    def ask_for_note(self) -> None:
        """Put the cursor where the words are missing."""
        self.fields["note"].widget.attrs |= {"autofocus": True, "aria-invalid": "true"}


class SubmitForm(forms.Form):
    """Which channels a version is submitted to."""

    channels = forms.ModelMultipleChoiceField(
        Channel.objects.filter(active=True),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        required=False,
        max_length=4000,
        label="Note to reviewer",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 4000}),
    )

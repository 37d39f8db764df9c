"""What people fill in about listing sites and their keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms

from approvals.models import Channel, ListingSite
from core import clock
from core.web.seen import SeenForm


class SiteForm(forms.Form):
    """A new listing site."""

    name = forms.CharField(max_length=120, label="Name", help_text="Such as bricks.example.")
    slug = forms.SlugField(
        max_length=64, label="Short name", help_text="Used in web addresses: letters, digits, and hyphens."
    )
    contact = forms.EmailField(required=False, label="Contact", help_text="Whom to write to when something goes wrong.")
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.filter(active=True), to_field_name="slug", widget=forms.CheckboxSelectMultiple, label="Channels"
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if ListingSite.objects.filter(slug=slug).exists():
            raise forms.ValidationError("A listing site with this short name already exists. Choose another.")
        return slug


class SiteChannelsForm(SeenForm):
    """Which channels a site may read."""

    channels = forms.ModelMultipleChoiceField(
        Channel.objects.all(),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Channels",
    )

    @classmethod
    def of(cls, site: ListingSite, data: Mapping[str, Any] | None = None) -> SiteChannelsForm:
        return cls(data, initial={"channels": [channel.slug for channel in site.channels.all()]})


class KeyForm(forms.Form):
    """A new key."""

    label = forms.CharField(max_length=80, label="What is it for?", help_text="Such as “production” or “staging”.")
    last_day = forms.DateField(
        required=False,
        label="Expires",
        help_text="The last day it works. Leave empty for a key that never expires.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_last_day(self) -> date | None:
        last: date | None = self.cleaned_data["last_day"]
        if last and last < clock.today():
            raise forms.ValidationError("This day is past. Choose today or a later one.")
        return last

    def expires_at(self) -> datetime | None:
        """The end of the last day where the team is."""
        last: date | None = self.cleaned_data["last_day"]
        return datetime.combine(last, time.max, tzinfo=clock.zone()) if last else None

"""What people fill in about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from core import clock
from core.models import User
from core.people.profile import Profile
from core.web.seen import SeenForm


class ProfileForm(SeenForm):
    """Somebody's own settings."""

    display_name = forms.CharField(
        max_length=150, required=False, label="Name", help_text="As others see it. Without one they see your user name."
    )
    time_zone = forms.CharField(
        max_length=64,
        required=False,
        label="Time zone",
        validators=[clock.check_zone],
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}),
    )
    letter_keys = forms.BooleanField(
        required=False,
        label="Single letters press buttons",
        help_text="Such as J for the next review. Turn it off if you speak to your computer or letters slip in.",
    )
    mail_reviews = forms.BooleanField(required=False, label="Reviews that wait for me")
    mail_answers = forms.BooleanField(required=False, label="Decisions on what I submitted")
    mail_budgets = forms.BooleanField(required=False, label="Budgets that run out")

    def profile(self) -> Profile:
        return Profile(**self.cleaned_data)

    @classmethod
    def of(cls, user: User, data: Mapping[str, Any] | None = None) -> ProfileForm:
        """Filled with what holds now."""
        return cls(data, initial={name: getattr(user, name) for name in cls.base_fields})

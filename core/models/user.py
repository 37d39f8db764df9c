"""A person who signs in: the account that everything in the portal is done by."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """An account, with the one name that others see and how its owner wants to be told of things.

    `time_zone` is an IANA name such as `America/Los_Angeles`; empty stands for the team's. Each `mail_…` is a choice
    about one kind of mail; what it is about waits in the portal either way. `letter_keys` says whether a bare letter
    presses a button; it is off for whoever speaks to the machine or has an unsteady hand.
    """

    first_name = None  # type: ignore[assignment] # one name is enough, and fits whatever way names are built
    last_name = None  # type: ignore[assignment] # the same
    display_name = models.CharField("name", max_length=150, blank=True, help_text="As others in the team see it.")
    time_zone = models.CharField(max_length=64, blank=True)
    mail_reviews = models.BooleanField("reviews that wait for me", default=True)
    mail_answers = models.BooleanField("decisions on what I submitted", default=True)
    mail_budgets = models.BooleanField("budgets that run out", default=True)

    letter_keys = models.BooleanField("single-letter shortcuts", default=True)

    is_rehashing = False
    """Whether the password is being checked: its hash may be made anew in today's way, and stays that of the same."""

    def check_password(self, raw_password: str | None) -> bool:
        self.is_rehashing = True
        try:
            return super().check_password(raw_password)
        finally:
            self.is_rehashing = False

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

"""Channels: the places where pictures are used, each with its own rules."""

from __future__ import annotations

from datetime import date

from django.db import models

from core import clock


class ChannelKind(models.TextChoices):
    LISTING_SITE = "listing_site", "Listing site"
    WEBSITE = "website", "Website"
    BROCHURE = "brochure", "Printed brochure"
    REPORT = "report", "Client report"
    SOCIAL = "social", "Social media"


class Channel(models.Model):
    """A place where pictures are used. What may go there is data with a source and a date, so people can edit it."""

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=ChannelKind)
    description = models.CharField(max_length=300, blank=True)
    rules = models.JSONField(
        default=dict, help_text="Size, format and content rules; see `approvals.channels.rules.Rules`."
    )
    disclosure = models.JSONField(
        default=dict,
        help_text="How altered and generated pictures are marked; see `approvals.channels.disclosure.Profile`.",
    )
    rules_source = models.CharField(max_length=300, blank=True)
    rules_read_on = models.DateField(null=True, blank=True)
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        validators=[clock.check_zone],
        help_text="Whose days end licenses and consents here: a name such as America/Los_Angeles. Empty: the team's.",
    )
    last_sequence = models.PositiveBigIntegerField(default=0, help_text="Of the newest event; locked to write one.")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)
        permissions = (("manage_channels", "Can change channels, listing sites and their keys"),)

    def __str__(self) -> str:
        return self.name

    @property
    def today(self) -> date:
        """The day that it is where the channel is."""
        return clock.today(self.time_zone)

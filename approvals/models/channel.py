"""Channels: the places where pictures are used, each with its own rules; and changes that await a second person."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock

MANAGE = "approvals.manage_channels"


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
    territory = models.JSONField(
        default=list, blank=True, help_text="Where it is seen: codes of ISO 3166 such as US-CA. Empty: not stated."
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


class ChangeState(models.TextChoices):
    WAITING = "waiting", "Waits for a second person"
    CONFIRMED = "confirmed", "Confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ChannelChangeQuerySet(models.QuerySet["ChannelChange"]):
    def waiting(self) -> ChannelChangeQuerySet:
        return self.filter(state=ChangeState.WAITING)

    def waiting_for(self, person: models.Model) -> ChannelChangeQuerySet:
        """Those that this person did not propose."""
        return self.waiting().exclude(proposed_by=person.pk)


class ChannelChange(models.Model):
    """A change of a channel as one person proposes it: what was there, and what is to be. Another confirms it."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="changes")
    before = models.JSONField(help_text="The fields that differ, as they were.")
    after = models.JSONField(help_text="The same fields, as they are to be.")
    why = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=16, choices=ChangeState, default=ChangeState.WAITING)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ChannelChangeQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="confirmed") | (Q(closed_by__isnull=False) & ~Q(closed_by=F("proposed_by"))),
                name="another_person_confirms_a_change",
            ),
        )
        indexes = (models.Index(fields=("proposed_at",), condition=Q(state="waiting"), name="waiting_channel_changes"),)

    def __str__(self) -> str:
        return f"Change of {self.channel}"

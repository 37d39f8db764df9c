"""Events: the gap-free log of changes in a channel; and deliveries: who fetched what."""

from __future__ import annotations

from django.db import models


class EventKind(models.TextChoices):
    """What happened. `paused` is not over: its words changed, or its original left the channel; it may come back."""

    RELEASED = "released", "Released"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"
    PAUSED = "paused", "Paused"
    RESUMED = "resumed", "Resumed"


class Event(models.Model):
    """One change in one channel. A reader that remembers one number misses nothing."""

    channel = models.ForeignKey("approvals.Channel", on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=16, choices=EventKind)
    release = models.ForeignKey("approvals.Release", on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()

    class Meta:
        ordering = ("channel", "sequence")
        constraints = (models.UniqueConstraint(fields=("channel", "sequence"), name="event_sequence_once_per_channel"),)

    def __str__(self) -> str:
        return f"{self.channel} {self.sequence}: {self.kind}"


class Delivery(models.Model):
    """One file handed to one listing site."""

    release = models.ForeignKey("approvals.Release", on_delete=models.PROTECT, related_name="deliveries")
    key = models.ForeignKey("approvals.SiteKey", on_delete=models.PROTECT, related_name="deliveries")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.release} to {self.key}"

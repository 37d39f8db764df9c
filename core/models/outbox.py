"""The outbox: one row for each message that leaves by itself, so that none is lost with a task or a mail server."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from core import clock

LONGEST_WAIT = timedelta(hours=2)
"""Before another attempt."""


class OutgoingMessageQuerySet(models.QuerySet["OutgoingMessage"]):
    """Outgoing messages."""

    def waiting(self) -> OutgoingMessageQuerySet:
        """Those that are still to be sent."""
        return self.filter(state="waiting")

    def due(self) -> OutgoingMessageQuerySet:
        """Those to be tried now."""
        return self.waiting().filter(clock.come("due_at", LONGEST_WAIT))

    def failed(self) -> OutgoingMessageQuerySet:
        """Those that were given up, the latest first."""
        return self.filter(state="failed").order_by("-closed_at", "-id")


class MessageState(models.TextChoices):
    """Where a message stands. Written by `core.outbox` alone."""

    WAITING = "waiting", "Waiting to be sent"
    SENT = "sent", "Sent"
    NEEDLESS = "needless", "No longer news"
    FAILED = "failed", "Could not be sent"


class OutgoingMessage(models.Model):
    """One message to one person about one object, such as `review.waiting` about a review.

    The text is not here: the app that registered the topic writes it when the message is sent.
    """

    topic = models.CharField(max_length=64, help_text="Such as `review.waiting`.")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    words = models.CharField(max_length=300, help_text="What it is about, as that was called when it was written.")
    data = models.JSONField(default=dict, blank=True, help_text="What its topic needs besides the object.")
    state = models.CharField(max_length=16, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    written_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not tried before; moved on by each attempt.")
    closed_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="Why the last attempt failed.")

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        ordering = ("due_at", "id")
        indexes = (models.Index(fields=("state", "due_at"), name="message_by_state"),)
        constraints = (
            models.UniqueConstraint(
                fields=("topic", "subject_type", "subject_id", "to"), name="one_message_per_topic_subject_and_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} to {self.to}"

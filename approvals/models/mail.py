"""Mail that is owed to people: a row for each, so that none is lost with a message or with a mail server."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from core import clock


class MailQuerySet(models.QuerySet["Mail"]):
    """Mail."""

    def due(self, most_attempts: int) -> MailQuerySet:
        """What is to be tried now."""
        return self.filter(state="waiting", attempts__lt=most_attempts, due_at__lte=clock.instant())


class MailKind(models.TextChoices):
    IN_REVIEW = "in_review", "Something needs your decision"
    CAME_BACK = "came_back", "Your submission was returned"


class MailState(models.TextChoices):
    WAITING = "waiting", "Waiting to be sent"
    SENT = "sent", "Sent"
    NEEDLESS = "needless", "No longer news"
    FAILED = "failed", "Given up"


class Mail(models.Model):
    """One mail to one person about one review. Written with what it tells of, sent by the worker, tried a few times."""

    kind = models.CharField(max_length=16, choices=MailKind)
    review = models.ForeignKey("approvals.Review", on_delete=models.PROTECT, related_name="mails")
    decision = models.ForeignKey(
        "approvals.Decision", null=True, blank=True, on_delete=models.PROTECT, related_name="mails"
    )
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=MailState, default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    written_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not tried before; moved on by each attempt.")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("review", "kind", "to"), name="one_mail_per_review_kind_and_person"),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

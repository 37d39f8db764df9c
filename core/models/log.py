"""The log: one append-only, hash-chained list of who did what to which object."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class LogEntry(models.Model):
    """One thing that happened, in words. Triggers in the database refuse to change or delete it."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=150, help_text="As it was; “the portal” when nobody asked.")
    action = models.CharField(max_length=64, help_text="Such as `version.created`.")
    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    words = models.TextField()
    data = models.JSONField(default=dict, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("subject_type", "subject_id", "id"), name="log_by_subject"),)
        verbose_name_plural = "log entries"

    def __str__(self) -> str:
        return self.words


class LogHead(models.Model):
    """The end of the chain. Locking this one row is what keeps the entries in one order."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    count = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = (models.CheckConstraint(name="log_has_one_head", condition=models.Q(id=1)),)

    def __str__(self) -> str:
        return f"{self.count} entries"

"""The log: one append-only, hash-chained list of who did what to which objects."""

from __future__ import annotations

from django.conf import settings
from django.db import models

LOG_FORMAT = 2
"""How the digest of an entry is made, from now on; see `core.audit.chain`."""


class LogEntry(models.Model):
    """One thing that happened, in words. Triggers in the database refuse to change or delete it."""

    format = models.PositiveSmallIntegerField(default=LOG_FORMAT)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=150, help_text="As it was; “the portal” when nobody asked.")
    action = models.CharField(max_length=64, help_text="Such as `version.created`.")
    words = models.TextField()
    data = models.JSONField(default=dict, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "log entries"

    def __str__(self) -> str:
        return self.words


class LogSubject(models.Model):
    """One object that an entry is about, with the fields that changed, as they were and as they became."""

    entry = models.ForeignKey(LogEntry, on_delete=models.PROTECT, related_name="subjects")
    position = models.PositiveIntegerField()
    type = models.CharField(max_length=32, help_text="Such as `assets.version`.")
    key = models.CharField(max_length=64)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("entry", "position")
        constraints = (models.UniqueConstraint(fields=("entry", "position"), name="log_subject_once_per_position"),)
        indexes = (models.Index(fields=("type", "key", "entry"), name="log_by_subject"),)

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


class LogHead(models.Model):
    """The end of the chain. Locking this one row is what keeps the entries in one order."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    count = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)
    exported_at = models.DateTimeField(null=True, blank=True, help_text="When a head was last kept outside.")

    class Meta:
        constraints = (models.CheckConstraint(name="log_has_one_head", condition=models.Q(id=1)),)

    def __str__(self) -> str:
        return f"{self.count} entries"

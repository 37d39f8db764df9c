"""Releases: the frozen permission and public description of one version in one channel."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from approvals.querysets import ReleaseQuerySet


class ReleaseState(models.TextChoices):
    LIVE = "live", "Live"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


class Release(models.Model):
    """What a channel may have, as it was approved. The document is made once; listing it is reading it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey("assets.Version", on_delete=models.PROTECT, related_name="releases")
    channel = models.ForeignKey("approvals.Channel", on_delete=models.PROTECT, related_name="releases")
    decision = models.ForeignKey("approvals.Decision", on_delete=models.PROTECT, related_name="releases")
    dossier_hash = models.CharField(max_length=64)
    words_hash = models.CharField(
        max_length=64, help_text="The version's when approved; if it differs now, nothing leaves."
    )
    original = models.ForeignKey(
        "assets.Version",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Must be live in the channel too, or this is not served. Empty when the channel asks for none.",
    )
    document = models.JSONField(help_text="What the API says about it.")
    file_sha256 = models.CharField(max_length=64, help_text="The delivered file, metadata embedded.")
    file_media_type = models.CharField(max_length=32)
    file_size = models.PositiveBigIntegerField(help_text="Bytes.")
    state = models.CharField(max_length=16, choices=ReleaseState, default=ReleaseState.LIVE)
    released_at = models.DateTimeField()
    valid_until = models.DateField(null=True, blank=True, help_text="The last day; taken from licence and consents.")
    paused_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when the channel has been told that it is not served for the moment."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.CharField(max_length=300, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ("released_at", "id")
        permissions = (("withdraw_release", "Can withdraw releases"),)
        constraints = (
            models.UniqueConstraint(
                fields=("version", "channel"), condition=Q(state="live"), name="one_live_release_per_channel"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version} in {self.channel}"

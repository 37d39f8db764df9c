"""What was sent once, so that the same sent again does nothing twice."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class SentForm(models.Model):
    """One form as somebody sent it. Written by `core.web.once` alone, and forgotten after some days."""

    digest = models.CharField(max_length=64, unique=True, help_text="Of who sent what from which page.")
    sent_at = models.DateTimeField(default=timezone.now, db_index=True)
    is_done = models.BooleanField(default=False)
    leads_to = models.CharField(max_length=600, blank=True, help_text="Where the answer led.")

    def __str__(self) -> str:
        return f"{self.digest[:12]} at {self.sent_at:%Y-%m-%d %H:%M}"

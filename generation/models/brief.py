"""Briefs: filled-in templates or free text, frozen when they are sent."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from generation.querysets import BriefQuerySet


class Brief(models.Model):
    """What was asked for, by whom, and with which words. Written once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.ForeignKey(
        "generation.TemplateRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="briefs"
    )
    values = models.JSONField(default=dict, blank=True, help_text="Field values as typed.")
    prompt = models.TextField(help_text="The resolved prompt.")
    negative = models.TextField(blank=True)
    ratio = models.CharField(max_length=9, help_text="Width:height.")
    count = models.PositiveSmallIntegerField(default=1, help_text="Variations asked of each model.")
    quality = models.CharField(max_length=16, default="standard", help_text="draft, standard or final.")
    seed = models.BigIntegerField(null=True, blank=True)
    purpose = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200)
    listing = models.ForeignKey(
        "assets.Listing", null=True, blank=True, on_delete=models.PROTECT, related_name="briefs"
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="briefs")
    asked_at = models.DateTimeField(auto_now_add=True)

    objects = BriefQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "id")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
    acknowledged = models.JSONField(
        default=list, blank=True, help_text="Content rules that its asker was warned of, and said are meant."
    )
        return reverse("generation:brief", args=(self.pk,))

"""An asset: a picture the team cares about, over time."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

from assets.querysets import AssetQuerySet

if TYPE_CHECKING:
    from assets.models.version import Version


class Asset(models.Model):
    """The lasting name of a picture. What it looks like, and whether it may be used, is said by its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=200)
    listing = models.ForeignKey(
        "assets.Listing", null=True, blank=True, on_delete=models.PROTECT, related_name="assets"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "id")
        permissions = (("edit_library", "Can add pictures and describe them"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assets:asset", args=(self.pk,))

    @property
    def latest(self) -> Version | None:
        """The newest version; None for the instant before the first is stored."""
        return self.versions.order_by("-number").first()

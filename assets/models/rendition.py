"""Copies of a version that the portal's own pages show."""

from __future__ import annotations

from django.db import models


class Rendition(models.Model):
    """A picture derived from a version for a fixed purpose; it can be made again at any time."""

    version = models.ForeignKey("assets.Version", on_delete=models.CASCADE, related_name="renditions")
    spec = models.CharField(max_length=40, help_text="A name from `assets.imaging.rendering.SPECS`.")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=32)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "spec"), name="rendition_once_per_spec"),)

    def __str__(self) -> str:
        return f"{self.spec} of {self.version}"

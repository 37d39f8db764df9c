"""A listing: the property or job that pictures are made for, known by its reference."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Listing(models.Model):
    """A property as the listing system knows it. Its facts fill the listing fields of a template."""

    reference = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="Plain values by name, such as bedrooms or style.")
    placed_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="+",
        blank=True,
        help_text="Who wrote its reference or address, and so contributes to every picture of it.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("reference",)

    def __str__(self) -> str:
        return f"{self.reference} · {self.title}"

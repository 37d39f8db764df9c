"""Listing sites: machine clients, the channels they may read, and their keys."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ListingSite(models.Model):
    """A website that pulls approved pictures."""

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    contact = models.EmailField(blank=True)
    channels = models.ManyToManyField("approvals.Channel", related_name="sites")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    requests_per_minute = models.PositiveIntegerField(default=240)
    minute = models.PositiveBigIntegerField(default=0, help_text="The minute that is being counted, since 1970.")
    requests_in_minute = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class SiteKey(models.Model):
    """A key of a listing site: shown once, kept as a hash, found by its public prefix."""

    site = models.ForeignKey(ListingSite, on_delete=models.PROTECT, related_name="keys")
    label = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-created_at", "id")

    def __str__(self) -> str:
        return f"{self.site} · {self.prefix}…"

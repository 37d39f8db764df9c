"""The models on offer: dated rows that say what each costs, what it can do and when it ends."""

from __future__ import annotations

from django.db import models


class GenerationModel(models.Model):
    """One model of one provider, seeded from `generation/catalogue/data/models.toml` and editable since."""

    provider = models.CharField(max_length=64, help_text="A key of IMAGE_PROVIDERS.")
    model_id = models.CharField(max_length=120, help_text="As the provider calls it.")
    name = models.CharField(max_length=120)
    facts = models.JSONField(help_text="Qualities, price, sizes and abilities; read by `generation.catalogue`.")
    terms_key = models.CharField(max_length=64, help_text="Whose terms its pictures come under.")
    available_from = models.DateField(null=True, blank=True)
    deprecated_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="The day from which calls fail.")
    successor = models.CharField(max_length=120, blank=True)
    offered = models.BooleanField(default=True, help_text="Whether people may choose it.")
    source = models.CharField(max_length=300, blank=True)
    read_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("provider", "name")
        constraints = (models.UniqueConstraint(fields=("provider", "model_id"), name="model_once_per_provider"),)

    def __str__(self) -> str:
        return self.name

    @property
    def slot(self) -> str:
        """Its name among all models of all providers, as briefs keep their answers under it."""
        return f"{self.provider}/{self.model_id}"


class ProviderState(models.Model):
    """What the portal has learnt about a provider, and how hard it may be driven.

    While `open_until` lies ahead nothing is sent; once it has passed, one `probe` goes out and decides. Empty limits
    mean none. Written by `generation.jobs.circuit` and `generation.jobs.throttling`.
    """

    provider = models.CharField(max_length=64, primary_key=True)
    open_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    trips = models.PositiveIntegerField(default=0, help_text="In a row; each is longer than the one before.")
    probe = models.UUIDField(null=True, blank=True, help_text="The attempt that finds out whether it answers again.")
    at_once = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Jobs that it may have at a time.")
    per_minute = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Requests in any sixty seconds.")

    def __str__(self) -> str:
        return self.provider

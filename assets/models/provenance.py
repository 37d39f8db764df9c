"""Where a version came from, told in plain values so that it outlives whatever made it."""

from __future__ import annotations

from django.db import models

WITHOUT_A_MODEL = ("sketch",)
"""Providers that draw without a trained model."""


class Provenance(models.Model):
    """How one version was made. Written with the version and never again.

    Costs are micro-units of `currency` (1 USD = 1,000,000). `seed` is only ever what the provider or the request said.
    """

    version = models.OneToOneField("assets.Version", on_delete=models.PROTECT, related_name="provenance")
    provider = models.CharField(max_length=64, blank=True)
    provider_name = models.CharField(max_length=80, blank=True)
    ai_system = models.CharField(  # noqa: DJ001 - none, from before it was kept, is not the same as no such system
        max_length=120, null=True, blank=True, help_text="The AI system as files name it; empty where there was none."
    )
    model_asked = models.CharField(max_length=120, blank=True)
    model_reported = models.CharField(max_length=120, blank=True)
    digital_source = models.CharField(
        max_length=48, blank=True, help_text="What the path knows: the IPTC source type of what was made here."
    )
    prompt = models.TextField(blank=True)
    negative = models.TextField(blank=True)
    revised_prompt = models.TextField(blank=True)
    template = models.CharField(max_length=200, blank=True, help_text="Name and revision, such as “Twilight, rev. 3”.")
    values = models.JSONField(default=dict, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    parameters = models.JSONField(default=dict, blank=True, help_text="As sent, without keys or bytes.")
    in_effect = models.JSONField(default=dict, blank=True, help_text="As the provider says it applied them.")
    dropped = models.JSONField(default=list, blank=True, help_text="Options asked for that could not be carried.")
    seed = models.CharField(max_length=40, blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    generated_at = models.DateTimeField(null=True, blank=True)
    cost_micros = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    cost_basis = models.CharField(max_length=16, blank=True)
    brief_id = models.UUIDField(null=True, blank=True)
    job_id = models.UUIDField(null=True, blank=True)
    terms = models.ForeignKey("assets.Terms", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    found = models.JSONField(default=dict, blank=True, help_text="What the file says about itself.")
    raw = models.JSONField(default=dict, blank=True, help_text="The provider's answer, without keys or pictures.")

    class Meta:
        verbose_name_plural = "provenance"

    def __str__(self) -> str:
        return f"provenance of {self.version_id}"

    @property
    def system(self) -> str:
        """The AI system as files name it; empty where there was none.

        Rows from before it was kept name the provider as pages do, with the way in brackets: “Midjourney (by hand)”.
        """
        if self.ai_system is not None:
            return self.ai_system
        return "" if self.provider in WITHOUT_A_MODEL else self.provider_name.partition(" (")[0]

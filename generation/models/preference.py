"""Preferences: what people preferred among the pictures of a brief, before they knew whose they were."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Pick(models.TextChoices):
    """How a blind comparison ended for one person."""

    PICK = "pick", "Picked one"
    TIE = "tie", "A tie"
    NONE = "none", "None of them"


class Preference(models.Model):
    """One person's blind choice in one brief. Append-only."""

    brief = models.ForeignKey("generation.Brief", on_delete=models.PROTECT, related_name="preferences")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="preferences")
    outcome = models.CharField(max_length=8, choices=Pick)
    output = models.ForeignKey(
        "generation.Output", null=True, blank=True, on_delete=models.PROTECT, related_name="preferences"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(fields=("brief", "by"), name="preference_once_per_person"),
            models.CheckConstraint(
                name="preference_names_what_was_picked",
                condition=Q(outcome=Pick.PICK, output__isnull=False)
                | Q(outcome__in=(Pick.TIE, Pick.NONE), output=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.by}: {self.get_outcome_display()}"

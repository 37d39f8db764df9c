"""Judgements: what people preferred among the pictures of a brief, before they knew whose they were."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Verdict(models.TextChoices):
    """How a blind comparison ended for one person."""

    PICK = "pick", "Picked one"
    TIE = "tie", "A tie"
    NONE = "none", "None of them"


class Judgement(models.Model):
    """One person's blind choice in one brief. Append-only."""

    brief = models.ForeignKey("generation.Brief", on_delete=models.PROTECT, related_name="judgements")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="judgements")
    outcome = models.CharField(max_length=8, choices=Verdict)
    output = models.ForeignKey(
        "generation.Output", null=True, blank=True, on_delete=models.PROTECT, related_name="judgements"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(fields=("brief", "by"), name="judgement_once_per_person"),
            models.CheckConstraint(
                name="judgement_names_what_was_picked",
                condition=Q(outcome=Verdict.PICK, output__isnull=False)
                | Q(outcome__in=(Verdict.TIE, Verdict.NONE), output=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.by}: {self.get_outcome_display()}"

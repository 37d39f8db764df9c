"""Contributors: who had a hand in a version, and which. Whoever contributed does not decide on it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Part(models.TextChoices):
    """What somebody did for a version; the words follow “You”."""

    PROMPT = "prompt", "wrote the prompt"
    ASKED = "asked", "asked for the picture"
    BROUGHT = "brought", "brought the file"
    MADE = "made", "added the picture to the library"
    EDITED = "edited", "edited the picture"
    NAMED = "named", "gave it its title"
    PLACED = "placed", "stated which house it shows"
    WORDS = "words", "wrote its words"
    STATED = "stated", "stated how it was made"
    RIGHTS = "rights", "answered for its rights"
    SUBMITTED = "submitted", "submitted it"


class Contributor(models.Model):
    """One part that one person had in one version. Only ever added: what was done stays done."""

    version = models.ForeignKey("assets.Version", on_delete=models.PROTECT, related_name="contributors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contributions")
    part = models.CharField(max_length=16, choices=Part)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("version", "person", "part"), name="contributor_once_per_part"),)

    def __str__(self) -> str:
        return f"{self.person} {self.get_part_display()}"

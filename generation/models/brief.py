"""Briefs: filled-in templates or free text, frozen when they are sent, and the pictures that go along."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from generation.models.job import Job
from generation.models.visible import VisibleQuerySet


class BriefQuerySet(VisibleQuerySet["Brief"]):
    """Briefs."""

    def with_details(self) -> BriefQuerySet:
        """With everything that a brief's own facts are told with."""
        return self.select_related("asked_by", "listing", "revision__template")

    def saying(self, text: str) -> BriefQuerySet:
        """Those in whose prompt or title every word is found."""
        found = self
        for word in text.split():
            found = found.filter(models.Q(prompt__icontains=word) | models.Q(title__icontains=word))
        return found

    def with_job(self, **wanted: object) -> BriefQuerySet:
        """Those that were sent as a job of this kind."""
        return self.filter(models.Exists(Job.objects.filter(brief=models.OuterRef("pk"), **wanted)))


class BriefKind(models.TextChoices):
    """How a brief came about: from nothing, from an earlier brief, or from a picture."""

    FRESH = "fresh", "Fresh"
    AGAIN = "again", "Edited and resent"
    VARY = "vary", "Variation"
    EDIT = "edit", "Edit"
    REFERENCE = "reference", "After a reference"


NEEDS_A_PICTURE = (BriefKind.VARY, BriefKind.EDIT, BriefKind.REFERENCE)
"""Kinds of which pictures go along: of these always, of the others never."""


class Brief(models.Model):
    """What was asked for, by whom, and with which words. Written once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=BriefKind, default=BriefKind.FRESH)
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
    campaign = models.CharField(max_length=80, blank=True, help_text="What it belongs to, when that has a budget.")
    title = models.CharField(max_length=200)
    listing = models.ForeignKey(
        "assets.Listing", null=True, blank=True, on_delete=models.PROTECT, related_name="briefs"
    )
    extra = models.JSONField(
        default=dict,
        blank=True,
        help_text="What was asked of single models besides: provider/model -> name -> answer.",
    )
    acknowledged = models.JSONField(
        default=list, blank=True, help_text="Content rules that its asker was warned of, and said are meant."
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    root = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="family",
        help_text="The first brief of the line; empty for the first itself.",
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="briefs")
    asked_at = models.DateTimeField(auto_now_add=True)

    objects = BriefQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "id")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("generation:brief", args=(self.pk,))


class Role(models.TextChoices):
    """What a picture that goes along is for."""

    REFERENCE = "reference", "Reference"
    MASK = "mask", "Mask"


class BriefReference(models.Model):
    """One picture that goes along with a brief. Written once, with the brief.

    `sha256` is of the copy that providers get: upright, without metadata, at most 2048 pixels wide or high. A mask is
    a PNG as large as the first reference, transparent where the picture may change.
    """

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="references")
    position = models.PositiveSmallIntegerField(default=0)
    role = models.CharField(max_length=16, choices=Role, default=Role.REFERENCE)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=32)
    width = models.PositiveIntegerField(help_text="Pixels of the copy.")
    height = models.PositiveIntegerField(help_text="Pixels of the copy.")
    slot = models.CharField(
        max_length=16, blank=True, help_text="Which photograph of its template it is, such as room; empty elsewhere."
    )
    version = models.ForeignKey(
        "assets.Version", null=True, blank=True, on_delete=models.PROTECT, related_name="referred_to"
    )
    output = models.ForeignKey(
        "generation.Output", null=True, blank=True, on_delete=models.PROTECT, related_name="referred_to"
    )

    class Meta:
        ordering = ("brief", "position")
        constraints = (
            models.UniqueConstraint(fields=("brief", "position"), name="reference_once_per_position"),
            models.CheckConstraint(
                name="reference_comes_from_one_place",
                condition=Q(role=Role.MASK, version=None, output=None)
                | Q(role=Role.REFERENCE, version=None, output__isnull=False)
                | Q(role=Role.REFERENCE, version__isnull=False, output=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.position + 1} of {self.brief_id}"

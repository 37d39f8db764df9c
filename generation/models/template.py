"""Templates: reusable prompts with typed fields, kept as numbered revisions of which one is in use."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse


class TemplateQuerySet(models.QuerySet["Template"]):
    """Templates."""

    def in_use(self) -> TemplateQuerySet:
        """Those that people may write with today."""
        return self.exclude(published=None).filter(archived_at=None)


class Template(models.Model):
    """The lasting name of a reusable prompt."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    purpose = models.CharField(max_length=80, blank=True, help_text="What its pictures are for.")
    published = models.ForeignKey(
        "generation.TemplateRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True, help_text="Since when it is not offered any more.")

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        permissions = (("manage_templates", "Can write and publish templates"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("generation:template", args=(self.slug,))

    @property
    def is_offered(self) -> bool:
        """Whether briefs can be written with it: a revision is in use, and it is not archived."""
        return self.published_id is not None and self.archived_at is None


class TemplateRevision(models.Model):
    """One wording of a template. Frozen once a brief has used it; a change is a new number."""

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    body = models.TextField(help_text="The prompt, with fields as {name}.")
    negative = models.TextField(blank=True, help_text="What to exclude.")
    fields = models.JSONField(
        default=list, help_text="Typed fields in form order; see `generation.prompt_templates.prompts.Field`."
    )
    photographs = models.JSONField(
        default=list,
        blank=True,
        help_text="What it asks for, in order; see `generation.prompt_templates.photographs.Photograph`.",
    )
    house_voice = models.TextField(blank=True, help_text="Said at the end of every prompt.")
    forbidden = models.JSONField(default=list, blank=True, help_text="Words that may not be typed into a field.")
    ratio = models.CharField(max_length=9, default="3:2", help_text="Default shape, width:height.")
    note = models.CharField(max_length=200, blank=True, help_text="What this revision changes, in its writer's words.")
    preview_sha256 = models.CharField(max_length=64, blank=True, help_text="Of a sketch of its defaults, once drawn.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("template", "-number")
        constraints = (
            models.UniqueConstraint(fields=("template", "number"), name="revision_number_once_per_template"),
        )

    def __str__(self) -> str:
        return f"{self.template.name}, rev. {self.number}"

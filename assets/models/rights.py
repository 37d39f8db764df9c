"""What may be done with a version: terms snapshots, the license's eight answers, and consents."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core import clock


class Answer(models.TextChoices):
    """Unknown is not yes: it blocks."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Unknown"


class Question(models.TextChoices):
    """The eight questions that a license answers, in the order in which they are asked."""

    COMMERCIAL = "commercial", "May it be used commercially?"
    SUBLICENSE = "sublicense", "May clients and listing sites use it too?"
    ATTRIBUTION = "attribution", "Must somebody be credited?"
    OWNERSHIP = "ownership", "Do we own it, or hold it from its owner?"
    TERRITORY = "territory", "May it be used everywhere we publish?"
    CHANNELS = "channels", "May it be used in every channel?"
    TERM = "term", "May it be used without an end date?"
    TERMS = "terms", "Have the terms been read and kept?"


class Terms(models.Model):
    """A provider's, library's or photographer's terms as they stood on a day. Frozen: new words are a new row."""

    key = models.CharField(max_length=64, help_text="Whose terms, such as `openai`.")
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)
    source_url = models.URLField(max_length=500, blank=True)
    read_on = models.DateField()
    summary = models.TextField(help_text="In our words.")
    answers = models.JSONField(help_text="The rule sheet: question → {answer, detail, source}.")
    sha256 = models.CharField(max_length=64, unique=True, help_text="Of key, day, summary and answers.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("key", "-read_on", "-id")
        get_latest_by = ("read_on", "id")
        verbose_name_plural = "terms"

    def __str__(self) -> str:
        return f"{self.title}, read {clock.written(self.read_on)}"


class License(models.Model):
    """What may be done with one version: eight answers, and the facts that go with them.

    The answers are read as values with the license, never by themselves: a set of ten thousand pictures has eighty
    thousand of them, and as rows they were half of the time that the set took.
    """

    answers = models.JSONField(default=dict, blank=True, help_text="question → {answer, detail, source}.")
    terms = models.ForeignKey(Terms, null=True, blank=True, on_delete=models.PROTECT, related_name="licenses")
    holder = models.CharField(max_length=200, blank=True, help_text="Who owns the picture.")
    attribution = models.CharField(max_length=300, blank=True, help_text="The credit line, word for word.")
    valid_until = models.DateField(null=True, blank=True, help_text="The last day on which it may be used.")
    url = models.URLField(max_length=500, blank=True, help_text="Where the license can be read.")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"license {self.pk}"


class Consent(models.Model):
    """A release by a person or a property owner whom a version shows."""

    class Kind(models.TextChoices):
        PERSON = "person", "A person"
        PROPERTY = "property", "A property owner"

    version = models.ForeignKey("assets.Version", on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(max_length=200)
    given = models.CharField(max_length=8, choices=Answer, default=Answer.UNKNOWN)
    scope = models.CharField(max_length=300, blank=True, help_text="What the release covers.")
    valid_until = models.DateField(null=True, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("recorded_at",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

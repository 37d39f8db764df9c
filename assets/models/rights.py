"""What may be done with a version: terms snapshots, and the license’s eight answers with its limits."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core import clock


class Answer(models.TextChoices):
    """Unknown is not yes: it blocks."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Unknown"


class Ownership(models.TextChoices):
    """The answers to the question of ownership: nobody may own a picture, and whoever says so claims nothing."""

    YES = "yes", "Yes"
    NOBODY = "nobody", "Nobody owns it"
    NO = "no", "No"
    UNKNOWN = "unknown", "Unknown"


class DataMining(models.TextChoices):
    """Whether it may be read by machines that learn: values of PLUS (LDF vocabulary, read 2026-11-28)."""

    UNSAID = "", "Not said"
    ALLOWED = "DMI-ALLOWED", "Allowed"
    NO_TRAINING = "DMI-PROHIBITED-AIMLTRAINING", "Prohibited for AI training"
    NO_GENERATIVE = "DMI-PROHIBITED-GENAIMLTRAINING", "Prohibited for training of generative AI"
    SEARCH_ONLY = "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING", "Prohibited, except for search engines"
    PROHIBITED = "DMI-PROHIBITED", "Prohibited"


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

    @property
    def possible(self) -> type[Answer] | type[Ownership]:
        """The answers that it takes."""
        return Ownership if self is Question.OWNERSHIP else Answer

    @property
    def generous(self) -> tuple[str, ...]:
        """The answers that allow something. That the terms were read allows nothing by itself."""
        if self is Question.TERMS:
            return ()
        return ("no",) if self is Question.ATTRIBUTION else ("yes", "nobody")


class Indemnity(models.TextChoices):
    """Whether somebody answers for claims of third parties, by the terms."""

    UNSAID = "", "Not said"
    NONE = "none", "None"
    GIVEN = "given", "Given"
    UNLESS_CHANGED = "unless_changed", "Given, and lost when the picture is changed"


class Terms(models.Model):
    """A provider's, library's or photographer's terms as they stood on a day. Frozen: new words are a new row."""

    key = models.CharField(max_length=64, help_text="Whose terms, such as `openai`.")
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)
    source_url = models.URLField(max_length=500, blank=True)
    read_on = models.DateField()
    summary = models.TextField(help_text="In our words.")
    answers = models.JSONField(help_text="The rule sheet: question → {answer, detail, source}.")
    plans = models.JSONField(
        default=dict, blank=True, help_text="Plan → its own rule sheet, where the answers depend on the plan."
    )
    indemnity = models.CharField(max_length=16, choices=Indemnity, blank=True)
    inputs = models.JSONField(
        default=dict,
        blank=True,
        help_text="Whether they let us send the photograph of a listing: {answer, detail, source}.",
    )
    text_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the full text, a file of its own.")
    text_name = models.CharField(max_length=150, blank=True, help_text="What that file was called.")
    sha256 = models.CharField(max_length=64, unique=True, help_text="Of key, day, summary and answers.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("key", "-read_on", "-id")
        get_latest_by = ("read_on", "id")
        verbose_name_plural = "terms"

    def __str__(self) -> str:
        return f"{self.title}, read {clock.written(self.read_on)}"

    @property
    def takes_inputs(self) -> Answer:
        """Whether they let us send the photograph of a listing."""
        return Answer(self.inputs.get("answer", Answer.UNKNOWN))


class Grant(models.Model):
    """What a license says: eight answers, the facts that go with them, and the limits that a verdict compares."""

    answers = models.JSONField(default=dict, blank=True, help_text="question → {answer, detail, source}.")
    terms = models.ForeignKey(Terms, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss")
    plan = models.CharField(max_length=80, blank=True, help_text="Which plan of the terms the account had.")
    holder = models.CharField(max_length=200, blank=True, help_text="Who owns the picture.")
    creator = models.CharField(max_length=200, blank=True, help_text="Who made it: a photographer, an illustrator.")
    notice = models.CharField(max_length=500, blank=True, help_text="The copyright notice, whole.")
    attribution = models.CharField(max_length=300, blank=True, help_text="The credit line, word for word.")
    usage_terms = models.CharField(max_length=1000, blank=True, help_text="What users must know, word for word.")
    licensor = models.CharField(max_length=200, blank=True, help_text="Who grants licenses.")
    licensor_url = models.URLField(max_length=500, blank=True, help_text="Where a license can be had.")
    data_mining = models.CharField(max_length=64, choices=DataMining, blank=True)
    valid_until = models.DateField(null=True, blank=True, help_text="The last day on which it may be used.")
    url = models.URLField(max_length=500, blank=True, help_text="Where the picture's license can be read.")
    limits = models.JSONField(default=dict, blank=True, help_text="See `assets.models.limits.Limits`.")
    evidence = models.JSONField(default=list, blank=True, help_text="Contracts and receipts: [{name, sha256}].")

    class Meta:
        abstract = True


class LicenseSet(Grant):
    """A license that many pictures share, such as “Jane Roe Photography 2026”: what it says, each of them says."""

    name = models.CharField(max_length=120, unique=True)
    active = models.BooleanField(default=True, help_text="Whether it can be given to further pictures.")
    answered_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", help_text="Who answered it: a contributor to each picture of it."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class License(Grant):
    """What may be done with one version.

    The answers are read as values with the license, never by themselves: a set of ten thousand pictures has eighty
    thousand of them, and as rows they were half of the time that the set took.
    """

    set = models.ForeignKey(
        LicenseSet,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="licenses",
        help_text="Whose words these are, if many pictures share them.",
    )
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"license {self.pk}"

"""Consents: what people and owners have allowed, each kept once however many pictures rest on it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assets.models.rights import Answer


class Shown(models.TextChoices):
    """Whether a picture shows people, and which. Unknown is not no: it blocks."""

    NO = "no", "No"
    REAL = "real", "Real people"
    MADE = "made", "People made or changed by AI"
    BOTH = "both", "Both"
    UNKNOWN = "unknown", "Unknown"


MADE_BY_AI = (Shown.MADE, Shown.BOTH)
"""Answers by which people can be seen whom AI made or changed."""
ANYBODY = (Shown.REAL, *MADE_BY_AI)


class Reach(models.TextChoices):
    """How far a consent goes."""

    ANY = "any", "Any use"
    LIMITED = "limited", "Only what is listed"
    UNKNOWN = "unknown", "Unknown"


class Purpose(models.TextChoices):
    """What a picture is used for, as releases name it."""

    LISTING = "listing", "The listing"
    MARKETING = "marketing", "Marketing"
    PRINT = "print", "Print"
    SOCIAL = "social", "Social media"


class Medium(models.TextChoices):
    """The kinds of channel, as a consent names them; `approvals.models.ChannelKind` has the same."""

    LISTING_SITE = "listing_site", "Listing sites"
    WEBSITE = "website", "Websites"
    BROCHURE = "brochure", "Printed brochures"
    REPORT = "report", "Client reports"
    SOCIAL = "social", "Social media"


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents."""

    def saying(self, text: str) -> ConsentQuerySet:
        """Those in which every word is found: in the name, the guardian's, or the listing."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(guardian_name__icontains=word)
                | Q(listing__reference__icontains=word)
                | Q(listing__title__icontains=word)
            )
        return found

    def in_force(self) -> ConsentQuerySet:
        """Those that nobody has revoked."""
        return self.filter(revoked_at=None)


class Consent(models.Model):
    """A release by a person, by the owner of a property, or by the owner of a listing for every picture of it."""

    class Kind(models.TextChoices):
        PERSON = "person", "A person"
        PROPERTY = "property", "A property owner"
        LISTING = "listing", "A listing’s owner"

    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(max_length=200)
    listing = models.ForeignKey(
        "assets.Listing",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consents",
        help_text="Of whose pictures it is a consent: all that there are, and all that come.",
    )
    guardian_name = models.CharField(max_length=200, blank=True, help_text="Who signed for a minor.")
    guardian_relation = models.CharField(max_length=80, blank=True, help_text="Such as mother.")
    given = models.CharField(max_length=8, choices=Answer, default=Answer.UNKNOWN)
    scope = models.CharField(max_length=300, blank=True, help_text="What the release covers, in its words.")
    reach = models.CharField(max_length=8, choices=Reach, default=Reach.UNKNOWN)
    channel_kinds = models.JSONField(default=list, blank=True, help_text="Values of `Medium`.")
    channels = models.JSONField(default=list, blank=True, help_text="Names of channels.")
    territories = models.JSONField(default=list, blank=True, help_text="Names of countries or states.")
    purposes = models.JSONField(default=list, blank=True, help_text="Values of `Purpose`.")
    may_alter = models.CharField(max_length=8, choices=Answer, default=Answer.UNKNOWN)
    to_providers = models.CharField(
        max_length=8,
        choices=Answer,
        default=Answer.UNKNOWN,
        help_text="Whether the photograph may be sent to an AI service.",
    )
    valid_until = models.DateField(null=True, blank=True, help_text="The last day of use.")
    files = models.JSONField(default=list, blank=True, help_text="The evidence: {sha256, name, media_type, size}.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_because = models.CharField(max_length=300, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ("recorded_at", "id")
        constraints = (
            models.CheckConstraint(
                name="consent_of_a_listing_names_it",
                condition=Q(kind="listing", listing__isnull=False) | ~Q(kind="listing") & Q(listing__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def label(self) -> str:
        """Its name with its number, which tells it from others of the same name."""
        return f"{self.name} · consent {self.pk}"

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def state(self) -> str:
        """How it stands, as pages say it."""
        return "revoked" if self.is_revoked else str(self.given)


class ConsentUse(models.Model):
    """One picture that rests on a consent of a person or of a property."""

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="uses")
    version = models.ForeignKey("assets.Version", on_delete=models.PROTECT, related_name="consent_uses")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("consent", "version"), name="consent_once_per_version"),)

    def __str__(self) -> str:
        return f"{self.version_id} rests on consent {self.consent_id}"


class RightsWithdrawal(models.Model):
    """The day on which rights to some bytes ended: whatever shows the same bytes, released before, is gone."""

    sha256 = models.CharField(max_length=64, db_index=True)
    version = models.ForeignKey(
        "assets.Version", on_delete=models.PROTECT, related_name="+", help_text="Where it was said first."
    )
    consent = models.ForeignKey(Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"Rights to {self.sha256[:12]} ended: {self.reason}"

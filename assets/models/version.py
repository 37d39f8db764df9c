"""A version: one exact file of an asset, which never changes, and the words that go with it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, models
from django.db.models import F, Q
from django.urls import reverse

from assets.models.consent import Consent, Shown
from assets.models.rights import Answer
from core import clock
from core.languages import name_of
from core.models import User

JUDGED = ("asset__listing", "license__terms", "original__asset", "parent", "provenance__terms")
"""What a dossier is made of beside the version, as far as there is one of each."""


class VersionQuerySet(models.QuerySet["Version"]):
    """Versions."""

    def visible_to(self, user: User | AnonymousUser) -> VersionQuerySet:
        """What this person may see: all of the library, or nothing."""
        return self.all() if user.has_perm("assets.view_asset") else self.none()

    def with_dossier(self) -> VersionQuerySet:
        """With everything that is judged about a version, in four queries."""
        judged = self.select_related(*JUDGED)
        return judged.prefetch_related("consents", "asset__listing__consents", "translations")

    def with_details(self) -> VersionQuerySet:
        """With everything that the page of a version tells: its dossier, and who had a hand in it.

        PostgreSQL plans so many joins for longer than it runs them: 7 ms against 2 for the dossier alone.
        """
        people = ("created_by", "approved_by", "license__updated_by", "license__set")
        return self.with_dossier().select_related(*people).prefetch_related("contributors__person")


class Status(models.TextChoices):
    """Where a version stands. Written by `assets.versions.transitions.move` and by nothing else."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    ARCHIVED = "archived", "Archived"


class Origin(models.TextChoices):
    """How the bytes came into the library."""

    GENERATED = "generated", "Generated here"
    BROUGHT = "brought", "Made elsewhere and uploaded"
    UPLOADED = "uploaded", "Uploaded"
    IMPORTED = "imported", "Imported"
    EDITED = "edited", "Edited here"


class DigitalSource(models.TextChoices):
    """All source types of IPTC that are not retired, in the order in which a person chooses among them.

    Values are the last part of the term's address, http://cv.iptc.org/newscodes/digitalsourcetype/…
    (IPTC NewsCodes, read 2026-11-22).
    """

    UNKNOWN = "", "Not stated"
    CAPTURE = "digitalCapture", "Photograph"
    COMPUTATIONAL = (
        "computationalCapture",
        "Photograph computed from several shots, such as HDR on a phone",
    )
    HUMAN_EDITS = "humanEdits", "Photograph edited by a person"
    ENHANCED = "algorithmicallyEnhanced", "Photograph enhanced by a program, such as noise removed or sharpened"
    COMPOSITE_CAPTURE = "compositeCapture", "Several photographs joined, such as a panorama"
    NEGATIVE = "negativeFilm", "Scan of a film negative"
    POSITIVE = "positiveFilm", "Scan of a slide"
    PRINT = "print", "Scan of a printed photograph"
    COMPOSITE = "compositeWithTrainedAlgorithmicMedia", "Photograph altered with a trained model"
    MIXED = "composite", "Parts of several pictures put together"
    SYNTHETIC = "compositeSynthetic", "Parts of several pictures put together, some made by a program"
    GENERATED = "trainedAlgorithmicMedia", "Made by a trained model"
    ALGORITHMIC = "algorithmicMedia", "Drawn by a program"
    DATA_DRIVEN = "dataDrivenMedia", "Drawn by a program from data, such as a map or a chart"
    CREATION = "digitalCreation", "Drawn by a person"
    VIRTUAL = "virtualRecording", "View of a virtual room, such as a 3D model"
    SCREEN = "screenCapture", "Screenshot"


PHOTOGRAPHS = (
    DigitalSource.CAPTURE,
    DigitalSource.COMPUTATIONAL,
    DigitalSource.HUMAN_EDITS,
    DigitalSource.ENHANCED,
    DigitalSource.COMPOSITE_CAPTURE,
    DigitalSource.NEGATIVE,
    DigitalSource.POSITIVE,
    DigitalSource.PRINT,
)
"""What an unaltered picture of these is to the people who look at it."""
COMPOSITES = (DigitalSource.COMPOSITE, DigitalSource.MIXED, DigitalSource.SYNTHETIC)
"""What shows something that was not before the camera, beside what was."""
DRAWN = (
    DigitalSource.ALGORITHMIC,
    DigitalSource.DATA_DRIVEN,
    DigitalSource.CREATION,
    DigitalSource.VIRTUAL,
    DigitalSource.SCREEN,
)
"""What no camera took and no trained model made."""


class Version(models.Model):
    """One file, numbered within its asset and known by its SHA-256.

    The first block is written once. The words and rights may change, which changes the dossier that a reviewer
    judges, so an approval of the earlier dossier no longer holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asset = models.ForeignKey("assets.Asset", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    media_type = models.CharField(max_length=32)
    width = models.PositiveIntegerField(help_text="Pixels.")
    height = models.PositiveIntegerField(help_text="Pixels.")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    origin = models.CharField(max_length=16, choices=Origin)
    maker = models.CharField(max_length=80, help_text="The provider's name, or “upload”; part of the label.")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    alt_text = models.TextField(blank=True)
    alt_language = models.CharField(max_length=16, default="en")
    long_description = models.TextField(blank=True, help_text="What does not fit into the alt text, in its language.")
    decorative = models.BooleanField(default=False)

    digital_source = models.CharField(max_length=48, choices=DigitalSource, blank=True)
    alterations = models.JSONField(
        default=list, blank=True, help_text="RESO MediaAlteration values that describe what was changed."
    )
    original = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="altered")
    same_view = models.BooleanField(
        default=False, help_text="Whether somebody confirmed that the original shows the same room from the same place."
    )
    explanations = models.JSONField(
        default=dict,
        blank=True,
        help_text="Contradiction → {about, words}; see `assets.provenance.agreement`.",
    )
    disclosure_note = models.CharField(max_length=300, blank=True)

    shows_people = models.CharField(max_length=8, choices=Shown, default=Shown.UNKNOWN)
    shows_property = models.CharField(max_length=8, choices=Answer, default=Answer.UNKNOWN)
    license = models.OneToOneField(
        "assets.License", null=True, blank=True, on_delete=models.PROTECT, related_name="version"
    )

    consents = models.ManyToManyField(Consent, through="assets.ConsentUse", related_name="versions")
    new_rights = models.JSONField(
        default=dict,
        blank=True,
        help_text="Withdrawal for rights of the same bytes → by which right they may be used again.",
    )

    carried_over = models.JSONField(
        default=list,
        blank=True,
        help_text="What came from the version before and nobody has looked at since: alt_text, license, consents.",
    )

    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    dossier_hash = models.CharField(max_length=64, blank=True, help_text="Of everything a reviewer judges.")
    dossier_format = models.PositiveSmallIntegerField(
        default=1, help_text="In which form; see `assets.versions.dossier`."
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ("asset", "-number")
        indexes = (
            models.Index(fields=("created_at", "asset"), name="versions_in_order"),
            models.Index(fields=("maker",), name="versions_by_maker"),
        )
        constraints = (
            models.UniqueConstraint(fields=("asset", "number"), name="version_number_once_per_asset"),
            models.CheckConstraint(
                name="version_approved_is_complete",
                condition=~Q(status=Status.APPROVED)
                | (~Q(alt_text="") | Q(decorative=True)) & Q(license__isnull=False) & Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="version_not_approved_by_its_maker",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
            ),
            models.CheckConstraint(
                name="version_is_not_its_own_original", condition=Q(original__isnull=True) | ~Q(original=F("id"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.asset.title}, {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("assets:version", args=(self.asset_id, self.number))

    @property
    def label(self) -> str:
        """Number, date and maker, as shown wherever the version is named: `v2 · Nov 22, 2026 · OpenAI`."""
        return label_of(self.number, self.created_at, self.maker)

    @property
    def is_altered(self) -> bool:
        """Whether it started as a photograph and now shows something that was not there."""
        return bool(self.alterations) or self.digital_source in COMPOSITES

    @property
    def all_consents(self) -> list[Consent]:
        """Those that were chosen for it, and those for every picture of its listing."""
        listing = self.asset.listing
        return [*self.consents.all(), *(listing.consents.all() if listing else ())]


def label_of(number: int, added: datetime, maker: str) -> str:
    """The label of a version from what it is made of. The day is the team's."""
    return f"v{number} · {clock.written(clock.day_of(added))} · {maker}"


class EarlierSeal(models.Model):
    """The hash of a version's dossier in an earlier format, under which decisions were made that still stand."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="earlier_seals")
    format = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "format"), name="earlier_seal_once_per_format"),)

    def __str__(self) -> str:
        return f"{self.version_id} in format {self.format}"


class Decided(models.Model):
    """A dossier that was released, kept to tell whether the version still allows all that was decided on.

    A license that is renewed says something else than was decided, and takes nothing down as long as it allows more.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="decided")
    format = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, help_text="Of the dossier as it was decided on.")
    rest = models.CharField(max_length=64, help_text="Of the same without its license.")
    license = models.JSONField(help_text="What the license said then.")
    holds = models.BooleanField(default=True, help_text="Whether the dossier as it is now allows all of that.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("version", "format", "digest"), name="decided_once_per_dossier"),
        )

    def __str__(self) -> str:
        return f"{self.version_id} as decided, {self.digest[:12]}"


class WiderSeal(models.Model):
    """Two hashes of a version's dossier between which its consents only grew: what was decided on one holds for both.

    A renewal takes nothing down. As soon as anything else changes, the dossier of now is another one, and the decision
    holds no longer.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="wider_seals")
    decided = models.CharField(max_length=64)
    now = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "decided", "now"), name="wider_seal_once"),)

    def __str__(self) -> str:
        return f"{self.version_id}: {self.decided[:12]} holds for {self.now[:12]}"


class AltText(models.Model):
    """The alt text of a version in a further language."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=16)
    text = models.TextField()

    class Meta:
        ordering = ("language",)
        constraints = (models.UniqueConstraint(fields=("version", "language"), name="alt_text_once_per_language"),)

    def __str__(self) -> str:
        return f"{self.language}: {self.text}"

    @property
    def language_name(self) -> str:
        return name_of(self.language)


MAKERS = """
WITH RECURSIVE known AS (
    SELECT min(maker) AS maker FROM assets_version
    UNION ALL
    SELECT (SELECT min(maker) FROM assets_version WHERE maker > known.maker) FROM known WHERE maker IS NOT NULL
)
SELECT maker FROM known WHERE maker IS NOT NULL
"""
"""From one maker to the next by index, of which there are ten; DISTINCT would read every version."""


def makers() -> list[str]:
    """Every maker that a version names, in order."""
    with connection.cursor() as cursor:
        cursor.execute(MAKERS)
        return [maker for (maker,) in cursor.fetchall()]

"""Releases: the frozen permission and public description of one version in one channel."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.utils.functional import cached_property

from approvals.models.channel import Channel
from approvals.models.document import ReleaseDocument
from assets.models import RightsWithdrawal
from assets.models.version import PHOTOGRAPHS, Decided, EarlierSeal, Status, WiderSeal
from assets.versions import dossier
from core import clock, counting

Day = date | Mapping[int, date] | None
"""One day, the day of each channel by its key, or the day that it is now wherever the channel is."""


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Releases."""

    def live(self, on: Day = None) -> ReleaseQuerySet:
        """What may leave on that day (today, where its channel is): the gate that every door goes through.

        Independent conditions: the release is in force, the version is still approved with the very words that were
        approved, and where the channel shows an altered picture only beside its original, the original is live there.
        """
        return self.in_force(on).still_approved().beside_its_original(on)

    def in_force(self, on: Day = None) -> ReleaseQuerySet:
        """Not ended, not past its last day, in a channel that is in use."""
        in_time = Q(valid_until=None) | Q(valid_until__gte=_day(on))
        return self.filter(in_time, channel__active=True).never_ended()

    def never_ended(self) -> ReleaseQuerySet:
        """Whose state, end, decision and rights all say that it goes on; the state alone makes nothing leave."""
        decided = {"decision__choice": "approve", "decision__settled_at__isnull": False, "decision__undone_at": None}
        return self.filter(~_rights_have_ended(), state="live", ended_at=None, **decided)

    def without_rights(self) -> ReleaseQuerySet:
        """Those whose bytes were withdrawn for rights after they were released, here or in another picture."""
        return self.filter(_rights_have_ended())

    def still_approved(self) -> ReleaseQuerySet:
        """Whose version is approved and says what it said then, each in the format in which it was decided.

        A license or a consent that allows more than was decided on, and else says the same, takes nothing down.
        """
        newest = Q(version_format=F("version__dossier_format"), version_hash=F("version__dossier_hash"))
        seals = EarlierSeal.objects.filter(version=OuterRef("version"), format=OuterRef("version_format"))
        of_now = seals.filter(digest=OuterRef("version_hash"), format__lt=OuterRef("version__dossier_format"))
        earlier = Exists(of_now)
        kept = Decided.objects.filter(version=OuterRef("version"), format=OuterRef("version_format"), holds=True)
        renewed = Exists(kept.filter(digest=OuterRef("version_hash")))
        approved = self.filter(version__status=Status.APPROVED, version_format__in=dossier.standing())
        return approved.filter(newest | earlier | renewed | _consents_have_grown())

    def renewed(self) -> ReleaseQuerySet:
        """Those whose consents have grown since: they stay as they were decided, and may be decided anew."""
        return self.filter(_consents_have_grown()).exclude(version_hash=F("version__dossier_hash"))

    def beside_its_original(self, on: Day = None) -> ReleaseQuerySet:
        """Those that need no original, and those whose original is in the same channel today, as a photograph still."""
        in_time = Q(valid_until=None) | Q(valid_until__gte=_day(on))
        here = self._all().filter(in_time, version=OuterRef("original"), channel=OuterRef("channel"))
        return self.filter(Q(original=None) | Exists(here.never_ended().still_approved().photographs()))

    def standing(self) -> ReleaseQuerySet:
        """Not ended, and neither the picture nor its original says otherwise."""
        return self.never_ended().still_approved().beside_its_original()

    def flagged(self) -> ReleaseQuerySet:
        """Candidates for `live`, found by index: all that is live is among them, and not all of them are."""
        return self.filter(served=True)

    def touched(self) -> ReleaseQuerySet:
        """Those that something has changed around, so that somebody has to look whether they stand."""
        return self.filter(touched=True)

    def count_live(self) -> Counter[int]:
        """How many are live today in each active channel, by its key; no further than `counting.MOST`.

        Flags are counted by their index. Only where one may be too wide is `live` asked: where something was touched
        since the sweep looked, or the last day is over.
        """
        flagged = self.flagged().order_by()
        doubtful = {
            *flagged.touched().values_list("pk", flat=True),
            *flagged.past_their_last_day().values_list("pk", flat=True),
        }
        flags = counting.CountOf(flagged.filter(channel=OuterRef("pk")))
        counts = Counter(dict(Channel.objects.filter(active=True).values_list("pk", flags)))
        if doubtful:
            corrected = Counter(self.live().filter(pk__in=doubtful).values_list("channel", flat=True))
            corrected.subtract(flagged.filter(pk__in=doubtful).values_list("channel", flat=True))
            for channel, count in counts.items():
                counts[channel] = count if count == counting.MOST else count + corrected[channel]
        return +counts

    def with_its_original(self, on: Day = None) -> ReleaseQuerySet:
        """With `original_image`: the id of the live release of its original photograph in the same channel, or None."""
        live = self._all().flagged().live(on).photographs()
        originals = live.filter(version=OuterRef("version__original"), channel=OuterRef("channel"))
        return self.annotate(original_image=Subquery(originals.values("pk")[:1]))

    def photographs(self) -> ReleaseQuerySet:
        """Those whose version is stated to be an unaltered photograph: only such a one can be an original."""
        return self.filter(version__digital_source__in=PHOTOGRAPHS, version__alterations=[])

    def _all(self) -> ReleaseQuerySet:
        everything: ReleaseQuerySet = self.model._default_manager.all()
        return everything

    def past_their_last_day(self, on: date | None = None) -> ReleaseQuerySet:
        over = self.filter(state="live", valid_until__lt=_day(on))
        return over.filter(valid_until__lte=(on or clock.today()) + timedelta(days=1))  # for the index

    def within(self, channels: Iterable[Channel]) -> ReleaseQuerySet:
        """Those in one of the channels."""
        return self.filter(channel__in=channels)


def _consents_have_grown() -> Exists:
    grown = WiderSeal.objects.filter(version=OuterRef("version"), now=OuterRef("version__dossier_hash"))
    return Exists(grown.filter(decided=OuterRef("version_hash")))


def _rights_have_ended() -> Exists:
    ended = RightsWithdrawal.objects.filter(sha256=OuterRef("version__sha256"), at__gte=OuterRef("released_at"))
    return Exists(ended)


def _day(on: Day) -> Case | Value:
    """That day; without one, the day that it is now in the channel of each release."""
    if isinstance(on, date):
        return Value(on)
    if on is not None:
        return Case(*(When(channel=key, then=Value(day)) for key, day in on.items()), output_field=models.DateField())
    elsewhere = (
        When(channel__time_zone__in=sorted(zones), then=Value(day)) for day, zones in clock.days_elsewhere().items()
    )
    return Case(*elsewhere, default=Value(clock.today()), output_field=models.DateField())


class ReleaseState(models.TextChoices):
    LIVE = "live", "Live"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


class Release(models.Model):
    """What a channel may have, as it was approved. The document is made once; listing it is reading it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey("assets.Version", on_delete=models.PROTECT, related_name="releases")
    channel = models.ForeignKey("approvals.Channel", on_delete=models.PROTECT, related_name="releases")
    decision = models.ForeignKey("approvals.Decision", on_delete=models.PROTECT, related_name="releases")
    dossier_hash = models.CharField(max_length=64)
    version_hash = models.CharField(
        max_length=64, help_text="The version's when approved; if it differs now, nothing leaves."
    )
    version_format = models.PositiveSmallIntegerField(
        default=1, help_text="In which that hash is; see `assets.versions.dossier`."
    )
    original = models.ForeignKey(
        "assets.Version",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Must be live in the channel too, or this is not served. Empty when the channel asks for none.",
    )
    document_text = models.TextField(help_text="What the API says about it, as it leaves.")
    file_sha256 = models.CharField(max_length=64, help_text="The delivered file, metadata embedded.")
    file_media_type = models.CharField(max_length=32)
    file_size = models.PositiveBigIntegerField(help_text="Bytes.")
    state = models.CharField(max_length=16, choices=ReleaseState, default=ReleaseState.LIVE)
    released_at = models.DateTimeField()
    valid_until = models.DateField(null=True, blank=True, help_text="The last day; taken from license and consents.")
    paused_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when the channel has been told that it is not served for the moment."
    )
    served = models.BooleanField(
        default=True, help_text="False only where the sweep has found that it is not served; see `touches`."
    )
    touched = models.BooleanField(
        default=True, help_text="Whether something has changed since the sweep last looked; see `touches`."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.CharField(max_length=300, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ("released_at", "id")
        permissions = (
            ("withdraw_release", "Can withdraw releases"),
            ("take_evidence", "Can take evidence packs"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("version", "channel"), condition=Q(state="live"), name="one_live_release_per_channel"
            ),
            models.UniqueConstraint(fields=("decision", "channel"), name="one_release_per_decision_and_channel"),
        )
        indexes = (
            models.Index(fields=("paused_at",), condition=Q(paused_at__isnull=False), name="paused_releases"),
            models.Index(fields=("channel", "released_at", "id"), condition=Q(served=True), name="served_releases"),
            models.Index(fields=("channel", "released_at", "id"), condition=Q(state="live"), name="releases_going_on"),
            models.Index(fields=("valid_until",), condition=Q(state="live"), name="releases_by_last_day"),
            models.Index(fields=("id",), condition=Q(touched=True), name="touched_releases"),
        )

    def __str__(self) -> str:
        return f"{self.version} in {self.channel}"

    @cached_property
    def document(self) -> ReleaseDocument:
        """What the public reads."""
        return ReleaseDocument.parse(self.document_text)

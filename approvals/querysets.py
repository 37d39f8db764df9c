"""Reads of reviews and releases, in the words people use for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from approvals.policy import CLAIM_MINUTES, EDITS
from assets.models.version import Status
from core.models import LogEntry, User

if TYPE_CHECKING:
    from approvals.models import Channel, Mail, Release, Review  # noqa: F401 - named in strings only

CLAIM = timedelta(minutes=CLAIM_MINUTES)


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews."""

    def open(self) -> ReviewQuerySet:
        """Those that wait for a decision."""
        return self.filter(state="open")

    def waiting_for(self, user: User | AnonymousUser) -> ReviewQuerySet:
        """What this person can decide now: open, not claimed by somebody else, and not their own work."""
        if not user.has_perm("approvals.decide_review"):
            return self.none()
        free = Q(claimed_by=None) | Q(claimed_by=user.pk) | Q(claimed_at__lt=timezone.now() - CLAIM)
        return self.open().filter(free).not_the_work_of(user)

    def not_the_work_of(self, user: User | AnonymousUser) -> ReviewQuerySet:
        """Those in whose making this person had no part, nor in the words and answers that are judged."""
        versions = [str(version) for version in self.values_list("version", flat=True)]
        edits = LogEntry.objects.filter(subject_type="assets.version", subject_id__in=versions, action__in=EDITS)
        return self.exclude(
            Q(submitted_by=user.pk)
            | Q(version__in=list(edits.filter(actor=user.pk).values_list("subject_id", flat=True)))
            | Q(version__created_by=user.pk)
            | Q(version__provenance__prompt_by=user.pk, version__provenance__prompt_by__isnull=False)
            | Q(version__provenance__requested_by=user.pk, version__provenance__requested_by__isnull=False)
        )

    def came_back_to(self, user: User | AnonymousUser) -> ReviewQuerySet:
        """What this person submitted that was sent back, as long as the version still waits to be put right."""
        return self.filter(
            submitted_by=user.pk,
            state__in=("changes", "rejected"),
            version__status__in=(Status.CHANGES_REQUESTED, Status.REJECTED),
        ).order_by("-closed_at")

    def for_lists(self) -> ReviewQuerySet:
        """With what a list shows of each."""
        return self.select_related("version__asset", "version__asset__listing", "submitted_by", "claimed_by")


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Releases."""

    def live(self, on: date | None = None) -> ReleaseQuerySet:
        """What may leave on that day (today): the gate that every door goes through.

        Independent conditions: the release is in force, the version is still approved with the very words that were
        approved, and where the channel shows an altered picture only beside its original, the original is live there.
        """
        return self.in_force(on).still_approved().beside_its_original(on)

    def in_force(self, on: date | None = None) -> ReleaseQuerySet:
        """Not ended, not past its last day, in a channel that is in use."""
        today = on or timezone.now().date()
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=today), state="live", channel__active=True)

    def still_approved(self) -> ReleaseQuerySet:
        """Whose version is approved, and says what it said then."""
        return self.filter(version__status=Status.APPROVED, words_hash=F("version__words_hash"))

    def beside_its_original(self, on: date | None = None) -> ReleaseQuerySet:
        """Those that need no original, and those whose original is in the same channel today."""
        originals = self._all().filter(state="live", version=OuterRef("original"), channel=OuterRef("channel"))
        today = on or timezone.now().date()
        still_there = originals.still_approved().filter(Q(valid_until=None) | Q(valid_until__gte=today))
        return self.filter(Q(original=None) | Exists(still_there))

    def served(self) -> ReleaseQuerySet:
        """Not ended, and neither the picture nor its original says otherwise."""
        return self.filter(state="live").still_approved().beside_its_original()

    def not_served(self) -> ReleaseQuerySet:
        """Not ended, but not served either: its words changed, its approval is gone, or its original is."""
        return self.filter(state="live").exclude(pk__in=self._all().served().values("pk"))

    def with_its_original(self) -> ReleaseQuerySet:
        """With `original_image`: the id of the live release of its original in the same channel, None without one."""
        originals = self._all().live().filter(version=OuterRef("version__original"), channel=OuterRef("channel"))
        return self.annotate(original_image=Subquery(originals.values("pk")[:1]))

    def _all(self) -> ReleaseQuerySet:
        everything: ReleaseQuerySet = self.model._default_manager.all()
        return everything

    def past_their_last_day(self, on: date | None = None) -> ReleaseQuerySet:
        return self.filter(state="live", valid_until__lt=on or timezone.now().date())

    def within(self, channels: Iterable[Channel]) -> ReleaseQuerySet:
        """Those in one of the channels."""
        return self.filter(channel__in=channels)


class MailQuerySet(models.QuerySet["Mail"]):
    """Mail."""

    def due(self, most_attempts: int) -> MailQuerySet:
        """What is to be tried now."""
        return self.filter(state="waiting", attempts__lt=most_attempts, due_at__lte=timezone.now())

"""Reviews: the course of an approval; and decisions: one person's judgment of one dossier."""

from __future__ import annotations

import math
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from assets.models import Contributor
from assets.models.version import Status
from core import clock
from core.models import User

LONGEST_UNDO = timedelta(hours=1)
"""The most that UNDO_SECONDS may be: what it is today says nothing about decisions that were made before."""
CLAIM_MINUTES = 30
"""How long claiming a review keeps others from deciding on it."""
CLAIM = timedelta(minutes=CLAIM_MINUTES)


def claimed_lately() -> tuple[datetime, datetime]:
    """From when until when a claim was made that still holds; one from later than now came of a wrong clock."""
    at = clock.instant()
    return at - CLAIM, at + clock.APART


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews."""

    def open(self) -> ReviewQuerySet:
        """Those that wait for a decision. Nobody decides on what was archived."""
        return self.filter(state="open").exclude(version__status=Status.ARCHIVED)

    def waiting_for(self, user: User | AnonymousUser) -> ReviewQuerySet:
        """What this person can decide now: open, not claimed by somebody else, and not their own work."""
        if not user.has_perm("approvals.decide_review"):
            return self.none()
        free = Q(claimed_by=None) | Q(claimed_by=user.pk) | ~Q(claimed_at__range=claimed_lately())
        return self.open().filter(free).not_the_work_of(user)

    def not_the_work_of(self, user: User | AnonymousUser) -> ReviewQuerySet:
        """Those of versions that this person contributed nothing to: the same rows that the database's guard reads."""
        return self.exclude(Exists(Contributor.objects.filter(version=OuterRef("version"), person=user.pk)))

    def came_back_to(self, user: User | AnonymousUser) -> ReviewQuerySet:
        """What this person submitted that was sent back, as long as the version still waits to be fixed."""
        return self.filter(
            submitted_by=user.pk,
            state__in=("changes", "rejected"),
            version__status__in=(Status.CHANGES_REQUESTED, Status.REJECTED),
        ).order_by("-closed_at")

    def for_lists(self) -> ReviewQuerySet:
        """With what a list shows of each."""
        return self.select_related("version__asset", "version__asset__listing", "submitted_by", "claimed_by")


class ReviewState(models.TextChoices):
    """Where a review stands. Written by `approvals.reviews.transitions` alone.

    `settling` is decided but still within the time in which the decision can be undone.
    """

    OPEN = "open", "Waiting for a decision"
    SETTLING = "settling", "Decided, can be undone"
    APPROVED = "approved", "Approved"
    CHANGES = "changes", "Changes requested"
    REJECTED = "rejected", "Rejected"
    RETRACTED = "retracted", "Retracted by its author"


class Choice(models.TextChoices):
    APPROVE = "approve", "Approve"
    CHANGES = "changes", "Request changes"
    REJECT = "reject", "Reject"


class Review(models.Model):
    """One version submitted for one or more channels, with the dossier as it was then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey("assets.Version", on_delete=models.PROTECT, related_name="reviews")
    channels = models.ManyToManyField("approvals.Channel", related_name="reviews")
    state = models.CharField(max_length=16, choices=ReviewState, default=ReviewState.OPEN)
    note = models.TextField(blank=True, help_text="What the author wants the reviewer to know.")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ("submitted_at", "id")
        permissions = (
            ("submit_version", "Can submit versions for review"),
            ("decide_review", "Can decide on reviews"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("version",),
                condition=Q(state__in=("open", "settling")),
                name="one_open_review_per_version",
            ),
        )
        indexes = (
            models.Index(fields=("submitted_at", "id"), condition=Q(state="open"), name="open_reviews_in_order"),
        )

    def __str__(self) -> str:
        return f"review of {self.version}"

    def lapsed_decision(self) -> Decision | None:
        """The last decision, when something changed before it took effect; else None."""
        last = self.decisions.select_related("by").order_by("-decided_at").first()
        return last if last and last.lapsed_because else None


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions."""

    def due(self) -> DecisionQuerySet:
        """Those that can take effect now, for the time in which they could be undone is over."""
        under_way = self.filter(undone_at=None, settled_at=None)
        return under_way.filter(clock.come("effective_at", LONGEST_UNDO))


class Decision(models.Model):
    """One person's recorded judgment of exactly what they saw.

    Written later are only `settled_at`, or else `undone_at`, with `lapsed_because` when nobody undid the decision
    but something changed before it took effect.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    choice = models.CharField(max_length=8, choices=Choice)
    note = models.TextField(blank=True)
    words_approved = models.BooleanField(default=False, help_text="Whether the words were confirmed by themselves.")
    dossier_hash = models.CharField(max_length=64)
    dossier = models.JSONField(help_text="What was seen, in full.")
    decided_at = models.DateTimeField()
    effective_at = models.DateTimeField(help_text="Until then it can be undone.")
    undone_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    lapsed_because = models.CharField(max_length=500, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ("decided_at", "id")
        indexes = (
            models.Index(
                fields=("effective_at",), condition=Q(undone_at=None, settled_at=None), name="decisions_under_way"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("review",), condition=Q(undone_at__isnull=True), name="one_standing_decision_per_review"
            ),
            models.CheckConstraint(
                name="decision_settled_or_undone", condition=Q(undone_at__isnull=True) | Q(settled_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.by} · {self.get_choice_display()}"

    @property
    def said(self) -> str:
        """What was decided, for whoever reads it afterwards."""
        return {"approve": "Approved", "changes": "Changes requested", "reject": "Rejected"}[self.choice]

    @property
    def is_due(self) -> bool:
        """Whether it can take effect now."""
        is_over = clock.has_come(self.effective_at, LONGEST_UNDO)
        return is_over and not self.undone_at and not self.settled_at

    @property
    def seconds_left(self) -> int:
        """How long it can still be undone, by the server's clock."""
        return max(0, math.ceil((self.effective_at - clock.instant()).total_seconds()))

    @property
    def outcome(self) -> str:
        """What was said with it, and what became of it."""
        if self.lapsed_because:
            return f"{self.note}\nDid not take effect: {self.lapsed_because}".strip()
        return f"{self.note}\nUndone.".strip() if self.undone_at else self.note

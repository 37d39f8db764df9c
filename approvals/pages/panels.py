"""The panels that approvals adds to the page of a version: its review, and its releases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from approvals.models import Channel, Choice, Decision, Release, Review, ReviewState
from approvals.pages import eligibility, review_page
from approvals.pages.reviewers import Reviewer, reviewers_of
from approvals.policies import deciding
from approvals.releases import lifecycle
from approvals.reviews.forms import SubmitForm
from assets.models import Version
from assets.models.version import Status
from assets.versions.transitions import MOVES
from core.errors import Finding
from core.models import User


@dataclass
class SubmitPanel:
    """Where a version stands on its way to approval, and the form that submits it."""

    version: Version
    user: User
    bound: SubmitForm | None = None
    refused: Sequence[Finding] = ()

    @cached_property
    def review(self) -> Review | None:
        """The review under way."""
        reviews = self.version.reviews.filter(state__in=(ReviewState.OPEN, ReviewState.SETTLING))
        return reviews.prefetch_related("channels").select_related("submitted_by", "claimed_by").first()

    @cached_property
    def lapsed(self) -> Decision | None:
        """A decision that did not take effect, since something changed before."""
        return self.review.lapsed_decision() if self.review and not self.is_settling else None

    @cached_property
    def last_decision(self) -> Decision | None:
        """What was said last, when the version came back."""
        if self.version.status not in (Status.CHANGES_REQUESTED, Status.REJECTED):
            return None
        settled = Decision.objects.filter(review__version=self.version, settled_at__isnull=False)
        return settled.select_related("by", "review").order_by("-settled_at").first()

    @cached_property
    def reviewer(self) -> Reviewer | None:
        """Who decided last, when that still says how the version stands: it came back, or was approved."""
        decision = self._approval if self.is_approved else self.last_decision
        return reviewers_of(self.version, [decision])[decision.pk] if decision else None

    @property
    def _approval(self) -> Decision | None:
        settled = Decision.objects.filter(review__version=self.version, settled_at__isnull=False)
        return settled.filter(choice=Choice.APPROVE).select_related("by", "review").order_by("-settled_at").first()

    @property
    def is_settling(self) -> bool:
        """Whether it is decided, and the decision can still be undone."""
        return self.review is not None and self.review.state == ReviewState.SETTLING

    @property
    def is_approved(self) -> bool:
        return self.version.status == Status.APPROVED

    @property
    def is_over(self) -> bool:
        """Whether this version can never be submitted again."""
        return self.version.status in {Status.REJECTED, Status.ARCHIVED}

    @property
    def was_withdrawn(self) -> bool:
        return self.version.status == Status.WITHDRAWN

    @property
    def form(self) -> SubmitForm:
        return self.bound or SubmitForm()

    @property
    def can_retract(self) -> bool:
        return self.review is not None and self.review.state == "open" and self.review.submitted_by_id == self.user.pk

    @property
    def can_submit(self) -> bool:
        """Whether the form is shown: the state allows it, and this person may."""
        allowed = (Status(self.version.status), Status.IN_REVIEW) in MOVES
        return allowed and self.review is None and self.user.has_perm(deciding.SUBMIT) and bool(self.offers)

    @cached_property
    def live_in(self) -> set[int]:
        """Channels that it need not be submitted to. Where a consent was renewed, it may be, to stay for longer."""
        live = Release.objects.live().filter(version=self.version)
        renewed = set(live.renewed().values_list("channel", flat=True))
        return set(live.values_list("channel", flat=True)) - renewed

    @cached_property
    def verdicts(self) -> review_page.Verdicts:
        channels = [channel for channel in Channel.objects.filter(active=True) if channel.pk not in self.live_in]
        return review_page.Verdicts.on(self.version, channels, can_fix=self.user.has_perm("assets.edit_library"))

    @cached_property
    def offers(self) -> list[tuple[review_page.ChannelVerdict, review_page.Lines, bool]]:
        """Each channel that it could be submitted for: its verdict, what it alone says, and whether it is ticked."""
        ticked = set(self.bound.data.getlist("channels")) if self.bound else self._meant_for  # type: ignore[attr-defined] # a QueryDict
        return [
            (each, lines, each.channel.slug in ticked and not each.blocking) for each, lines in self.verdicts.by_channel
        ]

    @cached_property
    def lapsed_in(self) -> list[Channel]:
        """Channels that are not served any more, since something changed after the approval."""
        here = Release.objects.filter(version=self.version, state="live")
        approved = set(here.still_approved().values_list("pk", flat=True))
        return [release.channel for release in here.select_related("channel") if release.pk not in approved]

    @property
    def _meant_for(self) -> set[str]:
        """Channels that whoever submits it again most likely means: those of the last time."""
        if self.version.status == Status.CHANGES_REQUESTED and self.last_decision:
            return set(self.last_decision.review.channels.values_list("slug", flat=True))
        return {channel.slug for channel in self.lapsed_in}

    @property
    def why_not(self) -> str:
        """Why the button is off; empty when it is on."""
        return "Every channel is blocked. Fix what is red first." if self.verdicts.everywhere_blocked else ""

    @property
    def eligibility(self) -> str:
        """What submitting means for somebody who could decide on it; empty for others."""
        return eligibility.before_submitting(self.version, self.user)

    @property
    def fix(self) -> str:
        """Address of the page on which findings can be fixed."""
        return self.version.get_absolute_url()

    @property
    def refused_findings(self) -> list[Finding]:
        return review_page.fixable(self.refused)


@dataclass(frozen=True)
class Released:
    """One release of the version, and what this person may do about it."""

    release: Release
    state: str
    """As it is served: live, paused, withdrawn, expired."""
    why: str
    """Why it is paused; empty when it is not."""
    can_withdraw: bool
    reviewer: Reviewer


@dataclass
class ReleasePanel:
    """Where a version is released, and was."""

    version: Version
    user: User

    @cached_property
    def rows(self) -> list[Released]:
        """Each release, newest first."""
        with_them = ("channel", "decision__by", "decision__review", "ended_by")
        releases = self.version.releases.select_related(*with_them).order_by("-released_at")
        served = set(Release.objects.live().filter(version=self.version).values_list("pk", flat=True))
        reviewers = reviewers_of(self.version, [release.decision for release in releases])
        return [self._row(each, served_state(each, served), reviewers[each.decision_id]) for each in releases]

    def _row(self, release: Release, state: str, reviewer: Reviewer) -> Released:
        why = why_paused(release) if state == "paused" else ""
        return Released(release, state, why, self.can_withdraw and release.state == "live", reviewer)

    @property
    def can_withdraw(self) -> bool:
        return self.user.has_perm(lifecycle.WITHDRAW)


@dataclass(frozen=True)
class ReleaseTile:
    """One release in the grid of its channel."""

    release: Release
    state: str
    says_otherwise: bool = False
    """Whether it carries other words than the channel says now."""

    @property
    def is_live(self) -> bool:
        """Whether it is really served now."""
        return self.state == "live"


def served_state(release: Release, served: Collection[UUID]) -> str:
    """How a release stands in practice: `live` only if it is really served now."""
    if release.state != "live" or release.pk in served:
        return release.state
    is_over = release.valid_until is not None and release.valid_until < release.channel.today
    return "expired" if is_over else "paused"


def why_paused(release: Release) -> str:
    """Why a release is not served for the moment, and what brings it back."""
    if not release.channel.active:
        return "The channel is switched off."
    if Release.objects.without_rights().filter(pk=release.pk).exists():
        return "The rights to it were withdrawn. The release is about to end."
    if release.version.status == Status.ARCHIVED:
        return "The version was archived. The release is about to end."
    if release.version.status == Status.IN_REVIEW:
        return "It is back in review. The channel gets it as soon as it is approved."
    if lifecycle.has_changed(release):
        return (
            "The picture changed after it was approved. Submit it again. The channel gets it as soon as it is approved."
        )
    return (
        f"This channel shows it only beside its original, “{release.original}”, which is no longer live here "
        "as a photograph. It resumes as soon as the original is."
    )

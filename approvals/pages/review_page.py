"""What the pages of approvals show: the queue of reviews, the open one, verdicts, and what the public will see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

from django.conf import settings
from django.urls import reverse

from approvals.channels import disclosure, verdict
from approvals.channels.disclosure import CAPTION_LIMIT, Disclosure
from approvals.channels.profiles import Profile
from approvals.channels.rules import BadRules
from approvals.models import Channel, Decision, Release, Review, ReviewState
from approvals.models.document import Kind
from approvals.models.review import ReviewQuerySet
from approvals.pages import dossier_sections
from approvals.pages.reviewers import Reviewer, reviewers_in_list, reviewers_of
from approvals.policies import deciding
from approvals.releases import originals
from approvals.reviews import services
from approvals.reviews.forms import DecisionForm
from approvals.reviews.transitions import how_it_stands
from assets.models import Version
from assets.models.version import Status
from assets.versions import contributors
from core import clock
from core.errors import Finding, Severity
from core.languages import name_of
from core.models import User

SHOWN = 100
"""How many reviews the queue lists; the oldest come first, so none is passed over."""

MANY = 3
"""From how many further findings about one part of the dossier a short list gathers them."""

FIXED_ON_ASSET = ("alt_text", "license", "consents", "disclosure")


def fixable(findings: Iterable[Finding], *, can_fix: bool = True) -> list[Finding]:
    """The findings, of which only those that can be fixed on the page of the asset still say where."""
    return [found if can_fix and found.field in FIXED_ON_ASSET else replace(found, field="") for found in findings]


def by_place(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with those about one part of the dossier gathered into a single row, where they would be many."""
    found = list(findings)
    places = dict.fromkeys((finding.field, finding.severity) for finding in found)
    gathered: list[Finding] = []
    for place in places:
        here = [finding for finding in found if (finding.field, finding.severity) == place]
        more = len(here) - 1
        gathered += here if more < MANY else [replace(here[0], words=f"{here[0].words} And {more} more like this.")]
    return gathered


def set_aside(findings: Iterable[Finding], shared: set[Finding]) -> list[Finding]:
    """The findings without those that are said once for all channels."""
    return [found for found in findings if found not in shared]


@dataclass(frozen=True)
class Lines:
    """What one channel alone says."""

    findings: list[Finding]

    @property
    def problems(self) -> list[Finding]:
        return [found for found in self.findings if found.severity != Severity.INFORMS]


@dataclass(frozen=True)
class ChannelVerdict:
    """What one channel says about a version."""

    channel: Channel
    findings: list[Finding]

    @property
    def blocking(self) -> int:
        return sum(finding.blocks for finding in self.findings)

    @property
    def warnings(self) -> int:
        return sum(finding.severity == Severity.WARNS for finding in self.findings)

    @property
    def summary(self) -> str:
        """How it stands in a few words."""
        if self.blocking:
            return f"{self.blocking} to fix"
        return f"{self.warnings} to check" if self.warnings else "ready to publish"

    @property
    def word(self) -> str:
        """How it stands in one word."""
        return {"blocks": "Blocked", "warns": "Warning", "informs": "Ready"}[self.severity]

    @property
    def spoken(self) -> str:
        """How it stands, for whoever hears the page."""
        return {"blocks": "blocked", "warns": "to check", "informs": "ready"}[self.severity]

    @property
    def icon(self) -> str:
        return {"blocks": "octagon-x", "warns": "triangle-alert", "informs": "check"}[self.severity]

    @property
    def severity(self) -> str:
        return "blocks" if self.blocking else "warns" if self.warnings else "informs"


@dataclass(frozen=True)
class Verdicts:
    """The verdicts of several channels: what all of them say is said once."""

    version: Version
    channels: list[ChannelVerdict]
    can_fix: bool = True

    @classmethod
    def on(cls, version: Version, channels: Iterable[Channel], *, can_fix: bool = True) -> Verdicts:
        each = [ChannelVerdict(channel, verdict.findings(version, channel, channel.today)) for channel in channels]
        return cls(version, each, can_fix)

    @cached_property
    def _shared(self) -> list[Finding]:
        if not self.channels:
            return []
        first, *others = (each.findings for each in self.channels)
        return [finding for finding in first if all(finding in other for other in others)]

    @property
    def fix(self) -> str:
        """Address of the page on which findings can be fixed."""
        return self.version.get_absolute_url()

    @property
    def shared_problems(self) -> list[Finding]:
        """What blocks or needs a look in every channel."""
        return fixable((found for found in self._shared if found.severity != Severity.INFORMS), can_fix=self.can_fix)

    @property
    def shared_problems_in_short(self) -> list[Finding]:
        """The same, where there is little room."""
        return by_place(self.shared_problems)

    @property
    def shared_met(self) -> list[Finding]:
        """What is met in every channel."""
        return [found for found in self._shared if found.severity == Severity.INFORMS]

    @property
    def by_channel(self) -> list[tuple[ChannelVerdict, Lines]]:
        """What is said by each alone."""
        shared = set(self._shared)
        own = (Lines(fixable(set_aside(each.findings, shared), can_fix=self.can_fix)) for each in self.channels)
        return list(zip(self.channels, own, strict=True))

    @property
    def everywhere_blocked(self) -> bool:
        return all(each.blocking for each in self.channels)

    @property
    def blocked_words(self) -> str:
        """Why approving is not possible; empty when it is."""
        blocking = {finding for each in self.channels for finding in each.findings if finding.blocks}
        if not blocking:
            return ""
        return f"{len(blocking)} {'check blocks' if len(blocking) == 1 else 'checks block'} approval. See Checks."


@dataclass(frozen=True)
class PublicView:
    """What people will see beside the picture in one channel."""

    channel: Channel
    said: Disclosure
    alt_text: str
    credit: str
    kind: str
    further: tuple[tuple[str, str, str], ...] = ()
    """The alt text in further languages, as a release says it: tag, name and text."""
    originals_page: str = ""
    """Where the public sees it beside its original."""

    @property
    def is_photograph(self) -> bool:
        """Whether nothing about the picture was altered or generated."""
        return self.kind == Kind.PHOTOGRAPH.value

    @property
    def caption_length(self) -> int:
        return len(self.said.caption)

    @property
    def caption_limit(self) -> int:
        return CAPTION_LIMIT

    @property
    def statement(self) -> str:
        return self.said.statement_with(self.originals_page)


def public_view(version: Version, channel: Channel) -> PublicView:
    """How a version would be shown in a channel."""
    try:
        _, profile = verdict.read(channel)
    except BadRules:  # the verdict beside it says so, and blocks
        profile = Profile()
    kind = verdict.kind_of(version) or Kind.PHOTOGRAPH
    said = disclosure.disclose(
        profile,
        kind,
        alterations=version.alterations,
        note=version.disclosure_note,
        digital_source=version.digital_source,
        people=disclosure.people_by_ai(kind, version.shows_people),
    )
    credit = version.license.attribution if version.license else ""
    alt, address = "" if version.decorative else version.alt_text, originals.address(version.asset_id, version.number)
    return PublicView(channel, said, alt, credit, kind.value, originals_page=address)


def public_view_of(release: Release) -> PublicView:
    """How a release is shown: read from its document, which does not change."""
    document, texts = release.document, release.document.alt_text
    said = Disclosure(**{each.name: getattr(document.disclosure, each.name) for each in fields(Disclosure)})
    further = tuple((tag, name_of(tag), text) for tag, text in texts.texts.items() if tag != texts.language)
    credit, kind = document.license.attribution, document.disclosure.kind
    address = originals.address(document.asset, document.version.number)
    return PublicView(release.channel, said, texts.main, credit, kind, further, address)


# The review place


@dataclass(frozen=True, slots=True)
class AlteredPair:
    """Something to compare the version with."""

    name: str
    other: Version


@dataclass(frozen=True)
class ReviewPage:
    """The open review."""

    review: Review
    user: User
    form: DecisionForm
    changes: Sequence[str] = ()
    """What changed since the page was opened, when a decision was refused for it."""
    refused: str = ""
    missing: Sequence[Finding] = ()

    @cached_property
    def version(self) -> Version:
        """With everything that is judged, read once: sections, findings and previews all ask for it."""
        return Version.objects.with_dossier().get(pk=self.review.version_id)

    @property
    def has_changed(self) -> bool:
        """Whether a decision was refused since something is not what was seen."""
        return self.refused == "changed"

    @cached_property
    def channels(self) -> list[Channel]:
        return list(self.review.channels.all())

    @cached_property
    def verdicts(self) -> Verdicts:
        can_fix = self.user.has_perm("assets.edit_library")
        return Verdicts.on(self.version, self.channels, can_fix=can_fix)

    @cached_property
    def sections(self) -> list[dossier_sections.DossierSection]:
        return dossier_sections.sections(self.version)

    @cached_property
    def folded_sections(self) -> list[dossier_sections.DossierSection]:
        return dossier_sections.folded_sections(self.version, self.channels)

    @cached_property
    def public(self) -> list[PublicView]:
        return [public_view(self.version, channel) for channel in self.channels]

    @cached_property
    def why_not(self) -> str:
        """Why this person cannot decide; empty when they can."""
        if self.review.state != ReviewState.OPEN:
            return how_it_stands(self.review)
        hands = contributors.parts_of(self.version)
        may_review = self.user.has_perm(deciding.DECIDE)
        if why := deciding.why_not_decide(self.user.pk, may_review=may_review, involved=hands):
            return why
        held = services.held_by_other(self.review, self.user)
        return f"{self.review.claimed_by} has claimed this review." if held else ""

    @property
    def can_be_undone(self) -> bool:
        """Whether a decision waits before it takes effect, so that a single key may make it."""
        return settings.UNDO_SECONDS > 0

    @property
    def why_not_approve(self) -> str:
        return self.why_not or self.verdicts.blocked_words

    @cached_property
    def asks_for_words(self) -> bool:
        """Whether whoever approves confirms the words by themselves."""
        return not self.why_not and verdict.words_apart(self.channels)

    @property
    def may_look_closely(self) -> bool:
        """Whether they may look at every pixel of it, as whoever may decide does while it is decided."""
        is_under_way = self.review.state in (ReviewState.OPEN, ReviewState.SETTLING)
        return is_under_way and self.user.has_perm(deciding.DECIDE)

    @property
    def can_retract(self) -> bool:
        return self.review.state == ReviewState.OPEN and self.review.submitted_by_id == self.user.pk

    @property
    def is_claimed(self) -> bool:
        """Whether this person has claimed it."""
        return self.review.claimed_by_id == self.user.pk

    @property
    def can_claim(self) -> bool:
        return not self.why_not and not self.is_claimed

    @cached_property
    def reviewers(self) -> list[Reviewer]:
        """Who decided on this version so far, with what, newest first."""
        decisions = Decision.objects.filter(review__version=self.version).select_related("by", "review")
        return list(reviewers_of(self.version, decisions.order_by("-decided_at")).values())

    @cached_property
    def lapsed(self) -> Decision | None:
        """A decision that did not take effect, so that it is to be taken again."""
        return self.review.lapsed_decision() if self.review.state == ReviewState.OPEN else None

    @cached_property
    def pairs(self) -> list[AlteredPair]:
        """The original and the version before it, where there is one."""
        version = self.version
        before = version.asset.versions.filter(number__lt=version.number).order_by("-number").first()
        pairs = [AlteredPair("Original", version.original)] if version.original else []
        if before and before != version.original:
            pairs.append(AlteredPair("Previous version", before))
        return pairs


@dataclass(frozen=True)
class Entry:
    """One review in the queue."""

    review: Review
    is_own: bool
    held_by: str
    is_current: bool


@dataclass(frozen=True)
class CameBack:
    """A review that ended without an approval, as its author sees it."""

    review: Review
    reviewer: Reviewer | None

    @property
    def can_be_fixed(self) -> bool:
        """Whether the version can be submitted again."""
        return self.review.version.status == Status.CHANGES_REQUESTED


@dataclass(frozen=True)
class Queue:
    """The review place as one person sees it."""

    user: User
    page: ReviewPage | None = None
    entries: list[Entry] = field(default_factory=list)
    total: int = 0
    waiting: int = 0
    undoable: list[Decision] = field(default_factory=list)
    came_back: list[CameBack] = field(default_factory=list)

    @property
    def may_decide(self) -> bool:
        return self.user.has_perm(deciding.DECIDE)

    @property
    def before(self) -> str:
        return self._beside(-1)

    @property
    def after(self) -> str:
        return self._beside(1)

    def _beside(self, step: int) -> str:
        """Address of the review before or after the open one; empty at the ends."""
        order = [entry.review.pk for entry in self.entries]
        if self.page is None or self.page.review.pk not in order:
            return reverse("approvals:review", args=[order[0]]) if order and step > 0 else ""
        place = order.index(self.page.review.pk) + step
        return reverse("approvals:review", args=[order[place]]) if 0 <= place < len(order) else ""


def queue_for(user: User, page: ReviewPage | None = None) -> Queue:
    """Everything the review place shows to this person."""
    reviews = _reviews_for(user)
    waiting = Review.objects.waiting_for(user).count()
    shown = list(reviews.for_lists().prefetch_related("channels")[:SHOWN])
    these = Review.objects.filter(pk__in=[review.pk for review in shown])
    foreign = set(these.not_the_work_of(user).values_list("pk", flat=True))
    entries = [
        Entry(
            review,
            is_own=review.pk not in foreign,
            held_by=str(review.claimed_by) if services.held_by_other(review, user) else "",
            is_current=page is not None and page.review.pk == review.pk,
        )
        for review in shown
    ]
    return Queue(user, page, entries, reviews.count(), waiting, _undoable(user), _came_back(user))


def next_for(user: User, behind: Review | None = None) -> Review | None:
    """The oldest review that this person can decide, after the one they have just left, if there is one after it."""
    waiting = Review.objects.waiting_for(user)
    if behind is None:
        return waiting.first()
    return waiting.filter(submitted_at__gt=behind.submitted_at).first() or waiting.exclude(pk=behind.pk).first()


def _reviews_for(user: User) -> ReviewQuerySet:
    """Reviewers see all that is open; others what they submitted themselves."""
    reviews = Review.objects.open()
    return reviews if user.has_perm(deciding.DECIDE) else reviews.filter(submitted_by=user)


def _undoable(user: User) -> list[Decision]:
    decisions = Decision.objects.filter(by=user, undone_at=None, settled_at=None, effective_at__gt=clock.instant())
    return list(decisions.select_related("review__version__asset").order_by("-decided_at"))


def _came_back(user: User) -> list[CameBack]:
    reviews = Review.objects.came_back_to(user).for_lists().prefetch_related("decisions__by")
    decided = {review: decision for review in reviews if (decision := _standing(review))}
    reviewers = reviewers_in_list(decided.values())
    return [CameBack(review, reviewers[decided[review].pk] if review in decided else None) for review in reviews]


def _standing(review: Review) -> Decision | None:
    return next((decision for decision in review.decisions.all() if decision.undone_at is None), None)

"""The Overview: what waits for this person, what came back, and how things stand. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.urls import reverse

from approvals.models import ChannelChange, Release, Review
from approvals.releases import notices
from assets.models import Asset, Version
from assets.models.version import Status
from core import clock, counting, heartbeat
from core.models import LogEntry, LogSubject, User
from core.people import activity
from generation.catalogue import registry
from generation.catalogue.offers import ENDING_SOON
from generation.models import Brief, GenerationModel, Job, JobState, Output, OutputState, ProviderState
from generation.models.job import JobQuerySet
from generation.spending import alerts, budgets

Row = TypeVar("Row", bound=Model)

SHOWN = 6
LOOKED_THROUGH = 60
"""Outputs read to find the briefs that came back; a brief seldom has more than ten."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that somebody has to do, in words, with the page where it is done."""

    words: str
    because: str
    url: str
    icon: str
    tone: str = ""
    since: datetime | None = None
    picture: str = ""
    """Address of a thumbnail of what it is about."""
    count: int = 1
    """How many things it stands for: one line may speak for those that are not listed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that says how things stand."""

    name: str
    value: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A brief with pictures that nobody has looked after yet, and the first of them."""

    brief: Brief
    first: Output
    count: int


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of the log with the version it is about, or the first of several; its own words do not name it."""

    entry: LogEntry
    about: Version | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows to one person."""

    tasks: list[Task]
    figures: list[Figure]
    came_back: list[Returned]
    happened: list[Happening]
    may_make: bool

    @property
    def waiting(self) -> int:
        """How many things wait, listed or not."""
        return sum(task.count for task in self.tasks)


def for_person(user: User) -> Overview:
    """Everything on the Overview of one person, in a fixed number of queries."""
    return Overview(
        tasks=list(_tasks(user)),
        figures=list(_figures(user)),
        came_back=list(_came_back(user)),
        happened=_happened(user),
        may_make=user.has_perm("generation.make_images"),
    )


def waiting_to_make(user: User) -> int:
    """How many jobs wait for a person: to bring a picture, or to say what became of one. The list has the same."""
    return _waiting_jobs(user).count()


def waiting_to_review(user: User) -> int:
    """How many reviews a person can decide now, and how many of their own came back."""
    return Review.objects.waiting_for(user).count() + Review.objects.came_back_to(user).count()


def _first(found: QuerySet[Row, Any]) -> tuple[list[Row], int]:
    """The first of them, and how many more there are."""
    first = list(found[: SHOWN + 1])
    return first[:SHOWN], found.count() - SHOWN if len(first) > SHOWN else 0


def _more(number: int, words: str, url: str) -> Iterator[Task]:
    """One line for those that are not listed."""
    if number:
        yield Task(f"{number} more", words, url, "ellipsis", count=number)


def _tasks(user: User) -> Iterator[Task]:
    if user.has_perm("core.view_user"):
        yield from _for_administrators()
    yield from _reviews(user)
    if user.has_perm("approvals.manage_channels"):
        yield from _changes_of_channels(user)
    yield from _pictures_that_stopped(user)
    yield from _jobs_that_wait(user)
    if user.has_perm("generation.manage_money"):
        yield from _for_managers(user)
    yield from _rights_that_end(user)


WAITS_FOR = {
    heartbeat.WORKER: "pictures, decisions and mail wait for it",
    heartbeat.CLOCK: "decisions, mail and whatever was interrupted wait for it",
}


def _for_administrators() -> Iterator[Task]:
    """A worker or a clock that was there and answers no more."""
    if pulse := heartbeat.missed():
        yield Task(pulse.words, WAITS_FOR[pulse.part], reverse("settings"), "unplug", "stops")


def _reviews(user: User) -> Iterator[Task]:
    waiting, more = _first(Review.objects.waiting_for(user).for_lists())
    for review in waiting:
        yield Task(
            f"Decide on “{review.version.asset.title}”",
            f"{review.submitted_by} submitted it",
            reverse("approvals:review", args=[review.pk]),
            "stamp",
            since=review.submitted_at,
            picture=_thumb(review.version_id),
        )
    yield from _more(more, "reviews to decide on", reverse("approvals:queue"))
    returned, more = _first(Review.objects.came_back_to(user).for_lists())
    for review in returned:
        yield Task(
            f"Fix “{review.version.asset.title}”",
            review.get_state_display(),
            reverse("assets:asset", args=[review.version.asset_id]),
            "undo-2",
            "waits",
            review.closed_at,
            _thumb(review.version_id),
        )
    yield from _more(more, "returned to you", reverse("approvals:queue"))


def _changes_of_channels(user: User) -> Iterator[Task]:
    """Changes that somebody else proposed, and that this person can confirm."""
    found = ChannelChange.objects.waiting_for(user).select_related("channel", "proposed_by")
    first, more = _first(found.order_by("proposed_at", "id"))
    for change in first:
        yield Task(
            f"Confirm a change of {change.channel}",
            f"{change.proposed_by} proposed it",
            reverse("approvals:channel_change", args=[change.pk]),
            "radio",
            "waits",
            since=change.proposed_at,
        )
    yield from _more(more, "changes of channels wait", reverse("approvals:channels"))


def _pictures_that_stopped(user: User) -> Iterator[Task]:
    """What a channel had and is not served any more, for whoever submitted it; one that is in review is under way."""
    paused = Release.objects.never_ended().filter(paused_at__isnull=False, decision__review__submitted_by=user)
    here = paused.exclude(version__status__in=(Status.IN_REVIEW, Status.ARCHIVED)).order_by("-paused_at")
    found, more = _first(here.select_related("version__asset", "channel"))
    unchanged = set(Release.objects.still_approved().filter(pk__in=[each.pk for each in found])) if found else set()
    for release in found:
        yield Task(
            f"“{release.version.asset.title}” is paused in {release.channel}",
            "its original is not live there as a photograph" if release in unchanged else "it changed: submit it again",
            reverse("approvals:release", args=[release.pk]),
            "circle-pause",
            "waits",
            release.paused_at,
            _thumb(release.version_id),
        )
    yield from _more(more, "paused in their channels", reverse("assets:library"))


def _waiting_jobs(user: User) -> JobQuerySet:
    """Those that nobody but a person can take on: their own, and for who manages money whatever may have cost some."""
    whose = Q() if user.has_perm("generation.manage_money") else Q(brief__asked_by=user)
    return Job.objects.filter(Q(state=JobState.HAND, brief__asked_by=user) | Q(whose, state=JobState.UNCLEAR))


def _jobs_that_wait(user: User) -> Iterator[Task]:
    waiting, more = _first(_waiting_jobs(user).lean().select_related("brief", "model"))
    for job in waiting:
        by_hand = job.state == JobState.HAND
        yield Task(
            f"Upload the result for “{job.brief.title}”" if by_hand else f"Settle “{job.brief.title}”",
            f"{job.model.name} is used by hand" if by_hand else f"{job.model.name} never answered. It may have charged",
            reverse("generation:brief", args=[job.brief_id]),
            "hand" if by_hand else "circle-question-mark",
            "" if by_hand else "waits",
            job.created_at,
        )
    yield from _more(more, "pictures to upload or to settle", reverse("generation:history"))


def _budgets_that_run_out() -> Iterator[Task]:
    for alert in alerts.standing(budgets.month_of())[:SHOWN]:
        budget = alert.budget
        is_over = alert.level >= 100
        yield Task(
            f"{budget.scope} has used {'all' if is_over else f'{budget.level} %'} of the budget for {budget.month:%B}",
            "paid requests are stopped until the limit is raised" if is_over else f"passed {alert.level} %",
            reverse("generation:budgets"),
            "wallet",
            "stops" if is_over else "waits",
            alert.at,
        )


def _providers_that_rest(user: User) -> Iterator[Task]:
    resting = ProviderState.objects.filter(open_until__gt=clock.instant(), trips__gt=0).order_by("open_until")
    for state in resting[:SHOWN]:
        yield Task(
            f"{registry.label(state.provider)} is paused until {clock.hour(state.open_until)}",
            state.reason,
            _settings_or_spend(user),
            "moon",
            "waits",
        )


def _settings_or_spend(user: User) -> str:
    """Where a person may read about a provider and its models."""
    return reverse("settings") if user.has_perm("core.view_user") else reverse("generation:spend")


def _for_managers(user: User) -> Iterator[Task]:
    yield from _budgets_that_run_out()
    yield from _providers_that_rest(user)
    today = clock.today()
    in_use = GenerationModel.objects.filter(offered=True, provider__in=settings.IMAGE_PROVIDERS)
    ending = in_use.filter(ends_on__gt=today, ends_on__lte=today + ENDING_SOON)
    ends, more = _first(ending.order_by("ends_on"))
    for model in ends:
        instead = f"replace it with {model.successor}" if model.successor else "no replacement is known"
        yield Task(
            f"{model.name} ends on {clock.written(model.ends_on)}",
            instead,
            _settings_or_spend(user),
            "calendar-clock",
            "waits",
        )
    yield from _more(more, "models that end soon", _settings_or_spend(user))


def _rights_that_end(user: User) -> Iterator[Task]:
    """Ends soon: live pictures whose license or consent this person answered for, or all for whoever manages."""
    leaving, more = _first(
        notices.ending_soon(user).select_related("version__asset", "channel").order_by("valid_until")
    )
    for release in leaving:
        yield Task(
            f"“{release.version.asset.title}” leaves {release.channel.name} on {clock.written(release.valid_until)}",
            "its license or a consent ends soon: renew it, and submit the picture again",
            reverse("assets:asset", args=[release.version.asset_id]),
            "calendar-clock",
            "waits",
            picture=_thumb(release.version_id),
        )
    yield from _more(more, "pictures whose license or consent ends soon", _channels_or_library(user))


def _thumb(version_id: UUID) -> str:
    return reverse("assets:file", args=[version_id, "thumb"])


def _figures(user: User) -> Iterator[Figure]:
    pictures = counting.words(counting.counted(Asset.objects.visible_to(user)))
    live = counting.words(*Release.objects.count_live().values())
    yield Figure("Pictures", pictures, "in the library", reverse("assets:library"))
    yield Figure("Live", live, "released to channels", _channels_or_library(user))
    if user.has_perm("generation.make_images") or user.has_perm("generation.manage_money"):
        budget = next(each for each in budgets.covering(user, None, "USD") if each.is_team)
        spent = budget.spent_micros + budget.reserved_micros
        yield Figure(
            "Spent this month",
            f"${spent / 1_000_000:,.2f}",
            f"of ${budget.limit_micros / 1_000_000:,.2f} for the team",
            reverse("generation:spend") if user.has_perm("generation.manage_money") else reverse("generation:make"),
        )


def _channels_or_library(user: User) -> str:
    manages = user.has_perm("approvals.manage_channels")
    return reverse("approvals:channels") if manages else reverse("assets:library") + "?status=approved"


def _happened(user: User) -> list[Happening]:
    entries = list(activity.known_to(user).order_by("-id")[:SHOWN])
    first = LogSubject.objects.filter(entry__in=entries, position=0, type=Version._meta.label_lower)
    keys = dict(first.values_list("entry", "key"))
    versions = {
        str(version.pk): version for version in Version.objects.filter(pk__in=keys.values()).select_related("asset")
    }
    return [Happening(entry, versions.get(keys.get(entry.pk, ""))) for entry in entries]


def _came_back(user: User) -> Iterator[Returned]:
    """The person's newest briefs that have pictures nobody has kept or discarded yet."""
    new = Output.objects.filter(state=OutputState.NEW, job__brief__asked_by=user).select_related("job__brief")
    newest = new.defer("found", "job__raw").order_by("-job__brief__asked_at", "job__created_at", "index")
    by_brief: dict[Brief, list[Output]] = {}
    for output in newest[:LOOKED_THROUGH]:
        by_brief.setdefault(output.job.brief, []).append(output)
    for brief, outputs in list(by_brief.items())[:SHOWN]:
        yield Returned(brief, outputs[0], len(outputs))

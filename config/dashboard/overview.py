"""The Overview: what waits for this person, what came back, and how things stand. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from approvals.models import Release, Review
from assets.models import Asset, Version
from assets.models.version import Status
from core import clock
from core.models import LogEntry, LogSubject, User
from core.people import activity
from generation.catalogue import registry
from generation.catalogue.offers import ENDING_SOON
from generation.models import Brief, GenerationModel, Job, JobState, Output, OutputState, ProviderState
from generation.spending import alerts, budgets

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
    """How many of a person's jobs wait for them: to bring a picture, or to say what became of one."""
    return Job.objects.filter(brief__asked_by=user, state__in=(JobState.HAND, JobState.UNCLEAR)).count()


def waiting_to_review(user: User) -> int:
    """How many reviews a person can decide now, and how many of their own came back."""
    return Review.objects.waiting_for(user).count() + Review.objects.came_back_to(user).count()


def _tasks(user: User) -> Iterator[Task]:
    for review in Review.objects.waiting_for(user).for_lists()[:SHOWN]:
        yield Task(
            f"Decide on “{review.version.asset.title}”",
            f"{review.submitted_by} submitted it",
            reverse("approvals:review", args=[review.pk]),
            "stamp",
            since=review.submitted_at,
            picture=_thumb(review.version_id),
        )
    for review in Review.objects.came_back_to(user).for_lists()[:SHOWN]:
        yield Task(
            f"Fix “{review.version.asset.title}”",
            review.get_state_display(),
            reverse("assets:asset", args=[review.version.asset_id]),
            "undo-2",
            "waits",
            review.closed_at,
            _thumb(review.version_id),
        )
    yield from _pictures_that_stopped(user)
    yield from _jobs_that_wait(user)
    if user.has_perm("generation.manage_money"):
        yield from _for_managers(user)


def _pictures_that_stopped(user: User) -> Iterator[Task]:
    """What a channel had and is not served any more, for whoever submitted it; one that is in review is under way."""
    paused = Release.objects.never_ended().filter(paused_at__isnull=False, decision__review__submitted_by=user)
    here = paused.exclude(version__status__in=(Status.IN_REVIEW, Status.ARCHIVED)).order_by("-paused_at")
    found = list(here.select_related("version__asset", "channel")[:SHOWN])
    unchanged = set(Release.objects.still_approved().filter(pk__in=[each.pk for each in found]))
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


def _jobs_that_wait(user: User) -> Iterator[Task]:
    whose = Q() if user.has_perm("generation.manage_money") else Q(brief__asked_by=user)
    waiting = Job.objects.filter(
        Q(state=JobState.HAND, brief__asked_by=user) | Q(whose, state=JobState.UNCLEAR)
    ).select_related("brief", "model")
    for job in waiting[:SHOWN]:
        by_hand = job.state == JobState.HAND
        yield Task(
            f"Upload the result for “{job.brief.title}”" if by_hand else f"Settle “{job.brief.title}”",
            f"{job.model.name} is used by hand" if by_hand else f"{job.model.name} never answered. It may have charged",
            reverse("generation:brief", args=[job.brief_id]),
            "hand" if by_hand else "circle-question-mark",
            "" if by_hand else "waits",
            job.created_at,
        )


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
            reverse("settings") if user.has_perm("core.view_user") else reverse("generation:spend"),
            "moon",
            "waits",
        )


def _for_managers(user: User) -> Iterator[Task]:
    yield from _budgets_that_run_out()
    yield from _providers_that_rest(user)
    today = clock.today()
    ending = GenerationModel.objects.filter(offered=True, ends_on__gt=today, ends_on__lte=today + ENDING_SOON)
    for model in ending.order_by("ends_on")[:SHOWN]:
        instead = f"replace it with {model.successor}" if model.successor else "no replacement is known"
        yield Task(
            f"{model.name} ends on {clock.written(model.ends_on)}",
            instead,
            reverse("settings"),
            "calendar-clock",
            "waits",
        )
    running_out = (
        Release.objects.live().filter(valid_until__lte=today + ENDING_SOON).select_related("version__asset", "channel")
    )
    for release in running_out.order_by("valid_until")[:SHOWN]:
        yield Task(
            f"“{release.version.asset.title}” leaves {release.channel.name} on {clock.written(release.valid_until)}",
            "its license or a consent ends",
            reverse("assets:asset", args=[release.version.asset_id]),
            "calendar-clock",
            "waits",
            picture=_thumb(release.version_id),
        )


def _thumb(version_id: UUID) -> str:
    return reverse("assets:file", args=[version_id, "thumb"])


def _figures(user: User) -> Iterator[Figure]:
    yield Figure("Pictures", str(Asset.objects.visible_to(user).count()), "in the library", reverse("assets:library"))
    yield Figure("Live", str(Release.objects.live().count()), "released to channels", _channels_or_library(user))
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
    by_brief: dict[Brief, list[Output]] = {}
    for output in new.order_by("-job__brief__asked_at", "job__created_at", "index")[:LOOKED_THROUGH]:
        by_brief.setdefault(output.job.brief, []).append(output)
    for brief, outputs in list(by_brief.items())[:SHOWN]:
        yield Returned(brief, outputs[0], len(outputs))

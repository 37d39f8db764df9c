"""What the page of a brief tells: its models beside each other, with their jobs, pictures and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import prefetch_related_objects
from django.urls import reverse

from assets.imaging import formats
from assets.imaging.rendering import SPECS, fitted, srcset_of
from core import clock
from core.models import User
from generation.briefs import extras, specs
from generation.catalogue import registry
from generation.jobs import requests
from generation.jobs.ingest import FLAGS
from generation.jobs.services import SETTLED
from generation.models import Brief, BriefReference, GenerationModel, Job, JobState, Output, OutputState, Role
from generation.models.job import DOUBTFUL, RETRIABLE, RUNNING, JobQuerySet
from generation.providers.handoff import Ask

COST_REMARKS: Mapping[str, str] = {
    "computed": "reckoned",
    "estimate": "reckoned",
    "unknown": "not confirmed",
    DOUBTFUL: "to be checked",
    "corrected": "corrected",
}
"""Where a cost is from → what the page says of it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture on the page."""

    output: Output
    number: int
    of: str
    """Its model."""

    @property
    def name(self) -> str:
        return f"picture {self.number} of {self.of}"

    @property
    def size(self) -> tuple[int, int]:
        return fitted(self.output.width, self.output.height, SPECS["preview"])

    @property
    def srcset(self) -> str:
        """The copies that a browser may choose from."""
        whole = reverse("generation:output_file", args=(self.output.pk,))
        return srcset_of(self.output.width, self.output.height, f"{whole}?small", whole)

    @property
    def flags(self) -> list[str]:
        return [FLAGS.get(flag, flag) for flag in self.output.flags]

    @property
    def is_new(self) -> bool:
        return self.output.state == OutputState.NEW

    @property
    def is_being_kept(self) -> bool:
        return self.output.state == OutputState.KEEPING

    @property
    def is_discarded(self) -> bool:
        return self.output.state == OutputState.DISCARDED


@dataclass(frozen=True)
class ResultCell:
    """One job as its person sees it: where it stands, and what may be done."""

    job: Job
    place: int
    """Its place in the queue, from 1; 0 when it is not queued."""
    may_make: bool
    may_settle: bool

    @property
    def running(self) -> bool:
        return self.job.state in RUNNING

    @property
    def place_words(self) -> str:
        """Where it stands in the queue; nothing when it is not queued."""
        if not self.place:
            return ""
        return "next in the queue" if self.place == 1 else f"place {self.place} in the queue"

    @property
    def elapsed(self) -> str:
        """How long it has taken or took, in words."""
        if self.job.started_at is None:
            return ""
        return duration((self.job.finished_at or clock.instant()) - self.job.started_at)

    @property
    def reason(self) -> str:
        return self.job.error_words

    @property
    def shows_reason(self) -> bool:
        return bool(self.job.error_words) and self.job.state != JobState.CANCELED

    @property
    def sent_again_at(self) -> datetime | None:
        """When it is sent again by itself, after something went wrong."""
        return self.job.not_before if self.running and self.shows_reason else None

    @property
    def brought_nothing(self) -> bool:
        """Whether it ended without a picture, so that the page says what it cost."""
        return self.job.state in (JobState.REFUSED, JobState.FAILED)

    @property
    def may_cancel(self) -> bool:
        if self.job.state == JobState.WAITING:
            return self.may_make and not self.is_stopping and registry.is_cancellable(self.job.model.provider)
        return self.may_make and self.job.state in (JobState.QUEUED, JobState.HAND)

    @property
    def is_stopping(self) -> bool:
        """Whether its provider is being asked to stop."""
        return self.job.state == JobState.WAITING and self.job.stop_asked_at is not None

    @property
    def may_retry(self) -> bool:
        return self.may_make and self.job.state in RETRIABLE

    @property
    def is_unclear(self) -> bool:
        return self.job.state == JobState.UNCLEAR

    @property
    def may_correct(self) -> bool:
        return self.may_settle and self.job.state in SETTLED

    @property
    def may_resume(self) -> bool:
        return self.may_make and self.is_unclear and bool(self.job.handle)


@dataclass(frozen=True, slots=True)
class Attached:
    """A picture that a person attaches elsewhere."""

    row: BriefReference
    number: int

    @property
    def src(self) -> str:
        return reverse("generation:reference_file", args=(self.row.pk,))

    @property
    def size(self) -> tuple[int, int]:
        return self.row.width, self.row.height


@dataclass(frozen=True)
class HandOff:
    """What a person needs to run a job elsewhere."""

    job: Job
    text: str
    steps: tuple[str, ...]
    link: str
    asks: tuple[Ask, ...]
    attaching: str
    attached: tuple[Attached, ...] = ()
    """The pictures to attach there, in order."""
    accept = formats.ACCEPTED

    @property
    def waits(self) -> bool:
        return self.job.state == JobState.HAND

    @property
    def site(self) -> str:
        """The website where the person goes, as people call it."""
        return urlsplit(self.link).netloc.removeprefix("www.")


@dataclass(frozen=True)
class Column:
    """One model's part of the comparison."""

    model: GenerationModel
    cells: tuple[ResultCell, ...]

    @cached_property
    def provider(self) -> str:
        return registry.label(self.model.provider)

    @property
    def name(self) -> str:
        return self.model.name

    @cached_property
    def all_shown(self) -> list[Shown]:
        outputs = [output for cell in self.cells for output in cell.job.outputs.all()]
        return [Shown(output, number, self.name) for number, output in enumerate(outputs, start=1)]

    @property
    def shown(self) -> list[Shown]:
        return [shown for shown in self.all_shown if not shown.is_discarded]

    @property
    def discarded(self) -> list[Shown]:
        return [shown for shown in self.all_shown if shown.is_discarded]

    @property
    def open_cells(self) -> list[ResultCell]:
        """Jobs that say something besides their pictures."""
        return [cell for cell in self.cells if cell.job.state != JobState.DONE or cell.shows_reason]

    @property
    def waiting(self) -> range:
        """A place for each picture that is still to come."""
        return range(sum(cell.job.count for cell in self.cells if cell.running))

    @property
    def cost(self) -> int | None:
        known = [cell.job.settled_micros for cell in self.cells if cell.job.settled_micros is not None]
        return sum(known) if known else None

    @property
    def quoted(self) -> int:
        return sum(cell.job.quote_micros for cell in self.cells)

    @property
    def currency(self) -> str:
        return self.cells[0].job.currency

    @property
    def basis(self) -> str:
        """Where its cost is from; one that is to be checked comes first."""
        found = [cell.job.cost_basis for cell in self.cells]
        return DOUBTFUL if DOUBTFUL in found else found[0]

    @property
    def correctable(self) -> list[ResultCell]:
        """Jobs whose cost the viewer may correct."""
        return [cell for cell in self.cells if cell.may_correct]

    @property
    def cost_remark(self) -> str:
        """How sure the cost is, where it is not the provider's own word."""
        return COST_REMARKS.get(self.basis, "")

    @property
    def elapsed(self) -> str:
        """How long the slowest of its jobs has taken."""
        return max((cell.elapsed for cell in self.cells), key=lambda words: (len(words), words), default="")

    @property
    def dropped(self) -> list[str]:
        return [specs.OPTION_WORDS.get(name, name) for name in self.cells[0].job.dropped]

    @property
    def extras(self) -> list[tuple[str, str]]:
        """What was asked of this model besides, as (question, answer)."""
        return extras.told(self.cells[0].job.brief, self.model)

    @property
    def warnings(self) -> list[str]:
        """Where the result is not as asked, in the adapter's words; each once."""
        return list(dict.fromkeys(words for cell in self.cells for words in cell.job.warnings))

    @cached_property
    def hand_off(self) -> HandOff | None:
        """What to do elsewhere, for a model that a person runs."""
        job = self.cells[0].job
        by_hand = registry.hand_off(self.model.provider)
        if by_hand is None or job.state not in (JobState.HAND, JobState.DONE):
            return None
        text = str(job.parameters.get("text") or by_hand.compose(requests.spec_of(job)))
        return HandOff(job, text, by_hand.steps, by_hand.link, by_hand.asks, by_hand.attaching, self._attached(job))

    def _attached(self, job: Job) -> tuple[Attached, ...]:
        if "references" in job.dropped:
            return ()
        rows = [row for row in job.brief.references.all() if row.role == Role.REFERENCE]
        return tuple(Attached(row, number) for number, row in enumerate(rows, start=1))


@dataclass(frozen=True)
class BriefPage:
    """Everything that the page of a brief shows."""

    brief: Brief
    columns: tuple[Column, ...]

    @property
    def cells(self) -> list[ResultCell]:
        return [cell for column in self.columns for cell in column.cells]

    @property
    def running(self) -> bool:
        """Whether anything still happens by itself, so that the page should look again."""
        return any(cell.running for cell in self.cells)

    @property
    def is_comparable(self) -> bool:
        """Whether there is anything to hold against something else."""
        return self.pictures > 1 or len(self.columns) > 1

    @property
    def settled(self) -> int:
        return sum(column.cost or 0 for column in self.columns)

    @property
    def reserved(self) -> int:
        """What is still set aside for jobs that are not over."""
        return sum(cell.job.quote_micros for cell in self.cells if cell.running or cell.job.state == JobState.HAND)

    @property
    def pictures(self) -> int:
        return sum(len(column.all_shown) for column in self.columns)

    @property
    def first_pictures(self) -> list[Shown]:
        """One picture of each model first, for a strip of small ones."""
        every = [column.shown for column in self.columns]
        turns = [shown[turn] for turn in range(3) for shown in every if turn < len(shown)]
        return turns[:3]

    @property
    def kept(self) -> int:
        return sum(shown.output.state == OutputState.KEPT for column in self.columns for shown in column.all_shown)

    @property
    def done(self) -> int:
        return sum(not cell.running for cell in self.cells)

    @property
    def jobs_in_words(self) -> str:
        """How many jobs it has, and how many of them are over as long as one is not."""
        count = len(self.cells)
        noun = "job" if count == 1 else "jobs"
        return f"{self.done} of {count} {noun} over" if self.running else f"{count} {noun}"

    @property
    def state(self) -> str:
        """The badge of the whole brief: the state that most needs a look."""
        states = {cell.job.state for cell in self.cells}
        for state in (JobState.UNCLEAR, JobState.HAND, JobState.SENDING, JobState.WAITING, JobState.QUEUED):
            if state in states:
                return state.value
        if states & {JobState.DONE, JobState.PARTIAL}:
            return "done" if states <= {JobState.DONE, JobState.CANCELED} else "partial"
        return next(iter(sorted(states)), "done")


def tell(brief: Brief, viewer: User | AnonymousUser) -> BriefPage:
    """All that is known about a brief, in a number of queries that does not grow with its jobs."""
    return _told([brief], Job.objects.with_details(), viewer)[0]


def tell_all(briefs: Sequence[Brief], viewer: User | AnonymousUser) -> list[BriefPage]:
    """What a list tells about several briefs, in a number of queries that does not grow with them."""
    return _told(briefs, Job.objects.in_lists(), viewer)


def _told(briefs: Sequence[Brief], every: JobQuerySet, viewer: User | AnonymousUser) -> list[BriefPage]:
    jobs = list(every.filter(brief__in=briefs))
    places = _places() if any(job.state == JobState.QUEUED for job in jobs) else {}
    may_make, may_settle = viewer.has_perm("generation.make_images"), viewer.has_perm("generation.manage_money")
    if any(job.state == JobState.HAND for job in jobs):
        prefetch_related_objects(list(briefs), "references")
    cells: dict[UUID, dict[GenerationModel, list[ResultCell]]] = {brief.pk: {} for brief in briefs}
    known = {brief.pk: brief for brief in briefs}
    for job in jobs:
        job.brief = known[job.brief_id]
        cell = ResultCell(job, places.get(job.pk, 0), may_make, may_settle)
        cells[job.brief_id].setdefault(job.model, []).append(cell)
    return [BriefPage(brief, _columns(cells[brief.pk])) for brief in briefs]


def _columns(by_model: Mapping[GenerationModel, list[ResultCell]]) -> tuple[Column, ...]:
    return tuple(Column(model, tuple(cells)) for model, cells in by_model.items())


def _places() -> dict[object, int]:
    """Place in the queue of every job that waits for a worker."""
    waiting = Job.objects.filter(state=JobState.QUEUED).order_by("created_at", "offset", "id")[:500]
    return {pk: place for place, pk in enumerate(waiting.values_list("pk", flat=True), start=1)}


def duration(time: timedelta) -> str:
    """How long that is, in words as short as a caption needs."""
    seconds = max(0, round(time.total_seconds()))
    if seconds < 90:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 5400 else f"{seconds // 3600} h {seconds % 3600 // 60:02} min"

"""The family of a brief: what it came from and what was made of it, as a tree that a page can draw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q

from assets.imaging.rendering import SPECS, fitted
from generation.models import Brief, BriefKind, BriefReference, Job, Output, OutputState, Role

LARGEST = 200
"""Briefs of one family that are drawn; the newest are left out of a larger one, and that is said."""
FEW = 4
"""Pictures of each brief that are drawn."""


@dataclass(frozen=True, slots=True)
class Thumb:
    """A small picture in the tree."""

    output: Output
    went_on: bool
    """Whether something was made from it."""

    @property
    def size(self) -> tuple[int, int]:
        return fitted(self.output.width, self.output.height, SPECS["preview"])


@dataclass(frozen=True)
class Branch:
    """One brief, and what was made of it."""

    brief: Brief
    thumbs: tuple[Thumb, ...]
    more: int
    """Pictures that are not drawn."""
    children: tuple[Branch, ...]
    is_here: bool

    @property
    def came_by(self) -> str:
        """How it came about, and from which picture."""
        references = [row for row in self.brief.references.all() if row.role == Role.REFERENCE]
        if not references:
            return str(self.brief.get_kind_display()) if self.brief.kind != BriefKind.FRESH else ""
        return f"{self.brief.get_kind_display()} of {_named(references[0])}{_masked(self.brief)}"


@dataclass(frozen=True)
class Tree:
    """A whole family."""

    top: Branch
    count: int
    left_out: int

    @property
    def is_alone(self) -> bool:
        return self.count == 1


def of(brief: Brief) -> Tree:
    """The family of a brief, in a number of queries that does not grow with it."""
    root = brief.root_id or brief.pk
    outputs = Output.objects.exclude(state=OutputState.DISCARDED).order_by("job__created_at", "job__offset", "index")
    references = BriefReference.objects.select_related("version__asset", "output")
    everyone = Brief.objects.filter(Q(pk=root) | Q(root=root)).select_related("asked_by").order_by("asked_at")
    everyone = everyone.prefetch_related(Prefetch("jobs", Job.objects.lean()))
    everyone = everyone.prefetch_related(Prefetch("jobs__outputs", outputs.defer("found")))
    drawn = list(everyone.prefetch_related(Prefetch("references", references))[:LARGEST])
    children: dict[UUID | None, list[Brief]] = defaultdict(list)
    for each in drawn:
        children[each.parent_id].append(each)
    went_on = {row.output_id for each in drawn for row in each.references.all() if row.output_id}
    top = next(each for each in drawn if each.pk == root)
    count = everyone.count() if len(drawn) == LARGEST else len(drawn)
    return Tree(_branch(top, children, went_on, brief.pk), count, count - len(drawn))


def has_family(brief: Brief) -> bool:
    """Whether there is anything to draw beside the brief itself."""
    return brief.root_id is not None or brief.family.exists()


def _branch(brief: Brief, children: Mapping[UUID | None, list[Brief]], went_on: set[UUID], here: UUID) -> Branch:
    outputs = list(_outputs(brief))
    first = sorted(outputs, key=lambda output: output.pk not in went_on)[:FEW]
    thumbs = tuple(Thumb(output, output.pk in went_on) for output in outputs if output in first)
    below = tuple(_branch(child, children, went_on, here) for child in children.get(brief.pk, ()))
    return Branch(brief, thumbs, len(outputs) - len(thumbs), below, brief.pk == here)


def _outputs(brief: Brief) -> Iterator[Output]:
    for job in brief.jobs.all():
        yield from job.outputs.all()


def _named(reference: BriefReference) -> str:
    if reference.version:
        return f"“{reference.version.asset.title}”, v{reference.version.number}"
    return f"picture {reference.output.index + 1}" if reference.output else "a picture"


def _masked(brief: Brief) -> str:
    return ", in the marked part" if any(row.role == Role.MASK for row in brief.references.all()) else ""

"""Whether reviews and decisions are what the log says, and whether what is approved was approved by others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from approvals.models import Choice, Decision, Review
from approvals.reviews import dossier, traces
from assets.models import Contributor, Version
from assets.models.version import Status
from assets.versions import dossier as library_dossier
from core import audit
from core.audit import Line, Told, name_of

Older = Counter[str]


def walk(older: Older) -> Iterator[str]:
    """All that does not fit, in sentences; old rows are counted."""
    old: dict[str, set[object]] = {"reviews": set(), "decisions": set()}
    yield from audit.gone(Review)
    reviews = Review.objects.prefetch_related("channels")
    yield from audit.walk(reviews, lambda batch: _reviews(batch, old["reviews"]))
    yield from audit.gone(Decision)
    decisions = Decision.objects.select_related("review__version")
    yield from audit.walk(decisions, lambda batch: _decisions(batch, old["decisions"]))
    yield from audit.walk(Version.objects.only("pk"), _approved)
    older.update({name: len(found) for name, found in old.items()})


# Reviews


def _reviews(batch: Sequence[Review], old: set[object]) -> list[str]:
    told = audit.told(Review, [review.pk for review in batch])
    versions = audit.told(Version, [review.version_id for review in batch])
    found = []
    for review in batch:
        said = told[str(review.pk)]
        if "version" not in said.fields:
            lines = versions[str(review.version_id)].by_action("review.submitted", review=review.pk)
            found += _unlogged(review, lines, old)
        found += _differences(review, said, traces.of_review(review))
    return found


def _differences(row: Review | Decision, told: Told, now: dict[str, Any]) -> list[str]:
    return [f"{name_of(row)}: its {field} is not what the log says." for field in told.differences(now)]


def _unlogged(row: Review | Decision, lines: list[Line], old: set[object]) -> list[str]:
    """A row is older when an entry tells of it that is from before such rows were logged."""
    if audit.without_rows(type(row), lines):
        old.add(row.pk)
        return []
    return [f"{name_of(row)} is not in the log."]


# Decisions


def _decisions(batch: Sequence[Decision], old: set[object]) -> list[str]:
    told = audit.told(Decision, [decision.pk for decision in batch])
    versions = audit.told(Version, [decision.review.version_id for decision in batch])
    own, found = _by_contributors(batch), list[str]()
    for decision in batch:
        said = told[str(decision.pk)]
        if "dossier_hash" not in said.fields:
            about = {"review": decision.review_id, "dossier": decision.dossier_hash}
            lines = versions[str(decision.review.version_id)].by_action("review.decided", **about)
            found += _unlogged(decision, [line for line in lines if line.actor == decision.by_id], old)
        found += _differences(decision, said, traces.of_decision(decision))
        found += [f"{name_of(decision)}: {problem}" for problem in _decision(decision, own)]
    return found


def _decision(decision: Decision, own: set[object]) -> Iterator[str]:
    if decision.dossier.get("format", 1) not in library_dossier.FORMATS:
        yield "its dossier is in no format that is known."
    elif _hash(decision) != decision.dossier_hash:
        yield "its dossier does not fit its hash."
    if decision.pk in own:
        yield "whoever decided had contributed to the version."


def _hash(decision: Decision) -> str:
    """Of the dossier that is stored; empty for one that names no channels."""
    return dossier.hash_of(decision.dossier) if "channels" in decision.dossier else ""


def _by_contributors(batch: Sequence[Decision]) -> set[object]:
    """Decisions by somebody who had a hand in the version at that moment."""
    earlier = Contributor.objects.filter(
        version=OuterRef("review__version"), person=OuterRef("by"), at__lt=OuterRef("decided_at")
    )
    rows = Decision.objects.filter(pk__in=[decision.pk for decision in batch])
    return set(rows.filter(Exists(earlier)).values_list("pk", flat=True))


# Approved versions


def _approved(batch: Sequence[Version]) -> list[str]:
    """An approved version has a standing decision by whom it names as its approver."""
    standing = Decision.objects.filter(
        review__version=OuterRef("pk"),
        by=OuterRef("approved_by"),
        choice=Choice.APPROVE,
        settled_at__isnull=False,
        undone_at=None,
    )
    rows = Version.objects.filter(pk__in=[version.pk for version in batch], status=Status.APPROVED)
    unfounded = rows.exclude(Exists(standing)).values_list("pk", flat=True)
    return [f"{name_of(Version, key)} is approved, but not by a decision of its approver." for key in unfounded]

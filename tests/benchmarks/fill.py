"""A library of any size within seconds: true rows made by the verbs, and copies of them made by PostgreSQL.

What belongs together is copied with the same number, so that each copy is whole: an asset with its version, license
and provenance, its contributors, its review, decision and release; or a brief with its job, output and ledger entry.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from approvals.models import Channel, Decision, Event, Release, Review
from assets.models import Asset, Contributor, License, Provenance, Version
from core import guards
from generation.models import Attempt, Brief, Job, LedgerEntry, Output

SPACED = "{value} - make_interval(secs => nth * 37)"
"""Moments of copies, apart from each other and from the first one's."""


def released(release: Release, first: int, last: int) -> None:
    """Copies of a release and of all that it rests on, numbered from first to last."""
    version, decision = release.version, release.decision
    review, asset, license = decision.review, version.asset, _license(version)
    title = f"'{asset.title.replace(chr(39), '')} ' || nth"
    with guards.lifted():
        _copy(asset, first, last, id=_id(asset), title=title, created_at=SPACED)
        _copy(license, first, last, id=_number(license))
        of_version = {"id": _id(version), "asset_id": _id(asset), "license_id": _number(license)}
        _copy(version, first, last, **of_version, created_at=SPACED)
        _copy(version.provenance, first, last, id=_number(version.provenance), version_id=_id(version))
        for each in Contributor.objects.filter(version=version):
            _copy(each, first, last, id=None, version_id=_id(version))
        _copy(review, first, last, id=_id(review), version_id=_id(version), submitted_at=SPACED)
        for meant in Review.channels.through.objects.filter(review=review):
            _copy(meant, first, last, id=None, review_id=_id(review))
        _copy(decision, first, last, id=_id(decision), review_id=_id(review))
        of_release = {"id": _id(release), "version_id": _id(version), "decision_id": _id(decision)}
        _copy(release, first, last, **of_release, released_at=SPACED)
        event = release.events.get()
        sequence = f"{Channel.objects.get(pk=release.channel_id).last_sequence} + nth - {first - 1}"
        _copy(event, first, last, id=None, release_id=_id(release), sequence=sequence)
        Channel.objects.filter(pk=release.channel_id).update(last_sequence=models.F("last_sequence") + last - first + 1)
    _know(Asset, License, Version, Provenance, Contributor, Review, Decision, Release, Event)


def waiting(review: Review, first: int, last: int) -> None:
    """Copies of an open review, each of a version of its own."""
    version, asset, license = review.version, review.version.asset, _license(review.version)
    with guards.lifted():
        _copy(asset, first, last, id=_id(asset), created_at=SPACED)
        _copy(license, first, last, id=_number(license))
        of_version = {"id": _id(version), "asset_id": _id(asset), "license_id": _number(license)}
        _copy(version, first, last, **of_version, created_at=SPACED)
        _copy(version.provenance, first, last, id=_number(version.provenance), version_id=_id(version))
        _copy(review, first, last, id=_id(review), version_id=_id(version), submitted_at=SPACED)
        for each in Review.channels.through.objects.filter(review=review):
            _copy(each, first, last, id=None, review_id=_id(review))
    _know(Asset, License, Version, Provenance, Review)


def made(job: Job, first: int, last: int) -> None:
    """Copies of a brief with its job, the request, the picture and what was booked for it."""
    brief = job.brief
    with guards.lifted():
        _copy(brief, first, last, id=_id(brief), title="'House ' || nth", asked_at=SPACED)
        moments = dict.fromkeys(("created_at", "started_at", "finished_at"), SPACED)
        _copy(job, first, last, id=_id(job), brief_id=_id(brief), **moments)
        for attempt in job.attempts.all():
            _copy(attempt, first, last, id=_id(attempt), job_id=_id(job))
        for output in job.outputs.all():
            _copy(output, first, last, id=_id(output), job_id=_id(job), created_at=SPACED)
        for entry in LedgerEntry.objects.filter(job=job):
            _copy(entry, first, last, id=None, job_id=_id(job), at=SPACED)
    _know(Brief, Job, Attempt, Output, LedgerEntry)


def _license(version: Version) -> License:
    assert version.license is not None
    return version.license


def _id(row: models.Model) -> str:
    """The key of the copy with a number, the same wherever it is named."""
    return f"md5('{row.pk}' || nth)::uuid"


def _number(row: models.Model) -> str:
    return f"{int(row.pk)}000000 + nth"


def _copy(row: models.Model, first: int, last: int, **changed: str | None) -> None:
    """Copies of a row. What changes is said in SQL, where `nth` is the copy's and `{value}` the row's own column."""
    quote, table = connection.ops.quote_name, row._meta.db_table
    all_columns = [str(field.column) for field in row._meta.concrete_fields]
    columns = [name for name in all_columns if changed.get(name, "") is not None]
    values = [(changed.get(name) or "{value}").replace("{value}", f"row.{quote(name)}") for name in columns]
    names = ", ".join(map(quote, columns))
    statement = (
        f"INSERT INTO {quote(table)} ({names}) SELECT {', '.join(values)} "  # noqa: S608 - our own names
        f"FROM {quote(table)} row, generate_series({first}, {last}) nth WHERE row.id = %s"
    )
    _run(statement, str(row.pk) if isinstance(row._meta.pk, models.UUIDField) else row.pk)


def _know(*kinds: type[models.Model]) -> None:
    """What the planner knows, as if time had passed."""
    for kind in kinds:
        _run(f"VACUUM ANALYZE {connection.ops.quote_name(kind._meta.db_table)}")


def _run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)

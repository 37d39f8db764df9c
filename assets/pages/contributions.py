"""Contributions: who worked on a version, and what each of them did, as its pages tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from assets.models import Contributor, Version


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one person did for a version."""

    person: str
    words: str


def contributions(version: Version) -> list[Contribution]:
    """Everybody who worked on it, in the order in which they joined. Reads what `with_details` has fetched."""
    rows = list(version.contributors.all())
    joined = list(dict.fromkeys(row.person_id for row in rows))
    return list(_told(sorted(rows, key=lambda row: joined.index(row.person_id))))


def _told(rows: list[Contributor]) -> Iterator[Contribution]:
    for _, parts in groupby(rows, key=lambda row: row.person_id):
        each = list(parts)
        yield Contribution(str(each[0].person), ", ".join(part.get_part_display() for part in each))

"""Who had a hand in a version, and which: noted by the verbs, read by whoever asks who may decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from django.db.models import QuerySet

from assets.models import Contributor, Part, Version
from core.models import User
from core.sets import AT_ONCE

Hands = Mapping[Part, Iterable[User]]
"""People by what they did."""
LASTING = (Part.PROMPT, Part.ASKED, Part.BROUGHT, Part.EDITED)
"""What is still to be seen in a picture that was made from another."""


def contribute(versions: Iterable[Version], part: Part, *, by: User) -> None:
    """Note that a person had this part in each of the versions, in the caller's transaction."""
    _add(Contributor(version=version, person=by, part=part) for version in versions)


def note(versions: Iterable[Version], hands: Hands) -> None:
    """Note who did what for each of the versions, in the caller's transaction."""
    did = [(part, by) for part, people in hands.items() for by in people]
    _add(Contributor(version=version, person=by, part=part) for version, (part, by) in product(versions, did))


def carry_over(before: QuerySet[Version], after: Version, *parts: Part) -> None:
    """What a version takes over from others keeps whoever did it."""
    kept = Contributor.objects.filter(version__in=before, part__in=parts).select_related("person")
    _add(Contributor(version=after, person=each.person, part=each.part) for each in kept)


def done(version: Version, *parts: Part) -> Hands:
    """Who had these parts in a version."""
    kept = version.contributors.filter(part__in=parts).select_related("person")
    return united({Part(each.part): [each.person]} for each in kept)


def as_keys(hands: Hands) -> dict[str, list[int]]:
    """The same for an entry of the log: keys of accounts, in order."""
    return {part: sorted({person.pk for person in people}) for part, people in hands.items()}


def united(every: Iterable[Hands]) -> Hands:
    """Everybody in any of these, by what they did."""
    found: dict[Part, set[User]] = {}
    for part, people in ((part, people) for hands in every for part, people in hands.items()):
        found.setdefault(part, set()).update(people)
    return found


def parts_of(version: Version) -> dict[int, list[str]]:
    """What each contributor did, by the person's id, in words that follow “You”."""
    parts: dict[int, list[str]] = {}
    for person, part in version.contributors.values_list("person", "part"):
        parts.setdefault(person, []).append(str(Part(part).label))
    return parts


def _add(rows: Iterable[Contributor]) -> None:
    Contributor.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
